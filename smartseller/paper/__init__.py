"""Papers as PDF: a sheet has every word and amount ready to be read, and a typst template lays it out."""

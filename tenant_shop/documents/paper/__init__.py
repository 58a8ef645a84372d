"""Documents as PDF: words and amounts are made ready here, and a typst template lays them out."""

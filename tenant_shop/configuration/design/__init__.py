"""The look as it is being worked on: a draft, its publication, and the looks that went before."""

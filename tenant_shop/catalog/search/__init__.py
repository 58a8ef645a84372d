"""Finding products by words, whichever engine does the finding."""

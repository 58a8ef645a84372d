"""The end of everything that a shop left: erased for good, with a certificate of what went and what the law keeps."""

"""Product pictures, drawn from shapes: nothing is downloaded, and the same product always looks the same."""

"""Views of the back office's lists that the shop's people keep."""

"""Keys with which programs come, to a shop or to the platform: what they look like, when they open."""

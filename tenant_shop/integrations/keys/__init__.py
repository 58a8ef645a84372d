"""Keys with which programs come to the shop: what they look like, what they may do, how long they hold."""

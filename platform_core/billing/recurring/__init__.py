"""What subscriptions bring in month by month, and every change of it."""

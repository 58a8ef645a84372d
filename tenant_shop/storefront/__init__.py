"""The shopper's door: pages that work without JavaScript, from the first look to the confirmation."""

"""What happens to a product at a moment that its merchant chose."""

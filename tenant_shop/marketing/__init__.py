"""Mail that the merchant sends to customers."""

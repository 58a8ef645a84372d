"""The platform's own pages: what SmartSeller is, opening a shop, logging in, finding one's shop."""

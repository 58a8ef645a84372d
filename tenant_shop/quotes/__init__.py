"""Offers: a customer asks what a cart would cost, the merchant answers, and the answer becomes an order."""

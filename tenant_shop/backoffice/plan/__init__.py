"""The pages of the merchant's plan: what it costs, another one, the end of it, bills, and how they are paid."""

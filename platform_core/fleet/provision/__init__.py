"""Making a shop: claimed first, then built in named steps that a kill at any moment cannot lose."""

"""What whoever speaks with Stripe needs: shops for their shoppers, the platform for its merchants."""

"""Cards of merchants, and charging them: by Stripe, behind one protocol."""

"""An operator sees a shop as one of its people does: for a reason, for a while, and never unseen."""

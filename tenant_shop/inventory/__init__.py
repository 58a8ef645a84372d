"""Stock: what there is of each variant, and every movement that made it so."""

"""Which doors answer on which host: `platform` on the platform's, `shop` on a shop's."""

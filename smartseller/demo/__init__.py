"""`make demo`: the whole product on one machine, from nothing to READY, and nothing left running afterwards."""

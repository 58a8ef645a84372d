"""Those who move the money: one module for each, all behind one protocol."""

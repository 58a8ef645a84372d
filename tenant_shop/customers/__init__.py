"""The people who buy, each known to this shop only."""

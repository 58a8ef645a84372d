"""The life of a server that holds shops: added, drained, retired."""

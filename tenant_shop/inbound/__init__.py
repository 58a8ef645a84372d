"""The door for machines that have something to tell: payment gateways."""

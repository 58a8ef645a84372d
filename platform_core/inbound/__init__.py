"""The platform's door for machines that have something to tell: the gateway that charges merchants' cards."""

"""The second proof of who somebody is: a code from the telephone, or one from a sheet of paper."""

"""The manners of every API here, a shop's and the platform's: bodies, lists, errors, ETags, versions, description."""

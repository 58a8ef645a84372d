"""One module for each environment: `local`, `test`, `production`; `base` holds what they share."""

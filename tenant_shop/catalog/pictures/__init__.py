"""Pictures that merchants upload: checked, cleaned, kept, and made into what browsers load."""

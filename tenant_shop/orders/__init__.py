"""What a shopper has bought."""

"""How the platform does as a business: what it brings in, who comes, who stays, who leaves."""

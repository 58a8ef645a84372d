"""How the platform's parts fare, measured every minute: what the status page shows."""

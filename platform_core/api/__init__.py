"""The platform's API, `/api/v1/` on its host: plans and sign-up, own shops, the fleet for operators."""

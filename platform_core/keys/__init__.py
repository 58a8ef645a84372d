"""Keys of people, with which programs come to the platform's API in their name."""

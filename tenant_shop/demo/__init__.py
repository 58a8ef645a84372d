"""Two shops to look around in: catalogue, pictures, customers and ninety days of orders, for trying the product out."""

"""How long one adult's records are kept, and what holds them."""

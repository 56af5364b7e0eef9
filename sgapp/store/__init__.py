"""SQL in, domain objects out. The only layer that knows tables, keys and ciphertext."""

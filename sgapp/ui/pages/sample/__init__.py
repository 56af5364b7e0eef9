"""The monthly sample: drawn once, and what became of it."""

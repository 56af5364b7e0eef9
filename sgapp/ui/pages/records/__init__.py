"""Whose records are kept for how long."""

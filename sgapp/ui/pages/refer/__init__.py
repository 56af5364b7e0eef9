"""Choosing the facts for one agency."""

"""Signing in, and making the first administrator."""

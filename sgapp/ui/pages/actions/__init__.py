"""Agreed actions across the cases."""

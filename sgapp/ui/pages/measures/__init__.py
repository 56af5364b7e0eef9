"""The figures: what is counted about the work."""

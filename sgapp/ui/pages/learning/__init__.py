"""What was learned, from one case and over all."""

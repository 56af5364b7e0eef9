"""One drawn case, to be scored."""

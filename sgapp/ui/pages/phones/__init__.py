"""Phones and sealing keys, for whoever looks after them."""

"""The directory of agencies: whom to ring, where to write."""

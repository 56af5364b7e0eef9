"""The safety plan of a case, the contacts that it governs, and writing its next version."""

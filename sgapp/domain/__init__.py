"""The rules of the house in plain Python: no input or output, no clock of its own, no framework."""

"""The registers: what is owed to whom, and what was done."""

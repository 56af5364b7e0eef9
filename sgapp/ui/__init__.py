"""What people see. Pages draw, states stay thin, services decide."""

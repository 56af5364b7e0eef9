"""The queue: what is due, the overdue first."""

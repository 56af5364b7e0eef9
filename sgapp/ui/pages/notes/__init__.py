"""The worker's note: the phone's first page."""

"""Her own notes, and where they are."""

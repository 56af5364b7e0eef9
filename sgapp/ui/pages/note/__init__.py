"""One note, and the lead's first steps on it."""

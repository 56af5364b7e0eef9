"""The cases, newest first."""

"""The sharing decision: why, what, who, when."""

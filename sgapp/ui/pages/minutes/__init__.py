"""Minutes of the meetings that look at the figures."""

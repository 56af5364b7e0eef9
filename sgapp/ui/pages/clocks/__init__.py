"""By which rules the clocks run."""

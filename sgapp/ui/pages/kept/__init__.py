"""One upload that was kept until somebody has looked at it."""

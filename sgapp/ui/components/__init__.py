"""What is seen on more than one page."""

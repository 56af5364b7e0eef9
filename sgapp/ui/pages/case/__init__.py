"""One case: the next step, the course, what happened, and the work on it."""

"""Who is on duty, who is away, and what one leaves for the next."""

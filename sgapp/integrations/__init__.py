"""Ways to other systems. They are handed what to send and hand back only whether it went."""

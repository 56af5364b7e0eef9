"""The evidence of a month, for whoever asks how the work is done."""

"""Patterns: what came several times, as questions to ask."""

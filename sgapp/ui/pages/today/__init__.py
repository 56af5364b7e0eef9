"""Today, as codes: what whoever visits has to know."""

"""One contact, made with one hand."""

"""How somebody is told that something needs them."""

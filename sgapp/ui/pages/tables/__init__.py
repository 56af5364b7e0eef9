"""Tables: adults, who visits whom and colleagues come in and go out as CSV."""

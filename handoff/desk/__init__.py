"""Teams, routing, assignment, business hours."""

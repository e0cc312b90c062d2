"""`/api/v1`: JSON for the plan's other systems."""

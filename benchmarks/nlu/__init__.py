"""`make nlu`: what the assistant understands, measured on messages that were written apart from its training data."""

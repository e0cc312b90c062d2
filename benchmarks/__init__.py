"""What a number in the README comes from: `make bench`, `make chaos`."""

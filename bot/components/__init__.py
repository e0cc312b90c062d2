"""Components of the understanding."""

"""One month's charge, its payment slip and PIX, and what is owed when it is late."""

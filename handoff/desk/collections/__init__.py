"""What the console reads about collections: finance's lists, their funnels, and whom a person still has to reach."""

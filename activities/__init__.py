"""Effects: what workflows ask of the outside world, done with adapters that are handed in."""

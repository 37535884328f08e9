"""Every page in each of its states, and what holds for all of them."""

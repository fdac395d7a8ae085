"""`make bench`: what the product costs, each as a ratio against its own limit measured in the same run (DESIGN §8)."""

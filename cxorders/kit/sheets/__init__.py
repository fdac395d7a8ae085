"""Tables in files: reading what people hand in, writing what they take away."""

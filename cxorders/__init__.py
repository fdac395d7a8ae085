"""Floor and roof of the house: the ground every room stands on, and what composes the rooms into one product."""

"""A believable group to look at: deterministic by seed, loaded in bulk, never mixed with real data.

names, texts → words · people → units and accounts · pace → how well a company works · journeys, voices, cases →
orders, records, issues with their call-backs · bulk → fast writing · actions → the one entry.
"""

"""Calls, visits and messages of customers, and who answers for them (首问负责, RT-04)."""

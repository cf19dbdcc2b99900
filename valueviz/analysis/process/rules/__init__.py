"""The rules of diagnosis: each reads the waits before one step and says whether its cause is there, and how much of them.

A rule knows thresholds, evidence and what would refute it; it knows neither words nor the other rules.
"""

"""Processes then and now: what an event log holds, what changed in it, where its time goes, and how to draw it."""

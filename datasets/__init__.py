"""Synthetic engagements with planted truth, and the generator that makes them: `python -m datasets.generate`.

Nothing here describes a real firm. The generator imports nothing of valueviz, so that what the
product finds in these files is found, not known.
"""

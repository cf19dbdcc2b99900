"""Data in the page: files are dropped, understood, checked and imported here; clients are registered and corrected.

`importing.importing` and `registering.registering` are pages. What a file holds is found out by `intake` in a
child process, what it changes by `story.arrival`: this room asks, shows, and waits without holding up anybody.
"""

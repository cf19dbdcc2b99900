"""The Python face: workspaces and effects in a notebook, as data frames, charts and sentences.

It words refusals as ValueError and knows pandas; everything else it asks of the rooms below.
"""

from valueviz.face.effects import Effect, Effects, effect
from valueviz.face.workspace import Client, Workspace, open  # noqa: A004 - as gzip.open and others have it

__all__ = ["Client", "Effect", "Effects", "Workspace", "effect", "open"]

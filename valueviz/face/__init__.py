"""The Python face: workspaces, effects and processes in a notebook, as data frames, charts and sentences.

It words refusals as ValueError and knows pandas; everything else it asks of the rooms below.
"""

from valueviz.face.effects import Effect, Effects, effect
from valueviz.face.processes import Process, process
from valueviz.face.workspace import Client, Workspace, open  # noqa: A004 - as gzip.open and others have it

__all__ = ["Client", "Effect", "Effects", "Process", "Workspace", "effect", "open", "process"]

"""The order of the shipped sample: its client, its engagement, then each export with its mapping."""

from __future__ import annotations

import re
from dataclasses import dataclass

from valueviz.catalog.definition import SMALL, Table, parse

_CLIENT = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """An export of the sample and the mapping that reads it (None: one is proposed)."""

    name: str
    mapping: str | None


@dataclass(frozen=True, slots=True)
class Demo:
    """What `valueviz demo` imports, in order; all names are of files beside the definition."""

    client: str
    engagement: str
    files: tuple[DemoFile, ...]


def read_demo(text: str, *, file: str) -> Demo:
    """The sample a file describes.

    Args:
        text: the content of the file, TOML.
        file: its name, for errors.

    Raises:
        DefinitionError: a key is unknown, missing or wrong.
    """
    top = Table(parse(text, file=file, limit=SMALL), file=file, keys=("client", "engagement", "file"))
    return Demo(
        client=top.word("client", _CLIENT, needed="sample-precision"),
        engagement=top.text("engagement"),
        files=tuple(
            DemoFile(entry.text("name"), entry.maybe(entry.text, "mapping"))
            for entry in top.tables("file", keys=("name", "mapping"))
        ),
    )

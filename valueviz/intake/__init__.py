"""Sources become tidy observations here, and may be refused here; nothing downstream doubts a row again.

`import_file` takes a file into a workspace, `read_text_table` hands a table over as text; in `look` stands what a
file nobody described is understood as, and what is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult as ImportResult
    from valueviz.intake.intake import import_file as import_file
    from valueviz.intake.look import Understanding as Understanding
    from valueviz.intake.question import Told as Told
    from valueviz.intake.reading import TextTable as TextTable
    from valueviz.intake.reading import read_text_table as read_text_table
    from valueviz.intake.sql import import_query as import_query

_HOMES = {
    "ImportResult": "intake",
    "import_file": "intake",
    "import_query": "sql",
    "Understanding": "look",
    "Told": "question",
    "TextTable": "reading",
    "read_text_table": "reading",
}

__all__ = ["ImportResult", "TextTable", "Told", "Understanding", "import_file", "import_query", "read_text_table"]


def __getattr__(name: str) -> Any:
    """Resolve a name of this room on first use: the child that reads tables needs neither store nor engine."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"valueviz.intake.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

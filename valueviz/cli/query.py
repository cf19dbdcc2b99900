"""Where an import comes from: a file, or a query whose result is fetched first."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.store import Client


def add_options(parser: argparse.ArgumentParser, language: Language) -> None:
    """Add --sql and --query."""
    parser.add_argument("--sql", metavar="URL", help=language.words("cli.import.sql"))
    parser.add_argument("--query", metavar="FILE.sql", help=language.words("cli.import.query"))


@contextmanager
def source(
    client: Client,
    args: argparse.Namespace,
    *,
    progress: Callable[[str, float], None] | None,
) -> Iterator[tuple[Path, dict[str, str]]]:
    """The file to import, and what `import_file` is told about one that a query made: its name, the query.

    Raises:
        UsageError: `import_source`; and what `intake.sql.fetched` raises.
    """
    if (args.file is None) is (args.sql is None) or (args.sql is None) is not (args.query is None):
        raise UsageError("import_source")
    if args.sql is None:
        yield Path(args.file), {}
        return
    from valueviz.intake.sql import address, fetched, read_query

    url = address(args.sql, dict(os.environ))
    path = Path(args.query)
    query = read_query(path)
    with fetched(client, url, query, name=path.name, progress=progress) as result:
        yield result.path, {"name": result.name, "query": query}


def warn_of_password(args: argparse.Namespace, language: Language) -> None:
    """Say on stderr that a password in the call could be seen by others on the machine."""
    if args.sql is not None and not args.sql.startswith("env:") and _holds_password(args.sql):
        print(language.words("cli.import.sql_visible"), file=sys.stderr, flush=True)


def _holds_password(url: str) -> bool:
    try:
        return urlsplit(url).password is not None
    except ValueError:
        return True

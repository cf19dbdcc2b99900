"""Where the files that travel with the program are, in a checkout and inside an installed wheel."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from valueviz.errors import DefinitionError

_PACKAGE = Path(__file__).resolve().parents[1]

CATALOG = _PACKAGE / "catalog"
"""Folder of packs and cases, part of the package itself."""


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder outside the package: report_templates, datasets, app.py.

    Args:
        parts: its path from the root, such as ("report_templates", "brands").

    Raises:
        DefinitionError: `shipped_missing`.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise DefinitionError("shipped_missing", file="/".join(parts))


def keys_in(folder: Path) -> tuple[str, ...]:
    """The names without ending of the definition files in a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def read_shipped(path: Path) -> str:
    """The text of a shipped definition file, with line ends as in every other copy of it."""
    return path.read_text(encoding="utf-8")


def digest_of(*contents: str | bytes) -> str:
    """The SHA-256 of some contents, each marked with its length so that no two lists share a digest."""
    digest = sha256()
    for content in contents:
        data = content.encode("utf-8") if isinstance(content, str) else content
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


@cache
def catalog_digest() -> str:
    """The digest of every shipped definition file: packs, cases, templates, brands and their logos."""
    templates = shipped("report_templates")
    brands = templates / "brands"
    folders = (CATALOG / "packs", CATALOG / "cases", templates, brands)
    files = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    logos = [path for path in sorted(brands.iterdir()) if path.suffix.lower() in (".png", ".jpg", ".jpeg")]
    texts: list[str | bytes] = [part for path in files for part in (path.name, read_shipped(path))]
    return digest_of(*texts, *(part for path in logos for part in (path.name, path.read_bytes())))

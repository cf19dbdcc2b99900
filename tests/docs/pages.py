"""The pages of the documentation as a test reads them: blocks of code, links, headings, tables."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
READMES = (REPOSITORY / "README.md", REPOSITORY / "README.zh-CN.md")
PAGES = (*READMES, REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, kind: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return [body for language, body in _BLOCK.findall(text(path)) if language == kind]


def prose(path: Path) -> str:
    """The page without its fenced blocks."""
    return _BLOCK.sub("", text(path))


def links(path: Path) -> list[str]:
    """The targets of all links and pictures that lie in the repository."""
    return [target for target in _LINK.findall(prose(path)) if "://" not in target and not target.startswith("mailto:")]


def codes(words: str) -> list[str]:
    """The spans of inline code, fenced blocks left out."""
    return [code.replace("\\|", "|") for code in _CODE.findall(_BLOCK.sub("", words))]


def section(path: Path, title: str) -> str:
    """The part of a page under a second-level heading, fenced blocks included."""
    page = text(path)
    # headings are looked for where no block is: a comment in TOML begins like one
    masked = _BLOCK.sub(lambda block: " " * len(block[0]), page)
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^##? |\Z)", masked, re.MULTILINE | re.DOTALL)
    if found is None:
        raise AssertionError(f"{path.name} has no section {title!r}")
    return page[found.start(1) : found.end(1)]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def rows(words: str) -> list[list[str]]:
    """The cells of all table rows, headers left out."""
    found = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in words.splitlines()
        if line.startswith("|")
    ]
    dashes = {number for number, row in enumerate(found) if all(re.fullmatch(r":?-+:?", cell) for cell in row)}
    return [row for number, row in enumerate(found) if number not in dashes and number + 1 not in dashes]

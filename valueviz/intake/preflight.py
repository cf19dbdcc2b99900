"""A look into the container of a workbook before any parser opens it: sizes, names, declarations.

What a parser reads afterwards is what was looked at: a name that stands twice in a container is refused.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from valueviz.errors import DataError

MAX_MEMBER_BYTES = 1 << 30
"""An uncompressed sheet of a million rows has about half of this."""

MAX_RATIO = 200
"""Real sheets compress 10 to 60 times; a bomb a thousand times."""

SMALL_MEMBER = 1 << 20
"""Below this size a high ratio is harmless."""

MAX_MEMBERS = 10_000
"""Parts of a container; a workbook of a hundred sheets has a few hundred."""

MAX_STRINGS_BYTES = 256 << 20
"""Of all shared texts of a workbook: a parser holds every one of them at once."""

MANIFEST = "META-INF/manifest.xml"

CHUNK = 1 << 20
HEAD = 1 << 16
"""Bytes of a part in which a declaration of its document type is looked for: it stands before the first element."""

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)
"""What the standard library says about a container that is damaged."""

Packed = Literal["XLSX", "XLSB", "ODS", "ZIP"]


class Container:
    """A container whose parts were looked at; they are read through it, `content` is all of its bytes."""

    def __init__(self, path: Path) -> None:
        """Look at every part.

        Raises:
            DataError: truncated_file, hostile_workbook (found names the reason), password_protected,
                not_what_its_name_says.
        """
        self.file = path.name
        self.content = path.read_bytes()
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(self.content))
            self._members = self._archive.infolist()
        except BROKEN as error:
            raise DataError("truncated_file", file=path.name) from error
        self._check()
        self.names = tuple(member.filename for member in self._members)

    def _check(self) -> None:
        if len(self._members) > MAX_MEMBERS or len({member.filename for member in self._members}) < len(self._members):
            raise DataError("hostile_workbook", file=self.file, found="members")
        for member in self._members:
            reason = _hostile(member)
            if reason:
                raise DataError("hostile_workbook", file=self.file, found=reason)
        if any(member.flag_bits & 1 for member in self._members) or self._is_encrypted():
            raise DataError("password_protected", file=self.file)
        for member in self._members:
            if member.filename.endswith((".xml", ".rels")) and _declares(next(self.chunks(member.filename, HEAD), b"")):
                raise DataError("hostile_workbook", file=self.file, found="DTD")

    def _is_encrypted(self) -> bool:
        """Whether an OpenDocument container says that its parts are encrypted."""
        names = {member.filename for member in self._members}
        if "encrypted-package" in names:
            return True
        return MANIFEST in names and b"encryption-data" in self.read(MANIFEST)[: 1 << 20]

    @property
    def kind(self) -> Packed:
        """What is in the container, by its parts."""
        names = set(self.names)
        if "[Content_Types].xml" in names and "xl/workbook.bin" in names:
            return "XLSB"
        if "[Content_Types].xml" in names and any(name.startswith("xl/workbook") for name in names):
            return "XLSX"
        return "ODS" if "content.xml" in names and self.is_spreadsheet() else "ZIP"

    def is_spreadsheet(self) -> bool:
        """Whether an OpenDocument container says that it is a spreadsheet."""
        return "mimetype" in self.names and b"opendocument.spreadsheet" in self.read("mimetype")[:200]

    def size(self, name: str) -> int:
        """Bytes of a part, unpacked."""
        return self._archive.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """A part as a whole."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        """A part in pieces.

        Raises:
            DataError: truncated_file, hostile_workbook where it is longer than the container says.
        """
        try:
            promised, seen = self._archive.getinfo(name).file_size, 0
            with self._archive.open(name) as stream:
                while chunk := stream.read(size):
                    seen += len(chunk)
                    if seen > promised:
                        raise DataError("hostile_workbook", file=self.file, found="size")
                    yield chunk
        except (KeyError, *BROKEN) as error:
            raise DataError("truncated_file", file=self.file) from error

    def tree(self, name: str) -> ElementTree.Element:
        """A small part as a tree."""
        if name not in self.names:
            raise DataError("truncated_file", file=self.file)
        if self.size(name) > MAX_STRINGS_BYTES >> 3:
            raise DataError("hostile_workbook", file=self.file, found="size")
        content = self.read(name)
        if _declares(content):
            raise DataError("hostile_workbook", file=self.file, found="DTD")
        try:
            # No document type is declared here: that was looked for just now.
            return ElementTree.fromstring(content)  # noqa: S314
        except ElementTree.ParseError as error:
            raise DataError("damaged_workbook", file=self.file, found=f"{name}: {error}"[:80]) from error

    def sheet_members(self) -> dict[str, str]:
        """The part of each sheet, by its name, through the workbook's relations."""
        targets = {each.get("Id"): each.get("Target", "") for each in self.tree("xl/_rels/workbook.xml.rels")}
        found = {}
        for element in self.tree("xl/workbook.xml").iter():
            if element.tag.rpartition("}")[2] == "sheet":
                key = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
                found[element.get("name", "")] = _resolved(targets.get(key, ""))
        return {name: member for name, member in found.items() if member in self.names}


def _declares(content: bytes) -> bool:
    """Whether a part declares a document type or entities, in any encoding."""
    text = content.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def _resolved(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _hostile(member: zipfile.ZipInfo) -> str | None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        return "path"
    most = MAX_STRINGS_BYTES if name.endswith("sharedStrings.xml") else MAX_MEMBER_BYTES
    if member.file_size > most:
        return "size"
    if member.file_size > SMALL_MEMBER and member.file_size > MAX_RATIO * max(1, member.compress_size):
        return "ratio"
    return None

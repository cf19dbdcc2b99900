"""The container of the spreadsheet programs before 2007: a small file system inside one file.

Only its directory and its chains of sectors are followed, each sector once; it knows no record of any program.
"""

from __future__ import annotations

import struct
from pathlib import Path

from valueviz.errors import DataError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MAX_BYTES = 256 << 20
"""Of a file; 65,536 rows of 256 columns have less."""

END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on end a chain."""

ENTRY = 128
"""Bytes of an entry of the directory."""

HEADER_SECTORS = 109
"""Sectors of the table whose numbers stand in the header; the rest stand in sectors of their own."""


class CompoundFile:
    """A compound file read into memory: the names in it, and the streams asked for."""

    def __init__(self, path: Path) -> None:
        """Read the directory.

        Raises:
            DataError: damaged_workbook, hostile_workbook where it is too large or a chain never ends.
        """
        self.file = path.name
        if path.stat().st_size > MAX_BYTES:
            raise DataError("hostile_workbook", file=self.file, found="size")
        self.data = path.read_bytes()
        try:
            self._open()
        except (struct.error, IndexError, OverflowError) as error:
            raise DataError("damaged_workbook", file=self.file, found="OLE2") from error

    def _open(self) -> None:
        sector, small = struct.unpack_from("<HH", self.data, 30)
        if not (7 <= sector <= 16 and 4 <= small <= sector):
            raise IndexError(sector)
        self._size, self._small_size = 1 << sector, 1 << small
        self._table = self._sector_table()
        directory, self._cutoff, small_start = (struct.unpack_from("<I", self.data, at)[0] for at in (48, 56, 60))
        self._entries = self._directory(self._bytes(self._chain(directory)))
        small_bytes = self._bytes(self._chain(small_start)) if small_start < END_OF_CHAIN else b""
        self._small_table = struct.unpack(f"<{len(small_bytes) // 4}I", small_bytes[: len(small_bytes) // 4 * 4])

    def _sector_table(self) -> tuple[int, ...]:
        numbers = list(struct.unpack_from(f"<{HEADER_SECTORS}I", self.data, 76))
        following, per_sector = struct.unpack_from("<I", self.data, 68)[0], self._size // 4
        seen = set()
        while following < END_OF_CHAIN:
            if following in seen:
                raise self._endless()
            seen.add(following)
            several = struct.unpack_from(f"<{per_sector}I", self.data, self._at(following))
            numbers += several[:-1]
            following = several[-1]
        table: list[int] = []
        for number in numbers:
            if number < END_OF_CHAIN:
                table += struct.unpack_from(f"<{per_sector}I", self.data, self._at(number))
        return tuple(table)

    def _directory(self, content: bytes) -> dict[str, tuple[int, int, int]]:
        """Start, size and kind of every entry by its name; the first of a name counts, as the parser takes it."""
        found: dict[str, tuple[int, int, int]] = {}
        for at in range(0, len(content) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", content, at + 64)
            start, size = struct.unpack_from("<II", content, at + 116)
            name = content[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind:
                found.setdefault("" if kind == 5 else name, (start, size, kind))
        return found

    @property
    def names(self) -> frozenset[str]:
        """Names of all streams and folders."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """The content of a stream.

        Raises:
            DataError: damaged_workbook, truncated_file, hostile_workbook.
        """
        start, size, _ = self._entries[name]
        try:
            content = self._small(start, size) if size < self._cutoff else self._bytes(self._chain(start))
        except (struct.error, IndexError) as error:
            raise DataError("damaged_workbook", file=self.file, found=name) from error
        if len(content) < size:
            raise DataError("truncated_file", file=self.file)
        return content[:size]

    def _small(self, start: int, size: int) -> bytes:
        """A small stream lies in pieces of the root's stream."""
        root = self._bytes(self._chain(self._entries[""][0]))
        pieces: list[bytes] = []
        number = start
        while number < END_OF_CHAIN and len(pieces) * self._small_size < size:
            pieces.append(root[number * self._small_size : (number + 1) * self._small_size])
            number = self._small_table[number]
        return b"".join(pieces)

    def _chain(self, start: int) -> list[int]:
        chain, number = [], start
        while number < END_OF_CHAIN:
            chain.append(number)
            if len(chain) > len(self._table):
                raise self._endless()
            number = self._table[number]
        return chain

    def _bytes(self, chain: list[int]) -> bytes:
        return b"".join(self.data[self._at(number) : self._at(number) + self._size] for number in chain)

    def _at(self, number: int) -> int:
        """Where a sector stands in the file; the header takes the place of one."""
        return (number + 1) * int(self._size)

    def _endless(self) -> DataError:
        return DataError("hostile_workbook", file=self.file, found="chain")

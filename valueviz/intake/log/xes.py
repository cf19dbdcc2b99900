"""XES, the standard of event logs, read as a stream and rewritten as a table of text.

No document type, no entity, no external reference is accepted, no depth beyond a few dozen levels, no value beyond a
megabyte; a packed file may not unpack to more than a multiple of itself. Only the attributes of events and traces
themselves are taken, those nested below them are counted.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from valueviz.errors import DataError
from valueviz.intake.records import shown
from valueviz.workers import Progress

CHUNK = 1 << 18
"""Bytes handed to the parser at a time."""

DEEPEST = 40
"""Levels of elements; a log needs five."""

LONGEST_TOKEN = 4 << 20
"""Bytes of one tag or text the parser may hold back."""

LONGEST_VALUE = 1 << 16
"""Characters of a value; the rest is cut off, for no name is longer."""

MOST_COLUMNS = 1000
"""Different attributes of one log."""

MOST_RATIO = 250
"""Times its packed size a log may unpack to; the most repetitive real ones reach sixty."""

SMALL = 64 << 20
"""Bytes up to which a packed file may unpack whatever its ratio."""

MOST_BYTES = 64 << 30
"""Bytes of a log unpacked, more than ten million events need ten times over."""

CASE, ACTIVITY, TIME, START = "case:concept:name", "concept:name", "time:timestamp", "start_timestamp"

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})

_PACKED = b"\x1f\x8b"


@dataclass(slots=True)
class Rewritten:
    """A log as a table: the names of its columns, how many events there are, and what was passed over.

    `dense`: events share lines, so that they are told apart by their numbers, from 1 on, instead of by their lines.
    """

    names: list[str] = field(default_factory=list)
    events: int = 0
    traces: int = 0
    nested: int = 0
    dense: bool = False


def is_xes(path: Path) -> bool:
    """Whether a file is to be read as XES: by its name, or packed or bare XML that begins a log."""
    name = path.name.lower()
    if name.endswith((".xes", ".xes.gz")):
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
        if head.startswith(_PACKED):
            head = zlib.decompressobj(wbits=31).decompress(head, 4096)
    except (OSError, zlib.error):
        return False
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"<?xml", b"<log")) and b"<log" in head


def rewrite(path: Path, to: Path, *, progress: Progress) -> Rewritten:
    """Write the events of a log as CSV without a header: line, then one cell a column.

    Args:
        path: the log, packed by gzip or not.
        to: where the table is written; its records may be shorter than the widest.
        progress: told the share done.

    Raises:
        DataError: empty_file, xes_not_xml, xes_forbidden, xes_too_deep, xes_too_long, xes_bomb, xes_damaged, xes_no_log,
            xes_no_event, xes_too_many_attributes.
    """
    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    size = path.stat().st_size
    if not size:
        raise DataError("empty_file", file=path.name)
    with to.open("w", encoding="utf-8", newline="") as stream:
        reader = _Reader(path.name, stream)
        for fed, chunk in _chunks(path):
            reader.feed(chunk)
            progress("reading", 0.05 + 0.4 * min(1.0, fed / size))
        reader.end()
    if not reader.table.events:
        raise DataError("xes_no_event", file=path.name)
    return reader.table


def _chunks(path: Path) -> Iterator[tuple[int, bytes]]:
    """The content of a file, unpacked, with the bytes of the file consumed so far.

    Raises:
        DataError: xes_bomb, xes_damaged.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == _PACKED
        raw.seek(0)
        size, unpacked = path.stat().st_size, 0
        most = min(MOST_BYTES, max(SMALL, MOST_RATIO * size))
        stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw
        while True:
            try:
                chunk = stream.read(CHUNK)
            except (EOFError, OSError, zlib.error) as error:
                raise DataError("xes_damaged", file=path.name, found=shown(str(error))) from error
            if not chunk:
                return
            unpacked += len(chunk)
            if unpacked > (most if packed else MOST_BYTES):
                raise DataError("xes_bomb", file=path.name, found=size, needed=most >> 20)
            yield raw.tell(), chunk


class _Reader:
    """The handlers of the parser; events are written as soon as they end."""

    def __init__(self, file: str, stream: IO[str]) -> None:
        self.file = file
        self.table = Rewritten(names=[CASE, ACTIVITY, TIME])
        self._places = {name: at for at, name in enumerate(self.table.names)}
        self._writer = csv.writer(stream, lineterminator="\n")
        self._fed = 0
        self._row = 0
        self._depth = 0
        self._seen_log = False
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._line = 0
        self._trace_line = 0
        self._level = 0
        self._waiting: list[tuple[int, dict[str, str]]] = []
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.UnparsedEntityDeclHandler = self._forbidden
        parser.ExternalEntityRefHandler = self._forbidden
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        self._fed += len(chunk)
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise self._refusal(error) from error
        if self._fed - max(0, self._parser.CurrentByteIndex) > LONGEST_TOKEN:
            raise DataError(
                "xes_too_long", file=self.file, row=self._parser.CurrentLineNumber, needed=LONGEST_TOKEN >> 20
            )

    def end(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._refusal(error) from error
        if not self._seen_log:
            raise DataError("xes_no_log", file=self.file)

    def _refusal(self, error: expat.ExpatError) -> DataError:
        code = "xes_not_xml" if not self._seen_log else "xes_damaged"
        return DataError(code, file=self.file, row=error.lineno, found=expat.ErrorString(error.code))

    def _forbidden(self, *_: object) -> int:
        raise DataError("xes_forbidden", file=self.file, row=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise DataError("xes_too_deep", file=self.file, row=self._parser.CurrentLineNumber, needed=DEEPEST)
        tag = name.rpartition(":")[2]
        if tag in _VALUES:
            self._value(attributes)
            return
        if self._depth == 1:
            if tag != "log":
                raise DataError("xes_no_log", file=self.file, row=self._parser.CurrentLineNumber, found=shown(tag))
            self._seen_log = True
        elif tag == "trace" and self._depth == 2:
            self._trace = {}
            self._waiting = []
            self._trace_line = self._parser.CurrentLineNumber
            self.table.traces += 1
        elif tag == "event" and self._event is None and self._depth <= 3:
            self._event, self._level = {}, self._depth
            self._line = self._parser.CurrentLineNumber

    def _value(self, attributes: dict[str, str]) -> None:
        """An attribute of the event or the trace that is open; nested ones are counted."""
        key = attributes.get("key")
        if key is None or not self._seen_log:
            return
        value = attributes.get("value", "")
        if len(value) > LONGEST_VALUE:
            value = value[:LONGEST_VALUE]
        if self._event is not None:
            if self._depth == self._level + 1:
                self._event[key] = value
            else:
                self.table.nested += 1
        elif self._trace is not None:
            if self._depth == 3:
                self._trace[CASE if key == "concept:name" else f"case:{key}"] = value
            else:
                self.table.nested += 1

    def _end(self, name: str) -> None:
        if self._depth > 3 or (self._depth == 3 and self._event is None):
            self._depth -= 1
            return
        tag = name.rpartition(":")[2]
        if tag == "event" and self._event is not None and self._depth == self._level:
            if not self._row:
                self.table.dense = self._line == self._trace_line
            self._row = self._row + 1 if self.table.dense else max(self._line, self._row + 1)
            self._waiting.append((self._row, self._event))
            self._event = None
            if self._trace is None:
                self._write({})
        elif tag == "trace" and self._depth == 2:
            self._write(self._trace or {})
            self._trace = None
        self._depth -= 1

    def _write(self, trace: dict[str, str]) -> None:
        """Write the events of a trace; an attribute of the trace may stand behind its events."""
        for row, event in self._waiting:
            cells = [""] * len(self._places)
            for values in (trace, event):
                for key, value in values.items():
                    place = self._places.get(key)
                    if place is None:
                        place = self._new(key)
                        cells += [""] * (place + 1 - len(cells))
                    cells[place] = value
            self._writer.writerow((row, *(cell if cell.isprintable() else " ".join(cell.split()) for cell in cells)))
            self.table.events += 1
        self._waiting = []

    def _new(self, key: str) -> int:
        if len(self._places) >= MOST_COLUMNS:
            raise DataError("xes_too_many_attributes", file=self.file, needed=MOST_COLUMNS)
        place = self._places[key] = len(self._places)
        self.table.names.append(key)
        return place

"""XML read as a stream of elements: no document types, no entities, no endless nesting; it knows no format."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from valueviz.errors import DataError

MAX_DEPTH = 200
"""Elements within elements; a sheet needs a dozen."""

CHUNK = 1 << 18

ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})["']""")

Begin = Callable[[str, Mapping[str, str]], None]


def read_markup(
    chunks: Iterable[bytes],
    *,
    file: str,
    begin: Begin,
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Tell the elements of an XML text in order; all names are local ones, without a prefix.

    Args:
        chunks: the text, in pieces.
        file: its name, for refusals.
        begin: told the name and the attributes of an element.
        end: told the name of an element.
        text: told the text between tags.

    Raises:
        DataError: hostile_workbook for a document type or endless nesting, damaged_workbook for broken XML.
    """
    _Stream(file, begin, end, text).read(chunks)


class _Stream:
    def __init__(self, file: str, begin: Begin, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        self._file, self._begin, self._end = file, begin, end
        self._depth = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._parser.CharacterDataHandler = text
        self._parser.StartDoctypeDeclHandler = self._declared
        self._parser.EntityDeclHandler = self._declared
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def read(self, chunks: Iterable[bytes]) -> None:
        decode: codecs.IncrementalDecoder | None = None
        try:
            for chunk in chunks:
                decode = decode or self._decoder(chunk)
                self._parser.Parse(decode.decode(chunk).encode())
            self._parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError) as error:
            row = getattr(error, "lineno", None)
            raise DataError("damaged_workbook", file=self._file, row=row, found=str(error)[:80]) from error

    def _decoder(self, head: bytes) -> codecs.IncrementalDecoder:
        """A decoder of the encoding the text names; expat itself knows too few."""
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return codecs.getincrementaldecoder("utf-16")()
        named = ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
        name = named[1].decode("ascii").lower() if named else "utf-8"
        name = "gb18030" if name in ("gb2312", "gbk") else "utf-8-sig" if name == "utf-8" else name
        try:
            return codecs.getincrementaldecoder(name)()
        except LookupError as error:
            raise DataError("unknown_encoding_name", file=self._file, found=name) from error

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse("depth")
        self._begin(
            _local(name), {_local(key): value for key, value in attributes.items()} if attributes else attributes
        )

    def _closed(self, name: str) -> None:
        self._depth -= 1
        self._end(_local(name))

    def _declared(self, *_: object) -> None:
        self._refuse("DTD")

    def _refuse(self, found: str) -> NoReturn:
        raise DataError("hostile_workbook", file=self._file, found=found)


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]

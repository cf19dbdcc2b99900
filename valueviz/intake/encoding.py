"""In which encoding a text file is written, proved over all its bytes before any of them is believed.

Order: byte order mark, strict UTF-8, strict GB18030, UTF-16 without a mark, Big5, and only then a guess, taken
where everything plausible reads the same text.
Damage in a file that is clearly UTF-8 or GB18030 is never explained away by another encoding.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from valueviz.errors import DataError
from valueviz.intake.records import shown

CHUNK = 1 << 20
"""Bytes decoded at a time, so that a large file never stands in memory as a whole."""

SAMPLE = 1 << 18
"""Bytes judged for plausibility and handed to the detector: a few thousand rows."""

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

PLAUSIBLE = 0.8
"""Share of two-byte characters from the everyday set (GB2312) above which bytes are Chinese text.

Western or Big5 bytes that happen to be valid GB18030 fall on its rare extensions about half of the time."""

COMMON = 0.5
"""Share of Chinese characters from the first, common level of GB2312; the second, rare one holds the bytes of ß and é."""

COMMON_LAST = 0xD7
"""The last first byte of the common level of GB2312."""

DOUBT = 0.1
"""Difference in disorder, as the detector measures it, below which two readings are equally plausible."""

WORD = re.compile(rb"[\x40-\xff]*[\x80-\xff][\x40-\xff]*")
"""A word with bytes outside ASCII: the distinct ones are judged, so that a row repeated changes no judgement."""

NO_CHARACTERS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
"""Codecs that transform text; no file is written in them."""

GUESSES = frozenset(
    {
        "big5",
        "big5hkscs",
        "cp950",
        "cp1252",
        "latin_1",
        "cp1250",
        "iso8859_15",
        "shift_jis",
        "cp932",
        "euc_jp",
        "euc_kr",
        "cp949",
        "cp1251",
    }
)
"""What the detector may answer; anything rarer is treated as unknown and asked for."""

BIG5_EVERYDAY = (0xA4, 0xC6)
"""First bytes of the everyday characters of Big5."""

UTF8_HAN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}")
"""Two or more Chinese characters in UTF-8: inside a GB18030 file the sign of two encodings in one file."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name that decodes every byte of the file, and notes about how it was found."""

    name: str
    notes: tuple[str, ...] = ()


def encoding_of(path: Path, *, declared: str | None = None) -> Encoding:
    """The encoding that decodes the whole file.

    Args:
        path: a text file.
        declared: the encoding named in the mapping; it is then the only one tried.

    Raises:
        DataError: no encoding fits (row of the first bad byte), or the file holds NUL bytes.
    """
    if declared is not None:
        return Encoding(_declared(path, declared))
    head = _sample(path)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Encoding(_proved(path, name))
    if _holds(path, b"\0"):
        return Encoding(_utf16(path, head), ("encoding_guessed",))
    bad = first_bad_byte(path, "utf-8")
    if bad is None:
        return Encoding("utf-8")
    if _damaged_utf8(head, bad):
        raise _refusal(path, "utf-8", bad)
    return _chinese(path) or _traditional(path) or _guess(path, head, bad)


def first_bad_byte(path: Path, name: str) -> int | None:
    """The offset of the first byte that the encoding cannot decode; None when it decodes everything."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    offset = 0
    for chunk in _chunks(path):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return offset - pending + error.start
        except UnicodeError:  # a byte order mark that must be there is not
            return offset - pending
        offset += len(chunk)
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return offset - pending
    return None


def _declared(path: Path, declared: str) -> str:
    """The codec of a declared encoding, in which the whole file was proved to be written."""
    name = _codec(declared)
    if name is None:
        raise DataError("unknown_encoding_name", file=path.name, found=shown(declared))
    # The national standard contains its two older forms, and exports named after these hold its characters.
    wide = "gb18030" if name in {"gbk", "gb2312"} else name
    head = _sample(path)
    if wide == "utf-8" and head.startswith(codecs.BOM_UTF8):
        wide = "utf-8-sig"
    if wide.startswith(("utf-16", "utf-32")) and b"\0" not in head and first_bad_byte(path, "utf-8") is None:
        raise _differs(path, declared, 0, found="UTF-8")
    if wide.startswith("utf-16") and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = "utf-16"
    elif wide == "utf-16" and b"\0" in head:
        return _utf16(path, head)
    bad = first_bad_byte(path, wide)
    if bad is None:
        return wide
    refusal = _refusal(path, wide, bad)
    raise refusal if refusal.code == "truncated_file" else _differs(path, declared, bad)


def _codec(declared: str) -> str | None:
    """The name of the codec for an encoding of files; None where there is none."""
    try:
        name = codecs.lookup(declared).name
        io.TextIOWrapper(io.BytesIO(), encoding=name)  # refuses what is no encoding of text
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):
        return None
    return None if name in NO_CHARACTERS else name


def _differs(path: Path, declared: str, bad: int, *, found: str | None = None) -> DataError:
    """The refusal of a file that is not written in the encoding its mapping names."""
    row = _row_at(path, bad, "utf-8")
    seen = found or ("UTF-8" if first_bad_byte(path, "utf-8") is None else f"0x{_byte_at(path, bad)}")
    return DataError("encoding_differs", file=path.name, row=row, found=seen, needed=shown(declared))


def _proved(path: Path, name: str) -> str:
    bad = first_bad_byte(path, name)
    if bad is not None:
        raise _refusal(path, name, bad)
    return name


def _utf16(path: Path, head: bytes) -> str:
    """UTF-16 without a mark: zero bytes stand on one side of the pairs only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    few, many = sorted((even, odd))
    if many >= len(head) // 20 and few <= many // 20 and first_bad_byte(path, name) is None:
        return name
    raise DataError("nul_bytes", file=path.name, row=_row_at(path, _offset(path, b"\0"), "utf-8"))


def _damaged_utf8(head: bytes, bad: int) -> bool:
    """Whether most characters outside ASCII are sound UTF-8, so that the rest is damage and no other encoding."""
    text = (head if bad < len(head) else head[:bad]).decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in text if character > "\u07ff") - broken
    return sound >= max(2, 2 * broken)


def _chinese(path: Path) -> Encoding | None:
    """GB18030 where its everyday characters prevail; None where the bytes are something else.

    Raises:
        DataError: Chinese text with a broken byte, or with rows in another encoding.
    """
    bad = first_bad_byte(path, "gb18030")
    everyday, rare, common = _census(_sample(path))
    if everyday + rare == 0 or everyday / (everyday + rare) < PLAUSIBLE or common < COMMON * everyday:
        return None
    if bad is not None:
        raise _refusal(path, "gb18030", bad)
    mixed = _utf8_row(path)
    if mixed is not None:
        raise DataError("unknown_encoding", file=path.name, row=mixed, found="gb18030 + utf-8")
    return Encoding("gb18030", ("encoding_gb18030",))


def _traditional(path: Path) -> Encoding | None:
    """Big5 where characters of its first, everyday level prevail; None where the bytes are something else."""
    if first_bad_byte(path, "big5") is not None:
        return None
    outside = [
        character.encode("big5")
        for character in _sample(path).decode("big5", "replace")
        if character > "\x7f" and character != "\ufffd"
    ]
    everyday = sum(1 for pair in outside if BIG5_EVERYDAY[0] <= pair[0] <= BIG5_EVERYDAY[1])
    return Encoding("big5", ("encoding_guessed",)) if outside and everyday / len(outside) >= PLAUSIBLE else None


def _census(sample: bytes) -> tuple[int, int, int]:
    """How many two-byte characters are everyday ones (GB2312), how many are not, and how many of the former common."""
    text = sample.decode("gb18030", "replace")
    outside = [character for character in text if character > "\x7f"]
    everyday = common = 0
    for character in outside:
        try:
            pair = character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        everyday += 1
        common += pair[0] <= COMMON_LAST
    return everyday, len(outside) - everyday, common


def _utf8_row(path: Path) -> int | None:
    """The first line that is sound UTF-8 Chinese; in a GB18030 file that is another encoding."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not UTF8_HAN.search(line):
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return number
    return None


def _guess(path: Path, head: bytes, bad: int) -> Encoding:
    """What the detector is certain of: no other plausible encoding reads another text.

    Raises:
        DataError: anything is in doubt (row of the first byte outside ASCII that is no UTF-8).
    """
    from charset_normalizer import from_bytes

    readings = list(from_bytes(b"\n".join(dict.fromkeys(WORD.findall(head)))))
    if readings:
        best = min(readings, key=lambda reading: reading.chaos)
        texts = {str(reading) for reading in readings if reading.chaos < best.chaos + DOUBT}
        name = codecs.lookup(best.encoding).name.replace("-", "_")
        if len(texts) == 1 and name in GUESSES and first_bad_byte(path, name) is None:
            return Encoding(name, ("encoding_guessed",))
    raise _refusal(path, "utf-8", bad)


def _refusal(path: Path, name: str, bad: int) -> DataError:
    size = path.stat().st_size
    if name.startswith("utf") and size - bad < 4 and name != "utf-16" and _cut_at_the_end(path, name, bad):
        return DataError("truncated_file", file=path.name, row=_row_at(path, bad, name))
    if name == "utf-16" and size % 2:
        return DataError("truncated_file", file=path.name, row=_row_at(path, bad, name))
    found = f"{name} 0x{_byte_at(path, bad)}"
    return DataError("unknown_encoding", file=path.name, row=_row_at(path, bad, name), found=found)


def _byte_at(path: Path, offset: int) -> str:
    with path.open("rb") as stream:
        stream.seek(offset)
        return stream.read(1).hex().upper()


def _cut_at_the_end(path: Path, name: str, bad: int) -> bool:
    with path.open("rb") as stream:
        stream.seek(bad)
        rest = stream.read()
    try:
        codecs.getincrementaldecoder(name)("strict").decode(rest)
    except UnicodeDecodeError:
        return False
    return True


def _row_at(path: Path, offset: int, name: str) -> int:
    """The line an editor shows for a byte offset (first line = 1)."""
    newline = b"\n\0" if name in {"utf-16", "utf-16-le"} else b"\n"
    count, seen, returns = 0, 0, 0
    for chunk in _chunks(path):
        part = chunk[: max(0, offset - seen)]
        count += part.count(newline)
        returns += part.count(b"\r")
        seen += len(chunk)
        if seen >= offset:
            break
    return 1 + (count or returns)


def _sample(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(SAMPLE)


def _holds(path: Path, needle: bytes) -> bool:
    return any(needle in chunk for chunk in _chunks(path))


def _offset(path: Path, needle: bytes) -> int:
    seen = 0
    for chunk in _chunks(path):
        at = chunk.find(needle)
        if at >= 0:
            return seen + at
        seen += len(chunk)
    return seen


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk

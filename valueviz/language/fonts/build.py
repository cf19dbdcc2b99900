"""Builds the faces of the package from Noto Sans SC; run by hand, never by a test or an installation.

    npm pack @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/source-sans-3@0.4.1
    mkdir chinese latin
    tar xzf expo-google-fonts-noto-sans-sc-0.4.3.tgz -C chinese
    tar xzf expo-google-fonts-source-sans-3-0.4.1.tgz -C latin
    apt-get install unicode-data
    python -m valueviz.language.fonts.build --chinese chinese/package --latin latin/package --unihan FILE

FILE is /usr/share/unicode/Unihan_OtherMappings.txt.bz2 of the package unicode-data.

Regular and Bold hold what reports are written in: the national list of 8,105 characters (Unihan kTGH),
GB 2312, Latin, Greek, Cyrillic, punctuation, symbols. Rest holds all other characters of Regular, for
rare names, and bears a name of its own so that no program takes it for Regular. Hinting and layout
tables are dropped. Letters of European names that the source lacks come from Source Sans 3, the design
its Latin was made from; the faces bear no reserved name. A few signs are drawn anew from parts of the
typeface, because the source sets them as wide as a Chinese character, or lacks them. The same sources
give the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import math
import sys
import zlib
from array import array
from pathlib import Path
from typing import Any, NamedTuple

from fontTools import subset
from fontTools.misc.transform import Identity
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from valueviz.language.fonts import ONLY_REST

WEIGHTS = {"Regular": "400Regular", "Bold": "700Bold", "Rest": "400Regular"}
"""The weight of the sources that each face is cut from."""

BLOCKS = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x18F, 0x24F),  # letters of pinyin and of further languages
    (0x2B0, 0x2FF),  # tone marks
    (0x370, 0x45F),  # Greek, Cyrillic
    (0x1E00, 0x1EFF),  # Latin with more than one mark
    (0x2000, 0x27BF),  # punctuation, currency, letterlike, numerals, arrows, mathematics, boxes, shapes, dingbats
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3200, 0x33FF),  # enclosed characters, squared units
    (0xFF01, 0xFFE6),  # full-width forms
)
"""Everything of these ranges that a source holds."""

LETTERS = ((0xA0, 0x24F), (0x370, 0x45F), (0x1E00, 0x1EFF))
"""Where the Latin source fills what the Chinese one lacks."""

THIN_SPACE = 160
"""Thousandths of an em: visibly less than the word space (224), enough to part Chinese from digits."""


class Part(NamedTuple):
    """A piece of a drawn sign: a character of the source, scaled, turned, its centre moved from the centre of the sign."""

    char: str
    up: float = 0
    scale: float = 1
    turn: float = 0


class Sign(NamedTuple):
    """A sign drawn from parts, as wide as a character of the source, centred on the middle of the plus sign."""

    parts: tuple[Part, ...]
    width: str | int


SIGNS = {
    "•": Sign((Part("·"),), 400),
    "✗": Sign((Part("×", scale=0.9),), "✓"),
    "±": Sign((Part("+", 90), Part("\u2212", -300)), "+"),
    "×": Sign((Part("+", turn=45),), "+"),
    "÷": Sign((Part("\u2212"), Part(".", 185), Part(".", -185)), "+"),
    "≥": Sign((Part(">", 75), Part("\u2212", -280)), "+"),
    "≤": Sign((Part("<", 75), Part("\u2212", -280)), "+"),
    "≈": Sign((Part("~", 105), Part("~", -105)), "+"),
    "≠": Sign((Part("="), Part("/", scale=0.72)), "+"),
    "·": Sign((Part("."),), "."),
    "☐": Sign((Part("□"),), "□"),
    "☑": Sign((Part("□"), Part("✓", scale=0.72)), "□"),
    "\u2009": Sign((), THIN_SPACE),
    "\u202f": Sign((), THIN_SPACE),
    "\u2007": Sign((), "0"),
}
"""Operators as wide as digits, dots as narrow as Latin ones, boxes and crosses, and the spaces the source lacks.

In this order: a sign made of one that is drawn anew itself stands before it to take the source's form.
"""

ALIASES = {"‘": "pwid", "’": "pwid"}
"""Signs for which the source holds a proportional form: the apostrophe inside a name."""


def main(arguments: list[str]) -> None:
    """Write the three faces, their advance widths, the licence and the digests.

    Args:
        arguments: those of the command line, see the module.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chinese", type=Path, required=True, help="the unpacked package of Noto Sans SC")
    parser.add_argument("--latin", type=Path, required=True, help="the unpacked package of Source Sans 3")
    parser.add_argument("--unihan", type=Path, required=True, help="Unihan_OtherMappings.txt.bz2")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    common = common_characters(options.unihan)
    faces: dict[str, TTFont] = {}
    for name, weight in WEIGHTS.items():
        font = TTFont(options.chinese / weight / f"NotoSansSC_{weight}.ttf", recalcTimestamp=False)
        latin = TTFont(options.latin / weight / f"SourceSans3_{weight}.ttf")
        borrowed(drawn(font), latin)
        covered = set(font.getBestCmap())
        faces[name] = cut(font, covered - common if name == "Rest" else covered & common, name=name)
        faces[name].save(options.out / f"NotoSansSC-{name}.ttf", reorderTables=True)
    (options.out / "widths.bin").write_bytes(widths(faces))
    chinese, latin_licence = (source / "LICENSE_FONT" for source in (options.chinese, options.latin))
    holder = latin_licence.read_text(encoding="utf-8").partition("\n")[0]
    (options.out / "OFL.txt").write_text(f"{holder}\n{chinese.read_text(encoding='utf-8')}", encoding="utf-8")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(options.out.iterdir())
        if path.suffix in {".ttf", ".bin", ".txt"}
    ]
    (options.out / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def common_characters(unihan: Path) -> set[int]:
    """The code points of Regular and Bold: the national list, GB 2312 and the blocks."""
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        national = {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}
    rows = [bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    gb2312 = {ord(char) for code in rows for char in code.decode("gb2312", errors="ignore")}
    blocks = {code for first, last in BLOCKS for code in range(first, last + 1)}
    return national | gb2312 | blocks


def borrowed(font: TTFont, latin: TTFont) -> TTFont:
    """The font with the letters it lacks, from the Latin design at the size it has inside the Chinese one."""
    held, offered, outlines = font.getBestCmap(), latin.getBestCmap(), latin.getGlyphSet()
    ratio = font["hmtx"][held[ord("H")]][0] / latin["hmtx"][offered[ord("H")]][0]
    glyphs: dict[str, tuple[Any, int]] = {}
    for code in (code for first, last in LETTERS for code in range(first, last + 1)):
        if code in held or code not in offered:
            continue
        pen = TTGlyphPen(None)
        pieces = DecomposingRecordingPen(outlines)
        outlines[offered[code]].draw(pieces)
        pieces.replay(TransformPen(pen, Identity.scale(ratio)))
        glyphs[chr(code)] = (pen.glyph(), round(latin["hmtx"][offered[code]][0] * ratio))
    return _with(font, glyphs)


def drawn(font: TTFont) -> TTFont:
    """The font with the proportional and the drawn signs in the place of the wide ones."""
    proportional = single_substitutions(font, set(ALIASES.values()))
    source = dict(font.getBestCmap())
    for char in ALIASES:
        _point(font, char, proportional[source[ord(char)]])
    for table in ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx"):
        del font[table]
    glyphs: dict[str, tuple[Any, int]] = {}
    for char, sign in SIGNS.items():
        width = sign.width if isinstance(sign.width, int) else _advance(font, glyphs, sign.width)
        glyphs[char] = (_drawing(font, sign, glyphs, width=width), width)
    return _with(font, glyphs)


def single_substitutions(font: TTFont, features: set[str]) -> dict[str, str]:
    """Glyph → glyph of the named features."""
    found: dict[str, str] = {}
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag in features:
            for index in record.Feature.LookupListIndex:
                for table in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                    found |= getattr(getattr(table, "ExtSubTable", table), "mapping", {})
    return found


def cut(font: TTFont, characters: set[int], *, name: str) -> TTFont:
    """The font with these characters only, without hinting and layout, named for what it is."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    family = "Noto Sans SC Rest" if name == "Rest" else "Noto Sans SC"
    style = "Regular" if name == "Rest" else name
    names = {
        1: family,
        2: style,
        3: f"2.004-H2;subset;{family} {style}",
        4: f"{family} {style}",
        5: "Version 2.004-H2; subset with some signs redrawn",
        6: f"{family.replace(' ', '')}-{style}",
    }
    for identifier, text in names.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)
    return font


def widths(faces: dict[str, TTFont]) -> bytes:
    """Advance widths, compressed: code points (4 bytes), regular, bold (2 bytes each, little-endian, in thousandths).

    A character of Rest has the bold width ONLY_REST: it is set in Regular wherever it stands.
    """
    tables = {
        name: {code: face["hmtx"][glyph][0] for code, glyph in face.getBestCmap().items()}
        for name, face in faces.items()
    }
    codes = sorted(tables["Regular"] | tables["Rest"])
    regular = [(tables["Regular"] if code in tables["Regular"] else tables["Rest"])[code] for code in codes]
    bold = [tables["Bold"].get(code, ONLY_REST) for code in codes]
    arrays = (array("I", codes), array("H", regular), array("H", bold))
    if sys.byteorder == "big":
        for numbers in arrays:
            numbers.byteswap()
    return zlib.compress(b"".join(numbers.tobytes() for numbers in arrays), 9)


def _drawing(font: TTFont, sign: Sign, glyphs: dict[str, tuple[Any, int]], *, width: int) -> Any:
    glyf, names = font["glyf"], font.getBestCmap()
    plus = glyf[names[ord("+")]]
    middle = (plus.yMin + plus.yMax) / 2
    pen = TTGlyphPen(None)
    for part in sign.parts:
        glyph = glyphs[part.char][0] if part.char in glyphs else glyf[names[ord(part.char)]]
        centre = ((glyph.xMin + glyph.xMax) / 2, (glyph.yMin + glyph.yMax) / 2)
        matrix = Identity.translate(width / 2, middle + part.up).rotate(math.radians(part.turn))
        glyph.draw(TransformPen(pen, matrix.scale(part.scale).translate(-centre[0], -centre[1])), glyf)
    outline = pen.glyph()
    outline.recalcBounds(glyf)  # a later sign may be made of this one
    return outline


def _advance(font: TTFont, glyphs: dict[str, tuple[Any, int]], char: str) -> int:
    return glyphs[char][1] if char in glyphs else int(font["hmtx"][font.getBestCmap()[ord(char)]][0])


def _with(font: TTFont, glyphs: dict[str, tuple[Any, int]]) -> TTFont:
    names = {char: f"added{ord(char):04X}" for char in glyphs}
    font.setGlyphOrder([*font.getGlyphOrder(), *names.values()])
    for char, (glyph, width) in glyphs.items():
        glyph.recalcBounds(font["glyf"])
        font["glyf"].glyphs[names[char]] = glyph
        font["hmtx"].metrics[names[char]] = (width, getattr(glyph, "xMin", 0))
        _point(font, char, names[char])
    return font


def _point(font: TTFont, char: str, glyph: str) -> None:
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(char)] = glyph


if __name__ == "__main__":
    main(sys.argv[1:])

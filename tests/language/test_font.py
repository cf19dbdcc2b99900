"""The faces that travel with the package: what they hold, how wide it is, that they are the ones that were built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from fontTools.ttLib import TTFont

from valueviz.language import fonts, measure, missing, rare

FOLDER = fonts().regular.parent

NEEDED = (
    "0123456789 AVTo ÀÉßçñöőŁž Ωμσ Привет"
    "\u00a0\u2009\u202f\u2007−–—·•…‘’“”′″×÷±≥≤≈≠∞√∑%‰°℃№€£¥©®™½²³"
    "←↑→↓↗↘▲▼△▽●○■□◆◇★☆✓✗☐☑①⑳Ⅰ㎡─│┼"
    "，。；：？！（）《》“”、—…·【】「」％￥"
    "月结天数缩短证据等级镕喆堃𬭎"
)


@pytest.fixture(scope="module")
def faces() -> Iterator[dict[str, TTFont]]:
    opened = {path.stem.rpartition("-")[2]: TTFont(path, lazy=True) for path in fonts()}
    yield opened
    for face in opened.values():
        face.close()


def test_the_committed_files_are_the_ones_that_were_built() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {path.name for path in FOLDER.iterdir() if path.suffix in {".ttf", ".bin", ".txt"}}
    assert set(digests) == found
    for name, digest in digests.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_both_weights_hold_everything_a_report_needs(faces: dict[str, TTFont], weight: str) -> None:
    held = faces[weight].getBestCmap()
    assert [char for char in NEEDED if ord(char) not in held] == []


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_both_weights_hold_gb2312_completely(faces: dict[str, TTFont], weight: str) -> None:
    rows = [bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF)]
    national = {ord(char) for code in rows for char in code.decode("gb2312", errors="ignore")}
    assert len(national) == 7445
    assert national - set(faces[weight].getBestCmap()) == set()


def test_regular_and_bold_hold_the_same_and_rest_holds_only_the_rest(faces: dict[str, TTFont]) -> None:
    regular, bold, rest = (set(faces[name].getBestCmap()) for name in ("Regular", "Bold", "Rest"))
    assert regular == bold
    assert regular & rest == set()
    assert len(regular) > 9_500
    assert len(rest) > 20_000


def test_widths_are_those_of_the_faces(faces: dict[str, TTFont]) -> None:
    for name, bold in (("Regular", False), ("Bold", True), ("Rest", False)):
        advances = faces[name]["hmtx"].metrics
        wrong = [
            chr(code)
            for code, glyph in faces[name].getBestCmap().items()
            if measure(chr(code), 1000, bold) != advances[glyph][0]
        ]
        assert wrong == []


@pytest.mark.parametrize("bold", [False, True])
def test_digits_and_operators_share_one_width(bold: bool) -> None:
    digits = {measure(char, 1000, bold) for char in "0123456789"}
    assert len(digits) == 1
    assert {measure(char, 1000, bold) for char in "+−=±×÷≥≤≈<>"} == {measure("+", 1000, bold)}
    assert measure("\u2007", 1000, bold) == digits.pop()


def test_latin_is_set_with_latin_widths_and_spaces_are_graded() -> None:
    assert measure("AVTo", 10) == pytest.approx(10 * (608 + 575 + 599 + 606) / 1000)
    assert 0 < measure("\u2009", 10) < measure(" ", 10) < measure("中", 10) == 10
    assert measure("·", 10) < 3
    assert measure("’", 10) < 3


@pytest.mark.parametrize("name", ["Regular", "Bold", "Rest"])
def test_a_face_is_plain_outlines_named_for_what_it_is(faces: dict[str, TTFont], name: str) -> None:
    face = faces[name]
    assert not {"GSUB", "GPOS", "GDEF", "fpgm", "prep", "cvt ", "CFF ", "fvar"} & set(face.keys())
    assert face["post"].formatType == 3
    assert face["OS/2"].fsType == 0
    assert face["head"].unitsPerEm == 1000
    assert face["OS/2"].usWeightClass == (700 if name == "Bold" else 400)
    family = "Noto Sans SC Rest" if name == "Rest" else "Noto Sans SC"
    assert face["name"].getDebugName(1) == family
    assert face["name"].getDebugName(2) == ("Bold" if name == "Bold" else "Regular")


@pytest.mark.parametrize("name", ["Regular", "Bold"])
def test_every_drawn_sign_has_ink_inside_its_width(faces: dict[str, TTFont], name: str) -> None:
    face = faces[name]
    for char in "±×÷≥≤≈≠·•✗☐☑":
        glyph = face.getBestCmap()[ord(char)]
        outline = face["glyf"][glyph]
        advance, left = face["hmtx"][glyph]
        assert outline.numberOfContours > 0, char
        assert left == outline.xMin, char
        assert 0 <= outline.xMin < outline.xMax <= advance, char


def test_what_no_face_holds_is_named_once_in_order() -> None:
    assert missing("价值😀龘A\u2009𠮷😀") == ("😀", "𠮷")
    assert missing(NEEDED) == ()


def test_a_rare_character_is_found_in_rest_only() -> None:
    assert rare("龘中A龘") == ("龘",)
    assert missing("龘") == ()
    assert measure("龘", 10, True) == measure("龘", 10) == 10


def test_the_licence_travels_with_the_faces() -> None:
    text = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License, Version 1.1" in text
    assert "Reserved Font Name 'Source'" in text

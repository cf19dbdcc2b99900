"""How words, refusals and spaces are put together, and which language is spoken."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.errors import DataError, UsageError
from valueviz.language import Placeholder, language, message, resolve_locale
from valueviz.terms import Locale, Names

T = "\u2009"


@pytest.mark.parametrize(
    ("plain", "typeset"),
    [
        ("ERP上线", f"ERP{T}上线"),
        ("缩短2.9天", f"缩短{T}2.9{T}天"),
        ("缩短 2.9 天", f"缩短{T}2.9{T}天"),
        ("下降−25%的订单", f"下降{T}−25%{T}的订单"),
        ("（证据等级A），n=30", f"（证据等级{T}A），n=30"),
        ("文件sales.csv。", f"文件{T}sales.csv。"),
        ("纯中文，没有变化", "纯中文，没有变化"),
        ("Only Latin 3 words", "Only Latin 3 words"),
        ("5 – 7天", f"5 – 7{T}天"),
        ("“ERP”系统", "“ERP”系统"),
        ("𬭎A", f"𬭎{T}A"),
        ("", ""),
    ],
)
def test_chinese_is_parted_from_latin_and_digits(plain: str, typeset: str) -> None:
    assert language("zh_CN").typeset(plain) == typeset
    assert language("en").typeset(plain) == plain


@given(st.text(alphabet="中文ERP2.9 −%，（\u2009", max_size=20))
def test_typesetting_twice_changes_nothing(text: str) -> None:
    once = language("zh_CN").typeset(text)
    assert language("zh_CN").typeset(once) == once


@pytest.mark.parametrize("sentence", ["{metric}缩短{change}，等级{grade}。", "{metric} 缩短 {change}，等级 {grade}。"])
def test_blanks_beside_placeholders_make_no_difference_in_chinese(sentence: str) -> None:
    parts = message.split(sentence, chinese=True)
    fields = {"metric": "OEE", "change": "2.9\u2009天", "grade": "A"}
    assert message.filled(parts, fields, chinese=True) == f"OEE{T}缩短{T}2.9{T}天，等级{T}A。"
    fields["metric"] = "月结天数"
    assert message.filled(parts, fields, chinese=True) == f"月结天数缩短{T}2.9{T}天，等级{T}A。"


def test_a_field_keeps_its_own_spelling() -> None:
    parts = message.split("客户{name}的报告", chinese=True)
    assert message.filled(parts, {"name": "华东ERP部"}, chinese=True) == "客户华东ERP部的报告"


def test_a_message_comes_apart_into_literals_and_placeholders() -> None:
    assert message.split("{a} and {b}.", chinese=False) == (Placeholder("a"), " and ", Placeholder("b"), ".")
    assert message.split("options are {A|B}, {}", chinese=False) == ("options are {A|B}, {}",)


@pytest.mark.parametrize("fields", [{}, {"grade": "A", "other": "x"}, {"level": "A"}])
def test_words_want_exactly_the_fields_of_the_message(fields: dict[str, str]) -> None:
    with pytest.raises(KeyError, match=r"grade\.name"):
        language("en").words("grade.name", **fields)


@pytest.mark.parametrize("key", ["grade.Z", "no_table.x", "grade", "grade.A.more"])
def test_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(KeyError):
        language("en").words(key)


@pytest.mark.parametrize(
    ("items", "english", "chinese"),
    [((), "", ""), (("ERP",), "ERP", "ERP"), (("ERP", "库存", "MES"), "ERP, 库存, and MES", f"ERP、库存和{T}MES")],
)
def test_items_are_listed_as_the_language_does(items: tuple[str, ...], english: str, chinese: str) -> None:
    assert (language("en").list_(items), language("zh_CN").list_(items)) == (english, chinese)


def test_a_definition_is_named_in_the_language() -> None:
    names = Names((("en", "Order lead time"), ("zh_CN", "订单交付周期P90")))
    assert language("en").names(names) == "Order lead time"
    assert language("zh_CN").names(names) == f"订单交付周期{T}P90"


# Refusals ────────────────────────────────────────────────────────────────────


def test_place_and_nearest_join_a_sentence_that_does_not_name_them() -> None:
    refusal = UsageError("unknown_language", file="a.toml", row=90000, found="fr", needed="zh, en", nearest="en")
    assert (
        language("en").error(refusal) == "a.toml, row 90000: There is no language fr; needed: zh, en. Did you mean en?"
    )
    assert (
        language("zh_CN").error(refusal)
        == f"a.toml，第{T}90000{T}行：没有语言{T}fr；可用：zh, en。是否指{T}en？"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("present", "sentence"),
    [
        (("file",), "{file} is empty"),
        (("file", "row"), "{file}, row {row} is empty"),
        (("file", "column"), "{file} is empty"),
        (("file", "row", "column"), "{file}, row {row}, cell {column}{row} is empty"),
    ],
)
def test_an_optional_clause_vanishes_with_any_of_its_fields(present: tuple[str, ...], sentence: str) -> None:
    assert message.with_clauses("{file}[, row {row}][, cell {column}{row}] is empty", present) == sentence


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_a_refusal_is_one_line_whatever_the_field_holds(locale: Locale) -> None:
    refusal = UsageError("unknown_language", found="a\nb\x1b[31m\u202e" + "x" * 5000, needed="zh")
    line = language(locale).error(refusal)
    assert line.count("\n") == 0
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert len(line) < 300


def test_a_refusal_without_sentence_still_says_its_code_and_fields() -> None:
    line = language("en").error(DataError("never_worded", file="x.csv"))
    assert "never_worded" in line
    assert "x.csv" in line


# Which language ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("option", "env", "locale"),
    [
        ("zh", {}, "zh_CN"),
        ("zh-CN", {}, "zh_CN"),
        ("zh_CN", {}, "zh_CN"),
        ("zh-Hans-CN", {}, "zh_CN"),
        ("EN", {}, "en"),
        ("en-US", {"VALUEVIZ_LANG": "zh"}, "en"),
        (None, {"VALUEVIZ_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh_CN"),
        (None, {"LC_ALL": "zh_CN.GB18030", "LANG": "en_US.UTF-8"}, "zh_CN"),
        (None, {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh_CN"),
        (None, {"LC_MESSAGES": "en_GB", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "C"}, "en"),
        (None, {}, "en"),
    ],
)
def test_option_then_variable_then_system_then_english(option: str | None, env: dict[str, str], locale: str) -> None:
    assert resolve_locale(option, env) == locale


@pytest.mark.parametrize(("option", "env"), [("fr", {}), ("english", {}), (None, {"VALUEVIZ_LANG": "klingon"})])
def test_a_language_we_do_not_speak_is_refused_when_asked_for(option: str | None, env: dict[str, str]) -> None:
    with pytest.raises(UsageError) as refusal:
        resolve_locale(option, env)
    assert refusal.value.code == "unknown_language"
    assert refusal.value.fields["found"] == (option or env["VALUEVIZ_LANG"])


@pytest.mark.parametrize(("locale", "tag"), [("en", "en"), ("zh_CN", "zh-CN")])
def test_a_language_has_one_object_and_its_tag(locale: Locale, tag: str) -> None:
    assert language(locale) is language(locale)
    assert language(locale).tag == tag


def test_words_are_spoken_without_the_tables_of_babel() -> None:
    """Importing the room and speaking a word loads nothing heavy, so that `--help` stays fast."""
    code = (
        "import sys\n"
        "from valueviz.language import language\n"
        "language('zh_CN').words('verdict.improved')\n"
        "print([name for name in ('babel', 'decimal', 'array') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

"""Every word is there in every language, every refusal has its sentence, and no sentence is left over."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import valueviz
from valueviz import errors
from valueviz.language import language, message, missing
from valueviz.terms import GRADES, GRAINS, LOCALES, PHASES, VERDICTS, BenefitClass, Instrument, Locale

PACKAGE = Path(valueviz.__file__).parent
HAN = r"[\u3400-\u9fff]"

NAMES = {
    "AA",
    "ASCII",
    "Arrow",
    "BOM",
    "Arkhangelsky",
    "Benjamini",
    "Borusyak",
    "Box",
    "Jaravel",
    "Ljung",
    "Spiess",
    "CDN",
    "CLDR",
    "CNY",
    "CPU",
    "CRM",
    "CSV",
    "DD",
    "DuckDB",
    "ERP",
    "EUR",
    "Excel",
    "GB",
    "GB18030",
    "GBK",
    "HTML",
    "HTTP",
    "Hochberg",
    "ID",
    "IEC",
    "ISO",
    "JPEG",
    "JPG",
    "JSON",
    "JavaScript",
    "KB",
    "MB",
    "MES",
    "MESSAGE",
    "MM",
    "NPV",
    "NaN",
    "OEE",
    "PDF",
    "PNG",
    "PPTX",
    "Parquet",
    "PyCapsule",
    "Python",
    "QR",
    "RGB",
    "ROI",
    "SCM",
    "SHA",
    "SQL",
    "SVG",
    "SaaS",
    "TOML",
    "URL",
    "USD",
    "UTC",
    "UTF",
    "VALUEVIZ",
    "WCAG",
    "XES",
    "XLS",
    "XLSX",
    "XMR",
    "YYYY",
    "false",
    "inf",
    "kWh",
    "pp",
    "ppm",
    "true",
    "utf",
    "valueviz",
}
"""Names and formats that are written in Latin letters in Chinese, too."""

TYPED = {
    "Ctrl",
    "acme",
    "auto",
    "by",
    "csv",
    "date",
    "evidence",
    "demo",
    "earlier",
    "education",
    "en",
    "env",
    "higher",
    "install",
    "instrument",
    "list",
    "lower",
    "new",
    "others",
    "pandas",
    "phase",
    "pip",
    "polars",
    "postgresql",
    "purge",
    "pyarrow",
    "python",
    "quality",
    "ramp",
    "remove",
    "rename",
    "renewal",
    "series",
    "show",
    "sqlite",
    "start",
    "step",
    "toml",
    "value",
    "volume",
    "workspace",
    "zh",
}
"""What a user of the command line or of the Python face types."""

COMMAND = re.compile(r"valueviz [^，。；.,;]*(?:\.pdf)?$")
"""A command to copy, at the end of a sentence, which has no full stop then."""

CODE = re.compile(
    r"\{[a-z0-9_]+\}|%(?:\([a-z_]+\))?[rs]"  # placeholders
    r"|\bvalueviz(?: [a-z]+)*\b"  # a command
    r"|`[^`]*`"  # quoted code
    r"|--?[A-Za-z][A-Za-z-]*(?:[ =][A-Z_]+\b(?!\.))?"  # options with their argument
    r"|\b[\w./*-]+\.(?:toml|csv|xlsx|pdf|json|py|duckdb|jsonl|gz)\b"  # file names
    r"|\[[\w.]+\]"  # tables of a definition file
    r"|\b[a-z]+_[a-z_]+\b"  # keys in snake case
    r"|\b[A-Z]+_[A-Z_]+\b"  # environment variables
    r"|https?://\S+|(?<![A-Za-z])/[a-z]+\b"  # addresses and pages
)


class Raised(NamedTuple):
    """A refusal in the source: where, its code, the fields it is given, whether they are all written out."""

    place: str
    code: str
    fields: frozenset[str]
    explicit: bool


def _file(locale: Locale) -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "language" / f"{locale}.toml").read_text(encoding="utf-8"))


def _flat(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _messages(locale: Locale) -> dict[str, str]:
    return {key: value for key, value in _flat(_file(locale)) if isinstance(value, str)}


@cache
def _sources() -> tuple[tuple[str, ast.Module], ...]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return tuple((str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


@cache
def _raised() -> tuple[Raised, ...]:
    return tuple(_found_raised())


def _found_raised() -> Iterator[Raised]:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and name.endswith("Error")}
    for name, tree in _sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in kinds:
                fields = [keyword.arg for keyword in node.keywords]
                yield Raised(
                    f"{name}:{node.lineno}",
                    str(node.args[0].value),
                    frozenset(field for field in fields if field),
                    None not in fields,
                )


# Every language says the same ────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_a_language_file_parsed_by_table_equals_the_whole(locale: Locale) -> None:
    spoken, whole = language(locale), _file(locale)
    assert {table: {key: spoken._node(f"{table}.{key}") for key in spoken.keys(table)} for table in whole} == whole


def test_languages_have_the_same_keys() -> None:
    keys = {locale: dict(_flat(_file(locale))).keys() for locale in LOCALES}
    assert keys["en"] - keys["zh_CN"] == set()
    assert keys["zh_CN"] - keys["en"] == set()


def test_languages_have_the_same_placeholders() -> None:
    english, chinese = _messages("en"), _messages("zh_CN")
    differing = {
        key: (message.placeholders(english[key]), message.placeholders(chinese[key]))
        for key in english.keys() & chinese.keys()
        if message.placeholders(english[key]) != message.placeholders(chinese[key])
        or (key.startswith("error.") and message.required(english[key]) != message.required(chinese[key]))
    }
    assert differing == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_is_empty_and_every_bracket_closes(locale: Locale) -> None:
    blank = {"unit.ratio", "unit.count"}
    for key, text in _messages(locale).items():
        assert text.strip() or key in blank, key
        if key.startswith("error."):
            assert text == text.strip(), key
            assert text[-1] in ".?。？" or COMMAND.search(text), key
            asks = text[-1] in "?？" and "nearest" in message.required(text)
            assert not asks, f"{key}: there is not always something near"
            assert message.with_clauses(text, message.placeholders(text)).count("[") == 0, key
            assert text.count("{") == text.count("}") == len(re.findall(r"\{[a-z0-9_]+\}", text)), key


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_of_the_nouns_has_a_word(locale: Locale) -> None:
    spoken = language(locale)
    wanted: dict[str, tuple[str, ...]] = {
        "verdict": VERDICTS,
        "grade": ("name", "none", *GRADES),
        "phase": PHASES,
        "grain": GRAINS,
        "benefit_class": BenefitClass.__args__,  # type: ignore[attr-defined]
        "instrument": Instrument.__args__,  # type: ignore[attr-defined]
    }
    assert {table: set(spoken.keys(table)) for table in wanted} == {table: set(keys) for table, keys in wanted.items()}


def test_verdicts_are_the_five_fixed_words() -> None:
    assert [language("zh_CN").words(f"verdict.{code}") for code in VERDICTS] == [
        "改善",
        "变差",
        "尚不能证明",
        "不可比",
        "不予判断",
    ]
    assert [language("en").words(f"verdict.{code}") for code in VERDICTS] == [
        "improved",
        "worse",
        "not provable yet",
        "not comparable",
        "refused",
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_unit_of_a_pack_has_a_word(locale: Locale) -> None:
    known = set(language(locale).keys("unit")) | {"CNY", "USD", "EUR"}
    unworded = {
        (path.name, part)
        for path in sorted((PACKAGE / "catalog" / "packs").glob("*.toml"))
        for key, value in _flat(tomllib.loads(path.read_text(encoding="utf-8")))
        if key.rpartition(".")[2] == "unit"
        for part in str(value).split("/")
        if part not in known
    }
    assert unworded == set()


# Every refusal has a sentence ────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_has_a_sentence(locale: Locale) -> None:
    sentences = _file(locale)["error"]
    assert [raised for raised in _raised() if raised.code not in sentences] == []


def test_no_sentence_is_left_without_a_refusal() -> None:
    constants = {
        node.value
        for _, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(_file("en")["error"]) - constants == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_brings_the_fields_its_sentence_cannot_do_without(locale: Locale) -> None:
    sentences = _file(locale)["error"]
    lacking = [
        (raised.place, raised.code, sorted(message.required(sentences[raised.code]) - raised.fields))
        for raised in _raised()
        if raised.explicit and raised.code in sentences and message.required(sentences[raised.code]) - raised.fields
    ]
    assert lacking == []


# The typography of the files ─────────────────────────────────────────────────


def test_chinese_holds_no_english_words() -> None:
    strange = {}
    for key, text in _messages("zh_CN").items():
        if key.split(".")[0] in {"language", "date", "unit"}:
            continue
        words = set(re.findall(r"[A-Za-z]{2,}\d*", CODE.sub(" ", text))) - NAMES
        if key.startswith(("cli.", "error.")):
            words = {word for word in words if not word.isupper()} - TYPED
        if words:
            strange[key] = sorted(words)
    assert strange == {}


def test_chinese_uses_full_width_punctuation() -> None:
    narrow = re.compile(rf"{HAN}[,;:?!()]|[,;:?!(]{HAN}|\){HAN}")
    found = {key: text for key, text in _messages("zh_CN").items() if narrow.search(CODE.sub("", text))}
    found.pop("document.keywords", None)  # a field of the PDF whose separator is the comma of ASCII
    assert found == {}


def test_english_holds_no_chinese_and_no_sign_as_wide_as_one() -> None:
    wide = re.compile(rf"{HAN}|[\u201c\u201d\u2014\u3000-\u303f\uff00-\uffef]")
    assert {key: text for key, text in _messages("en").items() if wide.search(text)} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_shouts_or_holds_a_sign_the_faces_lack(locale: Locale) -> None:
    for key, text in _messages(locale).items():
        assert not re.search(r"[!！]", text), key
        assert missing(text.replace("\n", "")) == (), key

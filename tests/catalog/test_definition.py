"""What a definition file may not hold, and what the refusal says."""

from __future__ import annotations

import pytest

from valueviz.catalog import definition_text, nearest, read_engagement, suggestion
from valueviz.catalog.definition import LARGE, SMALL, parse
from valueviz.errors import DefinitionError
from valueviz.language import language

ENGAGEMENT = """
name = "Cedar Pumps"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-03-01
"""


def refusal(text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        read_engagement(text, file="cedar.toml")
    return caught.value


BAD = {
    "a misspelt key names the nearest": (
        ENGAGEMENT + 'golive = "x"',
        "key_unknown",
        {"key": "golive", "nearest": "go_live"},
    ),
    "a key nobody knows lists those of its table": (
        ENGAGEMENT + "[contract]\nstart = 2024-01-01\nend = 2025-01-01\nzzz = 1",
        "key_unknown",
        {"key": "contract.zzz", "nearest": "end | price | start"},
    ),
    "a missing key": (ENGAGEMENT.replace('system = "ERP"', ""), "key_missing", {"key": "system"}),
    "a number for a text": (ENGAGEMENT.replace('"ERP"', "5"), "key_not_text", {"key": "system", "found": "5"}),
    "a blank text": (ENGAGEMENT.replace('"ERP"', '"  "'), "key_not_text", {"key": "system"}),
    "a text beyond its length": (ENGAGEMENT.replace("ERP", "E" * 201), "key_too_long", {"found": 201, "needed": 200}),
    "infinity": (
        ENGAGEMENT + '[[promise]]\nmetric = "oee"\nvalue = inf',
        "key_not_number",
        {"key": "promise[1].value", "found": "inf"},
    ),
    "not a number": (ENGAGEMENT + '[[promise]]\nmetric = "oee"\nvalue = nan', "key_not_number", {"found": "nan"}),
    "a truth value for a number": (ENGAGEMENT + '[[promise]]\nmetric = "oee"\nvalue = true', "key_not_number", {}),
    "a text for a number": (ENGAGEMENT + '[[promise]]\nmetric = "oee"\nvalue = "3"', "key_not_number", {"found": "3"}),
    "a fraction for a whole number": (ENGAGEMENT + "transition_periods = 1.5", "key_not_whole", {"found": "1.5"}),
    "a number out of range": (
        ENGAGEMENT + "transition_periods = -1",
        "key_out_of_range",
        {"found": "-1", "minimum": 0, "maximum": 104},
    ),
    "an integer no float can hold": (
        ENGAGEMENT + f'[[promise]]\nmetric = "oee"\nvalue = {"9" * 400}',
        "key_out_of_range",
        {"key": "promise[1].value"},
    ),
    "a text for a truth value": (ENGAGEMENT + 'synthetic = "yes"', "key_not_flag", {"found": "yes"}),
    "a day that does not exist": (
        ENGAGEMENT.replace("2025-03-01", '"2025-02-30"'),
        "key_not_date",
        {"key": "go_live", "found": "2025-02-30"},
    ),
    "a month for a day": (ENGAGEMENT.replace("2025-03-01", '"2025-03"'), "key_not_date", {"found": "2025-03"}),
    "a time of day": (ENGAGEMENT.replace("2025-03-01", "2025-03-01T08:00:00"), "key_not_date", {"key": "go_live"}),
    "a year out of range": (
        ENGAGEMENT.replace("2025-03-01", "1025-03-01"),
        "key_not_date",
        {"found": "1025-03-01"},
    ),
    "a table for a list": (ENGAGEMENT + "[event]\nname = 'x'", "key_not_list", {"key": "event"}),
    "a text in a list of tables": (ENGAGEMENT + "event = ['x']", "key_not_table", {"key": "event[1]"}),
    "a list for a table": (ENGAGEMENT + "baseline = []", "key_not_table", {"key": "baseline"}),
    "a site whose go-live is neither a day nor never": (
        ENGAGEMENT + '[[site]]\nkey = "S1"\ngo_live = "later"',
        "key_not_date_or",
        {"key": "site[1].go_live", "found": "later", "needed": "never"},
    ),
    "an unknown phase": (
        ENGAGEMENT + '[[phase]]\nkey = "migrations"\nstart = 2025-01-01\nend = 2025-01-02',
        "key_not_one_of",
        {"key": "phase[1].key", "nearest": "migration"},
    ),
    "a phase twice": (
        ENGAGEMENT + '[[phase]]\nkey = "training"\nstart = 2025-01-01\nend = 2025-01-02\n' * 2,
        "key_twice",
        {"key": "phase", "found": "training"},
    ),
    "a phase that ends before it starts": (
        ENGAGEMENT + '[[phase]]\nkey = "training"\nstart = 2025-02-01\nend = 2025-01-02',
        "end_before_start",
        {"key": "phase[1].end", "found": "2025-01-02", "needed": "2025-02-01"},
    ),
    "a baseline that reaches into the time after": (
        ENGAGEMENT + "[baseline]\nstart = 2024-01-01\nend = 2025-03-01",
        "baseline_after_go_live",
        {"key": "baseline.end", "needed": "2025-03-01"},
    ),
    "a step by nobody": (
        ENGAGEMENT
        + '[[step]]\nkey = "s"\nname = "n"\nphase = "training"\ndate = 2025-01-01\nby = "us"\nmode = "human"',
        "key_not_one_of",
        {"key": "step[1].by", "nearest": "client | vendor"},
    ),
    "a range on the wrong side of its value": (
        ENGAGEMENT
        + '[[assumption]]\nkey = "rate"\nvalue = 5\nlow = 6\nunit = "CNY"\nsource = "s"\nowner = "o"\nstatus = "estimate"',
        "range_reversed",
        {"key": "assumption[1].low", "found": 6.0, "needed": 5.0},
    ),
    "two promises about one metric": (
        ENGAGEMENT + '[[promise]]\nmetric = "oee"\nvalue = 3\n' * 2,
        "key_twice",
        {"key": "promise", "found": "oee"},
    ),
    "a currency that is no code": (ENGAGEMENT.replace("CNY", "元"), "key_wrong_form", {"found": "元", "needed": "CNY"}),
    "an industry that is no key": (
        ENGAGEMENT.replace('"manufacturing"', '"../x"'),
        "key_wrong_form",
        {"key": "industry"},
    ),
    "a syntax error names its place": (ENGAGEMENT + "oops", "definition_syntax", {"row": 7}),
    "a key written twice": (ENGAGEMENT + 'name = "again"', "definition_syntax", {"row": 7}),
    "an integer of thousands of digits": (ENGAGEMENT + "n = " + "9" * 5000, "definition_syntax", {}),
}


@pytest.mark.parametrize(("text", "code", "fields"), BAD.values(), ids=BAD.keys())
def test_a_bad_definition_is_refused_by_file_key_and_nearest(text: str, code: str, fields: dict[str, object]) -> None:
    error = refusal(text)
    assert error.code == code
    assert error.fields.get("file") == "cedar.toml"
    assert {key: error.fields.get(key) for key in fields} == fields


@pytest.mark.parametrize(("text", "code", "fields"), BAD.values(), ids=BAD.keys())
def test_the_sentence_of_a_refusal_is_one_line_that_names_the_file(
    text: str, code: str, fields: dict[str, object]
) -> None:
    for locale in ("en", "zh_CN"):
        sentence = language(locale).error(refusal(text))
        assert "cedar.toml" in sentence
        assert "\n" not in sentence
        assert "?" not in sentence.replace("did you mean", "").rstrip("?")


def test_a_file_nested_thousands_deep_is_refused() -> None:
    error = refusal("a = " + "[" * 20_000)
    assert error.code in ("definition_too_deep", "definition_syntax")


@pytest.mark.parametrize("limit", [SMALL, LARGE])
def test_a_file_beyond_its_size_is_refused_before_it_is_parsed(limit: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse("#" + "字" * limit, file="big.toml", limit=limit)
    assert caught.value.fields == {"file": "big.toml", "found": 3 * limit + 1, "needed": limit}


def test_a_list_with_too_many_entries_is_refused() -> None:
    entries = "'a'," * 10_001
    error = refusal(ENGAGEMENT + f"negative_controls = [{entries}]")
    assert (error.code, error.fields["found"]) == ("key_too_long", 10_001)


def test_a_byte_order_mark_is_no_part_of_a_definition() -> None:
    text = definition_text(b"\xef\xbb\xbf" + ENGAGEMENT.encode(), file="cedar.toml")
    assert read_engagement(text, file="cedar.toml").name["en"] == "Cedar Pumps"


def test_a_definition_in_another_encoding_says_so() -> None:
    with pytest.raises(DefinitionError) as caught:
        definition_text("name = '雪松泵业'".encode("gb18030"), file="cedar.toml")
    assert caught.value.code == "definition_not_utf8"


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("golive", ("name", "go_live"), "go_live"),
        ("Go-Live", ("name", "go_live"), "go_live"),
        ("物料编码准确度", ("物料编码准确率", "月结天数"), "物料编码准确率"),
        ("zzz", ("name", "go_live"), None),
        ("name", (), None),
        ("n" * 100_000, ("name",), None),
    ],
)
def test_the_nearest_word_is_found_whatever_its_case_and_joints(
    word: str, known: tuple[str, ...], found: str | None
) -> None:
    assert nearest(word, known) == found


def test_where_nothing_is_near_all_known_words_are_proposed() -> None:
    assert suggestion("zzz", ("name", "go_live")) == "go_live | name"

"""`valueviz effect --treated` and `--panel`: what other series say about what would have been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.calls import Call, Said, caller, months, written
from tests.cli.test_effect import CHECKS, KEYS

EFFECT = -8.0
"""What the go-live of every treated site brings."""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(capsys)


def sites(
    go_lives: dict[str, int | None], *, seed: int = 4, periods: int = 40, tools: dict[str, int] | None = None
) -> list[dict[str, Any]]:
    """A row a site and month: a level of its own, common ups and downs, −8 from its go-live on.

    `tools` gives the month from which a site is measured by another instrument.
    """
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(size=periods)) + 5 * np.sin(np.arange(periods) / 2)
    rows = []
    for place, (site, start) in enumerate(go_lives.items()):
        noise = rng.normal(size=periods)
        for at, month in enumerate(months(periods)):
            live = start is not None and at >= start
            changed = tools is not None and at >= tools.get(site, periods)
            rows.append(
                {
                    "series": site,
                    "date": month,
                    "value": round(100 + 4 * place + common[at] + noise[at] + EFFECT * live, 4),
                    "go_live": "" if start is None else months(periods)[start],
                    "instrument": "log" if changed else "export",
                }
            )
    return rows


def without(rows: list[dict[str, Any]], *columns: str) -> list[dict[str, Any]]:
    return [{name: cell for name, cell in row.items() if name not in columns} for row in rows]


STAGGERED: dict[str, int | None] = {"a": 18, "b": 22, "c": 26, "d": 20, "e": 24, "f": None, "g": None, "h": None}
ONE_TREATED: dict[str, int | None] = {"a": 24, **dict.fromkeys("bcdefgh")}


# One treated series ──────────────────────────────────────────────────────────


def test_one_treated_series_is_compared_with_the_others(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", without(sites(ONE_TREATED), "go_live"))
    (effect,) = call(path, "--treated", "a", "--go-live", "2023-01", "--season", "1", "--json").effects
    assert list(effect) == KEYS
    assert list(effect["diagnostics"]) == CHECKS
    assert (effect["series"], effect["method"], effect["n_before"], effect["n_after"]) == ("a", "sdid", 24, 16)
    assert effect["low"] <= EFFECT <= effect["high"]


def test_its_own_go_live_counts_where_the_file_states_one(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", sites(ONE_TREATED))
    own = call(path, "--treated", "a", "--json")
    assert own.effects[0]["n_before"] == 24
    assert call(path, "--treated", "a", "--go-live", "2022-02", "--json") == own


def test_named_donors_are_the_only_ones(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", without(sites(ONE_TREATED), "go_live"))
    arguments = (path, "--treated", "a", "--go-live", "2023-01")
    everybody = call(*arguments, "--donors", "others", "--json")
    assert everybody == call(*arguments, "--json")
    some = call(*arguments, "--donors", "b,c,d,e,f", "--json")
    assert some.effects[0]["estimate"] != everybody.effects[0]["estimate"]
    said = call(*arguments, "--donors", "b,c,d,e,f", "--lang", "en").out
    assert "5 without it" in said.replace("\u2009", " ")


def test_a_name_with_a_comma_is_still_a_name(tmp_path: Path, call: Call) -> None:
    names = {"a": "Basel, north", "b": "Basel, south", "c": "Basel"}
    rows = without(sites(ONE_TREATED), "go_live")
    wide = [
        {"date": month, **{f'"{names.get(key, key)}"': value for key, value in zip("abcdefgh", values, strict=True)}}
        for month, *values in _by_month(rows)
    ]
    path = written(tmp_path / "wide.csv", wide)
    donors = "Basel, south,Basel,d,e,f"
    said = call(path, "--wide", "--treated", "Basel, north", "--donors", donors, "--go-live", "2023-01", "--json")
    assert said.effects[0]["series"] == "Basel, north"


def _by_month(rows: list[dict[str, Any]]) -> list[list[Any]]:
    by_month: dict[str, list[Any]] = {}
    for row in rows:
        by_month.setdefault(row["date"], [row["date"]]).append(row["value"])
    return list(by_month.values())


UNFIT: dict[str, tuple[dict[str, int | None], dict[str, int], str, dict[str, str]]] = {
    "went live itself": (
        {**ONE_TREATED, "h": 30},
        {},
        "went live itself",
        {"en": "Not compared with because it went live itself: h.", "zh": "因自身也上线而未用于比较：h。"},
    ),
    "another instrument": (
        ONE_TREATED,
        {"h": 26},
        "way of measuring changed",
        {
            "en": "Not compared with because its way of measuring changed: h.",
            "zh": "因测量方式发生变化而未用于比较：h。",
        },
    ),
}


@pytest.mark.parametrize("case", UNFIT.values(), ids=UNFIT.keys())
def test_a_donor_that_changed_itself_is_left_out_with_a_word_and_refused_by_name(
    tmp_path: Path, call: Call, case: tuple[dict[str, int | None], dict[str, int], str, dict[str, str]]
) -> None:
    go_lives, tools, why, told = case
    path = written(tmp_path / "sites.csv", sites(go_lives, tools=tools))
    counted = call(path, "--treated", "a", "--json", "--lang", "en")
    assert (counted.code, counted.err.strip()) == (0, told["en"])
    named = call(path, "--treated", "a", "--donors", "b,c,h", "--json", "--lang", "en")
    assert (named.code, named.out) == (2, "")
    assert all(part in named.err for part in ("sites.csv", "--donors", " h ", why))
    for lang, words in told.items():
        said = call(path, "--treated", "a", "--lang", lang)
        assert words.replace(" ", "") in said.out.replace("\u2009", "").replace(" ", "")
        assert said.err == ""


def test_a_treated_series_that_never_went_live_is_refused(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", sites(ONE_TREATED))
    said = call(path, "--treated", "b", "--go-live", "2023-01", "--json", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert all(part in said.err for part in ("sites.csv", "--treated", " b "))


def test_a_treated_series_measured_otherwise_since_go_live_is_not_comparable(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", sites(ONE_TREATED, tools={"a": 24}))
    (effect,) = call(path, "--treated", "a", "--json").effects
    assert (effect["verdict"], effect["reason"]) == ("not_comparable", "instrument_changed")
    assert (effect["estimate"], effect["grade"], effect["claim_interval"]) == (None, None, None)


def test_a_method_chosen_by_hand_is_printed_and_caps_the_grade(tmp_path: Path, call: Call) -> None:
    path = written(tmp_path / "sites.csv", without(sites(ONE_TREATED), "go_live"))
    arguments = (path, "--treated", "a", "--go-live", "2023-01")
    for method in ("sc", "did", "sdid"):
        (effect,) = call(*arguments, "--method", method, "--json").effects
        assert (effect["method"], effect["grade"]) == (method, "C")
    said = call(*arguments, "--method", "did", "--lang", "en").out
    assert "chosen by hand" in said


# A roll-out ──────────────────────────────────────────────────────────────────


def rolled(call: Call, path: Path, *options: str) -> dict[str, Any]:
    (effect,) = call(path, "--panel", "--json", *options).effects
    return effect


def test_a_roll_out_is_one_line_by_imputation(tmp_path: Path, call: Call) -> None:
    effect = rolled(call, written(tmp_path / "sites.csv", sites(STAGGERED)))
    assert list(effect) == KEYS
    assert list(effect["diagnostics"]) == CHECKS
    assert (effect["series"], effect["method"], effect["verdict"]) == ("panel", "imputation", "improved")
    assert effect["low"] <= EFFECT <= effect["high"]
    assert effect["grade"] in ("B", "C")


def test_sites_without_a_go_live_column_take_the_one_of_the_call(tmp_path: Path, call: Call) -> None:
    together: dict[str, int | None] = dict.fromkeys("abcdefgh", 24)
    path = written(tmp_path / "sites.csv", without(sites(together), "go_live"))
    said = call(path, "--panel", "--go-live", "2023-01", "--json")
    (effect,) = said.effects
    assert (said.code, effect["series"], effect["method"]) == (0, "panel", "imputation")
    # nobody is left untreated, so that nothing says what would have been
    assert effect["verdict"] == "refused"


def test_a_panel_whose_method_follows_from_its_form_keeps_its_grade(tmp_path: Path, call: Call) -> None:
    common: dict[str, int | None] = {"a": 24, "b": 24, "c": 24, "d": 24, "e": None, "f": None, "g": None, "h": None}
    effect = rolled(call, written(tmp_path / "sites.csv", sites(common)))
    assert (effect["series"], effect["method"]) == ("panel", "imputation")
    by_hand = rolled(call, tmp_path / "sites.csv", "--method", "imputation")
    assert by_hand["grade"] == "C"
    assert by_hand["estimate"] == effect["estimate"]


def test_a_site_measured_otherwise_since_its_go_live_makes_the_roll_out_not_comparable(
    tmp_path: Path, call: Call
) -> None:
    effect = rolled(call, written(tmp_path / "sites.csv", sites(STAGGERED, tools={"b": 22})))
    assert (effect["verdict"], effect["reason"], effect["estimate"]) == ("not_comparable", "instrument_changed", None)


ALL: dict[str, tuple[str, str]] = {"all after": ("2020-01", "refused"), "all before": ("2031-01", "refused")}


@pytest.mark.parametrize(("go_live", "verdict"), ALL.values(), ids=ALL.keys())
def test_a_roll_out_outside_the_data_is_refused_by_verdict(
    tmp_path: Path, call: Call, go_live: str, verdict: str
) -> None:
    path = written(tmp_path / "sites.csv", without(sites(STAGGERED), "go_live"))
    said = call(path, "--panel", "--go-live", go_live, "--json")
    assert said.code == 0
    assert (said.effects[0]["verdict"], said.effects[0]["estimate"]) == (verdict, None)


@pytest.mark.parametrize("options", ["--panel", "--treated a"])
def test_rows_in_any_order_give_the_same_bytes(tmp_path: Path, call: Call, options: str) -> None:
    rows = sites(STAGGERED if options == "--panel" else ONE_TREATED)
    order = np.random.default_rng(8).permutation(len(rows))
    (tmp_path / "other").mkdir()
    first = call(written(tmp_path / "sites.csv", rows), *options.split(), "--json")
    assert first.code == 0
    assert first == call(
        written(tmp_path / "other" / "sites.csv", [rows[at] for at in order]), *options.split(), "--json"
    )


def test_series_of_unlike_grain_are_pooled_by_the_finest(tmp_path: Path, call: Call) -> None:
    rows = without(sites(ONE_TREATED), "go_live")
    sparse = [row for row in rows if row["series"] != "h" or int(row["date"][-2:]) % 3 == 1]
    path = written(tmp_path / "sites.csv", sparse)
    (effect,) = call(path, "--treated", "a", "--go-live", "2023-01", "--json").effects
    assert (effect["grain"], effect["n_before"]) == ("month", 24)


# Words ───────────────────────────────────────────────────────────────────────

TOLD: dict[str, tuple[dict[str, int | None], str, dict[str, tuple[str, ...]]]] = {
    "a roll-out": (
        STAGGERED,
        "--panel",
        {
            "en": ("All series together: improved", "5 series with the change, 3 without it"),
            "zh": ("全部序列合并：改善", "发生变化的序列 5 个，用于比较的未变化序列 3 个"),
        },
    ),
    "one treated": (
        ONE_TREATED,
        "--treated a",
        {
            "en": ("a: ", "1 series with the change, 7 without it", "ran in parallel before", "Most weight"),
            "zh": ("a：", "发生变化的序列 1 个，用于比较的未变化序列 7 个", "权重最大"),
        },
    ),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD.keys())
def test_a_comparison_is_told_in_words(
    tmp_path: Path, call: Call, case: tuple[dict[str, int | None], str, dict[str, tuple[str, ...]]], lang: str
) -> None:
    go_lives, options, words = case
    said: Said = call(written(tmp_path / "sites.csv", sites(go_lives)), *options.split(), "--lang", lang)
    plain = said.out.replace("\u2009", " ")
    assert [word for word in words[lang] if word not in plain] == []

"""Every file of the corpus is taken or refused as it says, and every row is accounted for."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pytest

from tests.intake.conftest import Gate
from tests.intake.corpus import GOOD, MAPPING, METRIC, Case, all_cases
from valueviz.errors import ValuevizError
from valueviz.language import language

CASES = all_cases()
ACCEPTED = [case for case in CASES if case.code is None]
REFUSED = [case for case in CASES if case.code is not None]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.id)
def test_an_accepted_file_is_counted_row_by_row(case: Case, gate: Gate, tmp_path: Path) -> None:
    taken = gate(case.name, case.content, case.mapping)
    snapshot = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet")
    assert taken.rows == case.rows
    assert taken.accepted + taken.rejected == taken.rows
    assert len({fault.row for fault in taken.rejects}) == taken.rejected
    lines = case.content.decode(_encoding(case), "replace").splitlines() if case.name.endswith(".csv") else []
    for fault in taken.rejects if lines else ():
        assert fault.value[:20] in "".join(lines)
    assert tuple((fault.row, fault.column, fault.reason) for fault in taken.rejects) == case.rejects
    values = [value for value in snapshot.column("value").to_pylist() if value is not None]
    assert sum(values) == pytest.approx(case.total, abs=1e-9)
    assert set(case.warnings) <= set(taken.warnings)
    assert case.periods in (None, taken.periods)


def _encoding(case: Case) -> str:
    return "utf-8" if "encoding =" not in case.mapping else case.mapping.partition('encoding = "')[2].partition('"')[0]


@pytest.mark.parametrize("name", ["rows[1].csv", "a*b.csv", "what?.csv", "等待 时间.csv", "it's.csv"])
def test_a_name_is_a_name_and_no_pattern(name: str, gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "aXb.csv").write_text(GOOD, encoding="utf-8")
    assert gate(name, GOOD.encode(), MAPPING + METRIC).accepted == 3


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_a_refused_file_names_what_is_wrong_and_writes_nothing(case: Case, gate: Gate, tmp_path: Path) -> None:
    with pytest.raises(ValuevizError) as refusal:
        gate(case.name, case.content, case.mapping)
    error = refusal.value
    assert error.code == case.code
    assert error.fields.get("row") == (case.row if case.row is not None else error.fields.get("row"))
    assert error.fields.get("column") == (case.column if case.column is not None else error.fields.get("column"))
    assert {key: error.fields.get(key) for key in case.fields} == case.fields
    assert not (tmp_path / "snapshot.parquet").exists()
    for locale in ("en", "zh_CN"):
        sentence = language(locale).error(error)
        assert "\n" not in sentence
        assert error.code not in sentence
        assert "?" not in sentence.replace("Did you mean", "").rstrip("?？")


def test_the_corpus_is_as_broad_as_planned() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 125

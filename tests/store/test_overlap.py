"""Files that measure what earlier imports measured: seen, counted, decided, and the cache keeps to the decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valueviz import engine
from valueviz.errors import StoreError
from valueviz.store import Client, Commit, ImportRecord, OverlapChoice
from valueviz.terms import Metric, Names, Window

Put = Callable[..., Client]
Row = tuple[str, float | None]
"""A day and a value of the metric `days`, one unit."""

DAYS = Metric("days", Names.same("days"), "day", "lower", "mean", grain="day")
MONTHLY = Metric("days", Names.same("days"), "day", "lower", "mean", grain="month")

TYPES = {
    "row": pa.int64(),
    "metric": pa.string(),
    "date": pa.timestamp("us"),
    "end": pa.timestamp("us"),
    "value": pa.float64(),
    "volume": pa.float64(),
    "unit": pa.string(),
    "site": pa.string(),
    "instrument": pa.string(),
    "definition_version": pa.string(),
}


def write(path: Path, rows: Sequence[Row], *, unit: str = "{}", metric: str = "days") -> None:
    """A snapshot of some rows."""
    told: list[dict[str, Any]] = [
        {"row": number, "metric": metric, "date": datetime.fromisoformat(day), "value": value, "unit": unit}
        for number, (day, value) in enumerate(rows, start=2)
    ]
    columns = {name: pa.array([row.get(name) for row in told], kind) for name, kind in TYPES.items()}
    pq.write_table(pa.table(columns), path)


def take(
    client: Client,
    rows: Sequence[Row],
    *,
    file: str = "a.csv",
    overlap: OverlapChoice | None = None,
    unit: str = "{}",
    metric: str = "days",
    source: Literal["file", "workbook"] = "file",
) -> Commit:
    """Import some rows."""
    months = tuple(sorted({day[:7] for day, value in rows if value is not None}))
    with client.staging() as folder:
        write(folder / "s.parquet", rows, unit=unit, metric=metric)
        digest = sha256(repr((file, rows)).encode()).hexdigest()
        record = ImportRecord(
            file, digest, "", len(rows), len(rows), 0, metrics=(metric,), periods=months, source=source
        )
        return client.commit_import(folder / "s.parquet", record, raw=None, mapping=None, overlap=overlap)


def looked(client: Client, rows: Sequence[Row], *, monthly: bool = False, **of: Any) -> Any:
    """What a snapshot of some rows would overlap."""
    with client.staging() as folder:
        write(folder / "s.parquet", rows, **of)
        return client.overlap(folder / "s.parquet", monthly=monthly)


def counted(client: Client) -> dict[str, float]:
    """The value of each day that counts."""
    rolled = client.rollup(metrics=[DAYS], window=Window(date(2000, 1, 1), date(2100, 1, 1)))
    if not rolled:
        return {}
    series = rolled[0].series
    return {
        str(date.fromordinal(ordinal)): value
        for ordinal, value in zip(series.ordinals, series.values, strict=True)
        if value is not None
    }


JANUARY = [("2025-01-06", 1.0), ("2025-01-07", 2.0), ("2025-01-08", 3.0)]


def test_the_differences_are_counted_and_named_and_equal_values_are_silent(put: Put) -> None:
    client = put()
    take(client, JANUARY, file="first.csv")
    found = looked(client, [*JANUARY[:2], ("2025-01-08", 4.0), ("2025-01-09", 5.0)])
    assert (found.equal, found.differing, found.files) == (2, 1, ("first.csv",))
    (difference,) = found.differences
    assert (difference.metric, difference.unit, difference.day) == ("days", "{}", date(2025, 1, 8))
    assert (difference.earlier, difference.newer) == (3.0, 4.0)


@pytest.mark.parametrize(
    ("rows", "of"),
    [
        ([("2025-02-03", 9.0)], {}),
        ([("2025-01-06", 9.0)], {"metric": "hours"}),
        ([("2025-01-06", 9.0)], {"unit": '{"site":"B"}'}),
        ([("2025-01-09", 9.0)], {}),
    ],
    ids=["another month", "another metric", "another unit", "another day"],
)
def test_what_nobody_measured_before_overlaps_nothing(put: Put, *, rows: list[Row], of: dict[str, Any]) -> None:
    client = put()
    take(client, JANUARY)
    found = looked(client, rows, **of)
    assert (found.equal, found.differing, found.differences, found.files) == (0, 0, (), ())


def test_the_first_twenty_differences_are_shown_in_order_and_all_are_counted(put: Put) -> None:
    client = put()
    days = [(f"2025-01-{day:02}", float(day)) for day in range(1, 32)]
    take(client, days)
    found = looked(client, [(day, value + 1) for day, value in reversed(days)])
    assert (found.differing, len(found.differences)) == (31, 20)
    assert [each.day.day for each in found.differences] == list(range(1, 21))


def test_rows_of_one_day_are_compared_as_a_whole_and_in_any_order(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", 1.0), ("2025-01-06", 2.0), ("2025-01-07", 5.0)])
    found = looked(client, [("2025-01-07", 5.0), ("2025-01-06", 2.0), ("2025-01-06", 1.0)])
    assert (found.equal, found.differing) == (2, 0)
    found = looked(client, [("2025-01-06", 1.0), ("2025-01-06", 2.0), ("2025-01-06", 6.0)])
    assert (found.differences[0].earlier, found.differences[0].newer) == (1.5, 3.0)


def test_a_value_taken_back_is_a_difference_and_a_gap_filled_is_none(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", 1.0), ("2025-01-07", None)])
    found = looked(client, [("2025-01-06", None), ("2025-01-07", 2.0), ("2025-01-08", 1.0)])
    assert (found.equal, found.differing) == (0, 1)
    assert (found.differences[0].earlier, found.differences[0].newer) == (1.0, None)


def test_the_comparison_is_with_what_counts_not_with_what_was_replaced(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", 1.0)], file="first.csv")
    second = take(client, [("2025-01-06", 2.0)], file="second.csv", overlap="new").record
    assert looked(client, [("2025-01-06", 1.0)]).files == ("second.csv",)
    assert looked(client, [("2025-01-06", 2.0), ("2025-01-08", 2.0)]).differing == 0
    client.revert(client.state().history[0].record.snapshot)
    assert looked(client, [("2025-01-06", 1.0), ("2025-01-08", 2.0)]).differing == 0
    client.revert(second.snapshot)
    take(client, [("2025-01-06", 3.0), ("2025-01-07", 3.0)], file="third.csv", overlap="earlier")
    assert looked(client, [("2025-01-06", 2.0), ("2025-01-07", 4.0)]).files == ("third.csv",)


@pytest.mark.parametrize(("choice", "value"), [("new", 9.0), ("earlier", 2.0), (None, 9.0)])
def test_the_values_that_were_chosen_count(put: Put, *, choice: OverlapChoice | None, value: float) -> None:
    client = put()
    take(client, JANUARY)
    take(client, [("2025-01-07", 9.0), ("2025-01-09", 7.0)], file="b.csv", overlap=choice)
    assert counted(client) == {"2025-01-06": 1.0, "2025-01-07": value, "2025-01-08": 3.0, "2025-01-09": 7.0}
    assert client.imports()[-1].overlap == choice


def test_a_later_file_replaces_what_gave_way_and_what_did_not(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", 1.0)])
    take(client, [("2025-01-06", 2.0), ("2025-01-07", 2.0)], overlap="earlier")
    take(client, [("2025-01-06", 3.0), ("2025-01-07", 3.0)], overlap="new")
    assert counted(client) == {"2025-01-06": 3.0, "2025-01-07": 3.0}


def test_a_file_that_gives_way_fills_a_gap_but_not_what_was_taken_back(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", None), ("2025-01-07", 1.0), ("2025-01-08", 1.0)])
    take(client, [("2025-01-07", None), ("2025-01-09", 1.0)], overlap="new")
    take(client, [(f"2025-01-0{day}", 5.0) for day in (6, 7, 8)], overlap="earlier")
    assert counted(client) == {"2025-01-06": 5.0, "2025-01-08": 1.0, "2025-01-09": 1.0}


def test_the_choice_can_be_changed_by_importing_again(put: Put) -> None:
    client = put()
    take(client, [("2025-01-06", 1.0)])
    take(client, [("2025-01-06", 2.0)], overlap="new")
    assert take(client, [("2025-01-06", 2.0)]).known
    assert not take(client, [("2025-01-06", 2.0)], overlap="earlier").known
    assert counted(client) == {"2025-01-06": 1.0}


# Monthly figures and single days ─────────────────────────────────────────────


def daily(year: int, month: int, value: float) -> list[Row]:
    """A value on every working day of a month."""
    first = date(year, month, 1)
    days = (first + timedelta(days=at) for at in range(28))
    return [(str(day), value) for day in days if day.weekday() < 5]


def monthly(client: Client) -> tuple[float | None, ...]:
    (rolled,) = client.rollup(metrics=[MONTHLY])
    return rolled.series.values


@pytest.mark.parametrize(("choice", "values"), [("new", (5.0, 9.0)), ("earlier", (5.0, 5.0))])
def test_a_monthly_figure_and_the_days_of_its_month_never_count_together(
    put: Put, *, choice: OverlapChoice, values: tuple[float, ...]
) -> None:
    client = put()
    take(client, [*daily(2025, 1, 5.0), *daily(2025, 2, 5.0)], file="daily.csv")
    form = [("2025-02-01", 9.0)]
    found = looked(client, form, monthly=True)
    assert (found.differing, found.files) == (1, ("daily.csv",))
    assert (found.differences[0].day, found.differences[0].earlier, found.differences[0].newer) == (
        date(2025, 2, 1),
        5.0,
        9.0,
    )
    take(client, form, file="form.xlsx", overlap=choice, source="workbook")
    assert monthly(client) == values


def test_a_file_a_day_keeps_every_day_the_first_of_the_month_too(put: Put) -> None:
    client = put()
    for day in range(1, 4):
        rows = [(f"2025-03-0{day}", float(day))]
        assert looked(client, rows).differing == 0
        take(client, rows, file=f"{day}.csv")
    assert counted(client) == {"2025-03-01": 1.0, "2025-03-02": 2.0, "2025-03-03": 3.0}


def test_one_month_corrected_takes_the_place_of_its_figure(put: Put) -> None:
    client = put()
    take(client, [(f"2025-0{month}-28", 9.0) for month in (2,)] + [("2025-03-31", 9.0), ("2025-04-30", 9.0)])
    take(client, [("2025-03-31", 4.0)], file="march.csv", overlap="new")
    assert monthly(client) == (9.0, 4.0, 9.0)


def test_days_replace_a_monthly_figure_as_a_whole(put: Put) -> None:
    client = put()
    take(client, [("2025-01-31", 9.0), ("2025-02-28", 9.0)], file="form.xlsx")
    assert looked(client, daily(2025, 2, 5.0)).differing == 1
    take(client, daily(2025, 2, 5.0), file="daily.csv", overlap="new")
    assert monthly(client) == (9.0, 5.0)


def test_monthly_figures_dated_on_the_first_and_on_the_last_day_are_of_the_same_month(put: Put) -> None:
    client = put()
    take(client, [("2025-01-01", 1.0), ("2025-02-01", 1.0)])
    found = looked(client, [("2025-01-31", 1.0), ("2025-02-28", 4.0)])
    assert found.differing == 2  # the dates differ, so the rows do
    take(client, [("2025-01-31", 1.0), ("2025-02-28", 4.0)], file="b.csv", overlap="new")
    assert monthly(client) == (1.0, 4.0)


# Many imports, against a plain model ─────────────────────────────────────────


def model(imports: Sequence[tuple[dict[int, float | None], bool]]) -> dict[int, float]:
    """Which value of each day counts, by going through the imports one after the other."""
    standing: dict[int, float | None] = {}
    measured: set[int] = set()
    for rows, gives_way in imports:
        for day, value in rows.items():
            if day not in measured or not gives_way:
                standing[day] = value
        measured |= {day for day, value in rows.items() if value is not None}
    return {day: value for day, value in standing.items() if value is not None}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(2, 6), st.sampled_from([None, 1.0, 2.0, 3.0]), min_size=1), st.booleans()
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_counts_is_what_a_plain_model_says(
    tmp_path: Path, imports: list[tuple[dict[int, float | None], bool]]
) -> None:
    paths = []
    for number, (rows, _) in enumerate(imports):
        paths.append(tmp_path / f"{number}.parquet")
        # a value on another day, so that the metric is never one of counts and never monthly
        write(paths[-1], [("2025-02-03", 0.0), *((f"2025-01-0{day}", value) for day, value in rows.items())])
    cache = tmp_path / "cache.duckdb"
    engine.build_cache(cache, paths, gives_way=[str(n) for n, (_, way) in enumerate(imports) if way])
    with duckdb.connect(str(cache), read_only=True) as connection:
        found = connection.execute(
            "SELECT day(date), value FROM observation WHERE counts AND month(date) = 1"
        ).fetchall()
    assert {day: value for day, value in found if value is not None} == model(imports)


def test_a_damaged_earlier_snapshot_is_named_before_it_is_compared(put: Put) -> None:
    client = put()
    take(client, JANUARY)
    path = next((client.folder / "snapshots").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(StoreError) as refusal:
        looked(client, JANUARY[:1])
    assert refusal.value.code == "file_damaged"

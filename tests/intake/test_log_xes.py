"""XES read as a stream: published counts, what it must hold, and what hostile files try."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.intake.logs import at, canonical, taken
from valueviz.errors import DataError
from valueviz.intake.log import is_log_file, read_log
from valueviz.language import language

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<global scope="event"><string key="concept:name" value="name"/></global>
<trace>
<string key="concept:name" value="c 1"/><string key="channel" value="shop"/><int key="variant-index" value="3"/>
<event>
<string key="concept:name" value="放行&lt;1&gt;"/><string key="org:resource" value="ann"/>
<date key="time:timestamp" value="2025-03-01T09:00:00.000+08:00"/>
<list key="more"><string key="inner" value="x"/></list>
</event>
<event><string key="concept:name" value="check"/><date key="time:timestamp" value="2025-03-01T10:00:00.000+08:00"/>
<float key="score" value="0.5"/></event>
</trace>
</log>
"""


def write(folder: Path, text: str | bytes, name: str = "log.xes") -> Path:
    path = folder / name
    content = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        taken(path)
    return caught.value


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz", "export.xml"])
def test_events_traces_and_their_attributes_are_read(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, LOG, name)
    assert is_log_file(path)
    read = taken(path)
    assert (read.cases, read.events, read.zone, read.rows) == (1, 2, "utc", 2)
    assert read.attributes == ("channel", "score")
    assert canonical(path, '"row", "case", activity, complete, resource, "@channel", "@score"') == [
        (6, "c 1", "放行<1>", at("2025-03-01 01:00"), "ann", "shop", None),
        (11, "c 1", "check", at("2025-03-01 02:00"), None, "shop", "0.5"),
    ]
    assert ("nested_left_out", (("count", 1),)) in [(note.code, note.fields) for note in read.notes]


STRAY = '<event><string key="concept:name" value="x"/><date key="time:timestamp" value="2025-03-01T09:00:00Z"/></event>'


def test_events_on_one_line_keep_their_order(tmp_path: Path) -> None:
    path = write(tmp_path, LOG.replace("\n", ""))
    read = taken(path)
    assert [row for (row,) in canonical(path, '"row"')] == [1, 2]
    assert "events_numbered" in [note.code for note in read.notes]


def test_an_event_on_a_shared_line_is_named_by_its_number(tmp_path: Path) -> None:
    bad = LOG.replace("\n", "").replace("<log", "\n\n<log", 1).replace("</log>", STRAY + "</log>")
    refusal = refused(write(tmp_path, bad))
    assert (refusal.fields["event"], "row" in refusal.fields) == (3, False)
    assert "event 3" in language("en").error(refusal)
    assert "3" in language("zh_CN").error(refusal)
    assert int(str(refused(write(tmp_path, LOG.replace("</log>", STRAY + "</log>"))).fields["row"])) > 11


def test_an_event_outside_of_a_trace_belongs_to_no_case(tmp_path: Path) -> None:
    path = write(tmp_path, LOG.replace("</log>", STRAY + "</log>"))
    assert refused(path).code == "log_case_missing"
    read = taken(path, strict=False)
    assert (read.rows, read.accepted, read.rejected) == (3, 2, 1)


ENTITIES = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><log><trace/></log>'

HOSTILE = [
    pytest.param(ENTITIES, "xes_forbidden", id="entities"),
    pytest.param(
        '<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "xes_forbidden", id="external"
    ),
    pytest.param("<log>" + "<list>" * 100, "xes_too_deep", id="deep"),
    pytest.param('<log><trace><string key="a" value="' + "x" * (9 << 20), "xes_too_long", id="long value"),
    pytest.param("<html><body/></html>", "xes_no_log", id="other xml"),
    pytest.param("case,activity\n", "xes_not_xml", id="no xml"),
    pytest.param(LOG[: LOG.index("</trace>")], "xes_damaged", id="cut off"),
    pytest.param("<log></log>", "xes_no_event", id="empty"),
    pytest.param(
        "<log><trace><event>"
        + "".join(f'<string key="k{at}" value="x"/>' for at in range(1100))
        + "</event></trace></log>",
        "xes_too_many_attributes",
        id="many attributes",
    ),
]


@pytest.mark.parametrize(("text", "code"), HOSTILE)
def test_hostile_and_damaged_files_are_refused_by_name(tmp_path: Path, text: str, code: str) -> None:
    error = refused(write(tmp_path, text))
    assert (error.code, error.fields["file"]) == (code, "log.xes")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    with gzip.open(path, "wb") as stream:
        stream.write(b"<log><trace>")
        for _ in range(80):
            stream.write(b" " * (1 << 20))
    error = refused(path)
    assert (error.code, error.fields["needed"]) == ("xes_bomb", 64)


def test_a_packed_file_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(LOG.encode())[:-20])
    assert refused(path).code == "xes_damaged"


def test_a_single_endless_value_stops_the_child_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, "<log><trace>" + "<event>" * 50, "log.xes")
    with pytest.raises(DataError, match=r"xes_too_deep|xes_damaged"):
        read_log(path, out=tmp_path / "log.parquet")


PUBLISHED = [
    ("bpic2020_DomesticDeclarations.cleaned.xes.gz", 10_357, 55_628, 14),
    ("bpic2020_InternationalDeclarations.cleaned.xes.gz", 6_323, 70_727, 33),
]


@pytest.mark.parametrize(("name", "cases", "events", "activities"), PUBLISHED, ids=["domestic", "international"])
def test_the_logs_of_the_challenge_have_their_published_counts(
    tmp_path: Path, shared: Path, *, name: str, cases: int, events: int, activities: int
) -> None:
    read = read_log(shared / "data" / "process" / name, out=tmp_path / "log.parquet")
    assert (read.cases, read.events, len(read.activities)) == (cases, events, activities)
    assert read.zone == "utc"
    assert {"Amount", "BudgetNumber"} <= set(read.attributes)
    assert not {"Variant", "variant", "creator"} & set(read.attributes)

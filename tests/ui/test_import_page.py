"""Files dropped on the page: understood, checked, confirmed; clients registered, corrected, erased."""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import bodies, parsed, text_of, visited
from valueviz import catalog
from valueviz.catalog import read_engagement
from valueviz.catalog.engagement import write_engagement
from valueviz.errors import DataError, WorkerError
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import LOCALES, PHASES, Engagement
from valueviz.ui.data import safe
from valueviz.ui.data.draft import Draft, engagement_of, key_of, lacking
from valueviz.ui.data.task import Task
from valueviz.ui.data.tray import PLACE, Parcel, Tray
from valueviz.ui.link import CODES
from valueviz.workers import Progress, run

AGREED = """
name = { en = "Lake Works", zh_CN = "湖畔精工" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-09-01
"""
MONTHS = [(2024 + at // 12, at % 12 + 1) for at in range(30)]
HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "a/b.csv\x00.exe",
    "." * 300,
    "con.csv",
    "\u202ecsv.exe",
    "",
    "~/.ssh/id_rsa",
    "name.csv; rm -rf $HOME",
]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client without data in a workspace of its own, which the page shows."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    text = AGREED.encode()
    workspace.put_engagement("lake", text, read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace.path))
    monkeypatch.delenv("VALUEVIZ_LANG", raising=False)
    return workspace.client("lake")


def _export(*, bad: int = 0, plus: float = 0.0) -> bytes:
    """Thirty months of order lead time as a spreadsheet of a German make would write them."""
    rows = [f"{year}-{month:02d}-01;{12 + at % 5 + plus:.1f}" for at, (year, month) in enumerate(MONTHS)]
    rows += [f"someday;{at}" for at in range(bad)]
    return "\r\n".join(["Date;Order lead time (days)", *rows, ""]).replace(".", ",").encode()


def _dropped(page: AppTest, *files: tuple[str, bytes]) -> Tray:
    """The tray after some files were dropped and everything that runs has ended."""
    page.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files]).run()
    return _waited(page)


def _waited(page: AppTest) -> Tray:
    tray: Tray = page.session_state[PLACE]
    while any(parcel.running is not None for parcel in tray.parcels):
        for parcel in tray.parcels:
            if parcel.running is not None:
                assert parcel.running.wait(60)
        page.run()
    assert not page.exception
    return tray


def _states(page: AppTest) -> list[str]:
    return [mark for body in bodies(page) for mark in _marks(body)]


def _marks(body: str) -> Iterator[str]:
    for part in body.split("vv-state-")[1:]:
        yield part.split('"')[0]


# The page ────────────────────────────────────────────────────────────────────


def test_a_dropped_export_is_accounted_for_imported_recognised_compared_and_taken_back(client: Client) -> None:
    speaking = language("zh_CN")
    page = visited("import", lang="zh", client="lake")
    first = _dropped(page, ("export.csv", _export(bad=2))).parcels[0]

    assert client.imports() == ()
    assert speaking.words(
        "ui.import.equation", rows=speaking.quantity(32, "row"), accepted="30", rejected="2"
    ) in text_of(page)
    rejects = parsed(next(body for body in bodies(page) if "vv-rejects" in body))
    assert [word for word in rejects.words if word == "someday"] == ["someday"] * 2

    page.button(key=f"vv-settle-{first.token}").click().run()
    _waited(page)
    (record,) = client.imports()
    assert (record.file, record.rows, record.accepted, record.rejected) == ("export.csv", 32, 30, 2)
    assert speaking.words("ui.import.done", rows=speaking.quantity(32, "row"), accepted="30", rejected="2") in text_of(
        page
    )
    assert speaking.words("arrival.news.new") in text_of(page)
    assert next(link.proto.label for link in page.get("page_link")) == speaking.words("ui.import.open.renewal")

    same, other = _dropped(page, ("same.csv", _export(bad=2)), ("other.csv", _export(plus=1))).parcels[1:]
    assert same.known
    assert speaking.words("ui.import.known") in text_of(page)
    assert f"vv-settle-{same.token}" not in {button.key for button in page.button}

    page.button(key=f"vv-open-{other.token}").click().run()
    assert other.checked is not None
    assert other.checked.overlap.differing == 30
    assert page.button(key=f"vv-settle-{other.token}").disabled
    page.radio(key=f"vv-overlap-{other.token}-{other.revision}").set_value("earlier").run()
    page.button(key=f"vv-settle-{other.token}").click().run()
    _waited(page)
    assert [each.overlap for each in client.imports()] == [None, "earlier"]

    for expected in (1, 2):
        page.button(key="vv-revert-1").click().run()
        page.button(key="vv-revert-yes").click().run()
        assert len(client.imports()) == expected
    assert [entry.kind for entry in client.entries()] == ["client", "import", "import", "revert", "revert"]


def test_a_column_nobody_knows_is_a_question_and_may_become_a_metric_of_ones_own(client: Client) -> None:
    text = "month,Photocopies per case\n" + "".join(f"{y}-{m:02d},{40 + m}\n" for y, m in MONTHS)
    page = visited("import", lang="en", client="lake")
    tray = _dropped(page, ("copies.csv", text.encode()))
    parcel = tray.parcels[0]

    assert "asking" in _states(page)
    page.radio(key=f"vv-answer-{parcel.token}-{parcel.revision}-0").set_value("vv-new-metric").run()
    page.text_input[0].set_value("Copies")
    page.text_input[1].set_value("page")
    next(radio for radio in page.radio if radio.label == "Which way is better?").set_value("lower")
    page.button[[button.label for button in page.button].index("Use this metric")].click().run()
    _waited(page)

    assert parcel.understood is not None
    assert parcel.understood.mapping is not None
    (made,) = parcel.understood.mapping.metrics
    assert (made.name["en"], made.unit, made.better, made.aggregation) == ("Copies", "page", "lower", "mean")
    assert parcel.checked is not None
    assert (parcel.checked.rows, parcel.checked.accepted) == (30, 30)


def test_a_mapping_file_takes_the_place_of_the_proposal_and_goes_again(client: Client) -> None:
    mapping = """
layout = "long"
[columns]
date = "month"
value = "Photocopies per case"
metric = "copies"
[metric.copies]
name = { en = "Copies", zh_CN = "复印张数" }
unit = "page"
better = "lower"
aggregation = "mean"
"""
    text = "month,Photocopies per case\n" + "".join(f"{y}-{m:02d},{40 + m}\n" for y, m in MONTHS)
    page = visited("import", lang="en", client="lake")
    (parcel,) = _dropped(page, ("copies.csv", text.encode())).parcels

    for content, metrics in ((b"layout = 7", None), (mapping.encode(), ("copies",))):
        page.file_uploader[1].set_value([("own.toml", content, "application/toml")]).run()
        _waited(page)
        assert (parcel.checked.metrics if parcel.checked else None) == metrics
        assert (language("en").words("ui.import.mapping.refused") in text_of(page)) == (metrics is None)
    page.button(key=f"vv-given-back-{parcel.token}").click().run()
    _waited(page)

    assert parcel.checked is None
    assert "asking" in _states(page)


def test_a_file_that_is_no_table_is_refused_by_the_name_its_owner_gave_it(client: Client) -> None:
    page = visited("import", lang="en", client="lake")
    tray = _dropped(page, ("<img src=x onerror=alert(1)> [a](http://b).csv", b"%PDF-1.7 nothing"))

    (card,) = [body for body in bodies(page) if 'role="alert"' in body]
    assert "[a](http:" in "".join(parsed(card).words) or "b).csv" in "".join(parsed(card).words)
    assert "img" not in [tag for body in bodies(page) for tag in parsed(body).tags]
    assert tray.parcels[0].path.name not in text_of(page)
    page.button(key=f"vv-away-{tray.parcels[0].token}").click().run()
    assert not tray.parcels


def test_a_client_hidden_by_somebody_else_meanwhile_is_a_refusal_and_nothing_is_written(client: Client) -> None:
    page = visited("import", lang="en", client="lake")
    tray = _dropped(page, ("export.csv", _export()))
    client.remove()
    workspace = Workspace.open(client.folder.parents[1])
    parcel = tray.parcels[0]

    tray.confirm(parcel, workspace)
    assert parcel.settling is not None
    assert parcel.settling.wait(30)
    tray.advance(parcel, client)

    assert parcel.refusal is not None
    assert parcel.refusal.code == "client_removed"
    assert client.imports() == ()


# What a visitor drops ────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_never_a_path(name: str) -> None:
    tray = Tray()
    parcel = tray.take(name, io.BytesIO(b"x"), client="lake")

    assert parcel.path.parent == tray.folder
    assert parcel.path.stem == parcel.token
    assert set(parcel.path.suffix[1:]) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert "\x00" not in parcel.name
    assert "\u202e" not in parcel.name
    assert 0 < len(parcel.name) <= 200


def test_what_was_dropped_is_gone_with_its_parcel_and_with_its_session() -> None:
    tray = Tray()
    one, two = (tray.take(name, io.BytesIO(b"x"), client="lake") for name in ("one.csv", "two.csv"))
    tray.drop(one)
    folder, kept = tray.folder, two.path

    assert not one.path.exists()
    assert kept.exists()
    del tray
    gc.collect()
    assert not folder.exists()


def test_a_refusal_names_the_file_as_its_owner_does() -> None:
    parcel = Parcel("00", "lake", "月报.csv", Path("/tmp/00.csv"), 1)

    said = parcel.words_for(DataError("unknown_metric", file="00.csv", found="x"))

    assert said.fields == {"file": "月报.csv", "found": "x"}


@given(st.text(max_size=60))
def test_no_cell_of_a_download_starts_a_formula(text: str) -> None:
    content = safe.table(["head"], [[text]]).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(content, newline=""))

    assert not row[0].lstrip(" ").startswith(safe.FORMULA)
    assert row[0].removeprefix("'") == text or row[0] == text


# Work that outlasts a run ────────────────────────────────────────────────────


def test_a_task_tells_its_stage_its_answer_and_its_refusal() -> None:
    def work(progress: Progress) -> str:
        progress("reading", 0.5)
        return "done"

    def refuse(progress: Progress) -> str:
        raise DataError("empty_file", file="a.csv")

    done, refused = Task(work), Task(refuse)
    assert done.wait(10)
    assert refused.wait(10)
    assert (done.answer, done.stage, done.share, done.refusal) == ("done", "reading", 0.5, None)
    assert refused.refusal is not None
    assert (refused.answer, refused.refusal.code) == (None, "empty_file")


def test_a_task_that_is_stopped_ends_its_child_at_once() -> None:
    def wait(progress: Progress) -> Any:
        return run("valueviz.workers:probe", args={"behaviour": "wait"}, limits=LIMITS, progress=progress)

    from valueviz.workers import Limits

    LIMITS = Limits(wall=60)
    task = Task(wait)
    while not task.stage:
        assert not task.wait(0.05)
    task.stop()

    assert task.wait(10)
    assert isinstance(task.refusal, WorkerError)
    assert task.refusal.code == "worker_stopped"


# Clients ─────────────────────────────────────────────────────────────────────


def _draft(agreed: Engagement) -> Draft:
    """What the form holds when it opens with an engagement."""
    phases = {phase.key: phase for phase in agreed.phases}
    base, contract = agreed.baseline, agreed.contract
    assert base is not None
    assert contract is not None
    return Draft(
        names={locale: agreed.name[locale] for locale in LOCALES},
        system=agreed.system,
        industry=agreed.industry,
        currency=agreed.currency,
        go_live=agreed.go_live,
        transition=agreed.transition_periods,
        language=agreed.language or "en",
        baseline=(base.start, base.end),
        chosen=(base.chosen_by["en"] if base.chosen_by else "", base.chosen_on),
        signed=(base.signed_by["en"] if base.signed_by else "", base.signed_on),
        contract=(contract.start, contract.end, contract.price),
        sites={
            "key": [site.key for site in agreed.sites],
            "go_live": [None if site.go_live == "never" else site.go_live for site in agreed.sites],
            "never": [site.go_live == "never" for site in agreed.sites],
        },
        phases={
            "key": list(PHASES),
            "start": [phases[key].start if key in phases else None for key in PHASES],
            "end": [phases[key].end if key in phases else None for key in PHASES],
        },
        steps={
            "name": [step.name["zh_CN"] for step in agreed.steps],
            "phase": [step.phase for step in agreed.steps],
            "date": [step.date.isoformat() for step in agreed.steps],
            "by": [step.by for step in agreed.steps],
            "mode": [step.mode for step in agreed.steps],
        },
        promises={
            "metric": [promise.metric for promise in agreed.promises],
            "target": [promise.target for promise in agreed.promises],
            "value": [
                promise.value * 100 if promise.target == "relative" else promise.value for promise in agreed.promises
            ],
            "signed_on": [promise.signed_on for promise in agreed.promises],
        },
        events={"date": [each.date for each in agreed.events], "name": [each.name["en"] for each in agreed.events]},
        controls=agreed.negative_controls,
    )


def test_a_form_opened_and_saved_changes_nothing() -> None:
    text = catalog.shipped("datasets", "manufacturer", "engagement.toml").read_text(encoding="utf-8")
    agreed = read_engagement(text + '[[site]]\nkey = "P400"\ngo_live = "never"', file="engagement.toml")

    assert engagement_of(_draft(agreed), agreed) == agreed
    assert read_engagement(write_engagement(agreed), file="again.toml") == agreed


def test_an_incomplete_form_says_what_lacks() -> None:
    text = catalog.shipped("datasets", "manufacturer", "engagement.toml").read_text(encoding="utf-8")
    whole = _draft(read_engagement(text, file="engagement.toml"))
    nan = float("nan")

    broken = replace(
        whole,
        system="",
        go_live=None,
        baseline=(date(2025, 1, 1), None),
        promises={"metric": ["oee"], "target": [None], "value": [nan], "signed_on": [None]},
    )

    assert lacking(whole) == ()
    assert lacking(broken) == ("system", "go_live", "baseline", "promises")


@given(st.lists(st.text(max_size=50), max_size=3), st.sets(st.text("abc-", min_size=1, max_size=8), max_size=5))
def test_a_proposed_key_is_one_a_workspace_takes_and_free(names: list[str], taken: set[str]) -> None:
    from valueviz.store.workspace import KEY

    key = key_of(names, taken=taken)

    assert KEY.fullmatch(key)
    assert key not in taken


def test_a_client_is_registered_from_an_empty_place_corrected_and_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(tmp_path / "new"))
    page = visited("client", lang="en")
    place = "vv-client-new-0"
    assert page.button(key=f"{place}-save").disabled
    page.text_input(key=f"{place}-name-en").set_value("Harbour Foods")
    page.text_input(key=f"{place}-system").set_value("ERP $x$ [a](http://b)")
    page.selectbox(key=f"{place}-industry").set_value("retail")
    page.date_input(key=f"{place}-go-live").set_value(date(2025, 9, 1)).run()
    page.button(key=f"{place}-save").click().run()

    workspace = Workspace.open(tmp_path / "new")
    agreed = workspace.client("harbour-foods").engagement()
    assert (agreed.name["zh_CN"], agreed.system, agreed.go_live) == (
        "Harbour Foods",
        "ERP $x$ [a](http://b)",
        date(2025, 9, 1),
    )
    place = "vv-client-harbour-foods-1"
    page.text_input(key=f"{place}-system").set_value("MES").run()
    assert "MES" in text_of(page)
    page.button(key=f"{place}-save").click().run()
    assert workspace.client("harbour-foods").engagement().system == "MES"
    assert [entry.kind for entry in workspace.client("harbour-foods").entries()] == ["client", "engagement"]

    assert page.button(key="vv-erase-do-harbour-foods").disabled
    page.text_input(key="vv-erase-harbour-foods").set_value("harbour-foods").run()
    page.button(key="vv-erase-do-harbour-foods").click().run()
    assert workspace.clients() == ()
    assert not page.exception
    assert "Erased: client harbour-foods" in text_of(page)


def test_the_form_of_a_known_client_opens_without_a_change(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace))

    for locale in LOCALES:
        page = visited("client", lang=CODES[locale], client="sample-precision")
        assert not page.exception
        assert language(locale).words("ui.engagement.unchanged") in text_of(page)
        assert page.button(key="vv-client-sample-precision-0-save").disabled

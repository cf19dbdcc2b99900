"""The process page: filters that live in the address and go through the Request, cases and events below; logs dropped."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import bodies, parsed, text_of, visited
from valueviz import story, study
from valueviz.catalog import read_engagement
from valueviz.errors import UsageError
from valueviz.intake import import_file
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.study import cases
from valueviz.terms import LOCALES, Locale
from valueviz.ui.data.tray import PLACE, Tray
from valueviz.ui.link import CODES, Link, read, write
from valueviz.ui.request import request

AGREED = """
name = { en = "Lake Works", zh_CN = "湖畔精工" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-06
synthetic = true
"""

HEADER = ("Order", "Step", "Completed", "Handler", "Plant", "Channel")
BEGIN = datetime(2024, 7, 1, 9)  # noqa: DTZ001 - the log knows no time zones
HOSTILE = "<script>alert(1)</script>"
COUNT = 360


def planted() -> bytes:
    """A case a day: the long way in one of three, two plants, two channels; the hostile case is the slowest."""
    rows = []
    for number in range(COUNT):
        case = HOSTILE if number == 7 else f"O{number:03d}"
        steps = (
            ("Entered", "Checked", "Corrected", "Released") if number % 3 == 0 else ("Entered", "Checked", "Released")
        )
        for place, step in enumerate(steps):
            hours = place * (10 + number % 5) * (9 if number == 7 else 1)
            at = BEGIN + timedelta(days=number, hours=hours)
            person = ("Wang Fang", "Li Na", "SYSTEM")[place % 3]
            rows.append(
                (case, step, f"{at:%Y-%m-%d %H:%M}", person, "AB"[number % 2], ("web", "shop:1,a")[number % 4 < 1])
            )
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose only client has an event log and nothing else."""
    folder = tmp_path_factory.mktemp("process")
    workspace = Workspace.open(folder / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    (folder / "log.csv").write_bytes(planted())
    import_file(workspace.client("lake"), folder / "log.csv", propose=True)
    return workspace.path


@pytest.fixture
def client(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(filled))
    monkeypatch.delenv("VALUEVIZ_LANG", raising=False)
    return Workspace.open(filled).client("lake")


def lead(locale: Locale, *, shown: int, count: int) -> str:
    rows = min(15, shown)
    return language(locale).words("ui.process.cases_lead", count=str(count), rows=str(rows), shown=str(shown))


def listed(page: AppTest) -> list[str]:
    """The cases that can be chosen."""
    return list(page.selectbox(key="vv-case").options)


# Filters ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_offers_what_its_log_knows_and_lists_the_slowest_cases(locale: Locale, client: Client) -> None:
    page = visited("process", lang=CODES[locale], client="lake")
    assert not page.exception
    labels = {box.label for box in page.selectbox}
    assert {"Channel", language(locale).words("ui.process.variant")} <= labels
    assert [each.options for each in page.multiselect] == [["A", "B"]]
    assert lead(locale, shown=200, count=COUNT) in text_of(page)
    assert f"\\{HOSTILE[0]}" in listed(page)[0] or HOSTILE[1:7] in listed(page)[0]


def test_a_filter_writes_the_address_and_the_document_follows(client: Client) -> None:
    page = visited("process", lang="en", client="lake")
    first = text_of(page)
    page.selectbox(key="vv-attribute-0").set_value("shop:1,a").run()
    assert page.query_params["where"] == "Channel:shop:1\\,a"
    assert lead("en", shown=90, count=90) in text_of(page)
    assert text_of(page) != first
    page.multiselect(key="vv-sites").set_value(["A"]).run()
    assert lead("en", shown=90, count=90) in text_of(page)
    page.selectbox(key="vv-attribute-0").set_value(None).run()
    assert "where" not in page.query_params
    assert lead("en", shown=180, count=180) in text_of(page)


def test_the_way_through_the_process_is_a_filter(client: Client) -> None:
    known = cases.choices(client)
    assert known is not None
    longest = next(each for each in known.variants if len(each.activities) == 4)
    page = visited("process", lang="en", client="lake")
    page.selectbox(key="vv-variant").set_value(longest.fingerprint).run()
    assert page.query_params["variant"] == longest.fingerprint
    assert lead("en", shown=120, count=120) in text_of(page)


def test_months_narrow_the_cases_to_those_that_begin_in_them(client: Client) -> None:
    page = visited("process", lang="en", client="lake", from_="2024-09", to="2025-02")
    days = (datetime(2025, 3, 1) - datetime(2024, 9, 1)).days  # noqa: DTZ001
    assert lead("en", shown=days, count=days) in text_of(page)


@pytest.mark.parametrize("locale", LOCALES)
def test_filters_that_leave_no_case_are_a_card_with_a_way_back(locale: Locale, client: Client) -> None:
    say = language(locale).words
    page = visited("process", lang=CODES[locale], client="lake", variant="0a")
    assert not page.exception
    assert say("ui.process.none_lead") in text_of(page)
    assert "vv-head" not in "".join(bodies(page))
    page.button(key="vv-clear").click().run()
    assert "variant" not in page.query_params
    assert lead(locale, shown=200, count=COUNT) in text_of(page)


def test_ways_through_the_process_can_be_told_apart_by_their_names(client: Client) -> None:
    page = visited("process", lang="en", client="lake")
    options = page.selectbox(key="vv-variant").options
    assert len(set(options)) == len(options) == 2
    assert "Entered" in options[0]
    assert "Entered" not in options[1]


def test_a_choice_is_told_anew_in_another_language(client: Client) -> None:
    page = visited("process", lang="en", client="lake", where="Channel:web")
    page.segmented_control(key="vv-language").set_value("zh_CN").run()
    assert not page.exception
    assert page.query_params["client"] == "lake"
    assert page.selectbox(key="vv-client").value == "lake"
    assert page.session_state["vv-client-spoken"] == page.session_state["vv-attribute-0-spoken"] == "zh_CN"
    page.selectbox(key="vv-attribute-0").set_value(None).run()
    assert page.query_params["client"] == "lake"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_client_without_a_process_is_told_how_to_bring_one(
    locale: Locale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace.path))
    page = visited("process", lang=CODES[locale], client="lake")
    say = language(locale).words
    assert not page.exception
    assert say("ui.empty.no_process.lead") in text_of(page)
    assert {link.proto.label for link in page.get("page_link")} == {
        say("ui.empty.no_process.import"),
        say("ui.empty.no_process.client"),
    }
    assert [box.key for box in page.selectbox] == ["vv-client"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_report_about_metrics_says_that_only_the_process_is_known(locale: Locale, client: Client) -> None:
    say = language(locale).words
    page = visited("renewal", lang=CODES[locale], client="lake")
    assert not page.exception
    assert say("ui.empty.only_process.lead") in text_of(page)
    assert {link.proto.label for link in page.get("page_link")} == {say("ui.start.process"), say("ui.start.import")}


def test_the_page_leaves_out_what_only_other_reports_show(client: Client) -> None:
    workspace = Workspace.open(client.folder.parents[1])
    asked = request(workspace, template="process", link=Link(client="lake"), locale="en")
    whole, bare = (study.run(workspace, asked.question, estimated=each) for each in (True, False))
    assert bare.outcomes == ()
    assert story.compose(whole, asked.view) == story.compose(bare, asked.view)


def test_every_filter_of_an_address_is_in_the_question(client: Client) -> None:
    address = {"client": "lake", "sites": "A", "from": "2024-09", "where": "Channel:web", "variant": "0a"}
    link = read(address).link
    workspace = Workspace.open(client.folder.parents[1])
    question = request(workspace, template="process", link=link, locale="en").question
    assert (question.sites, question.attributes, question.variant) == (("A",), (("Channel", "web"),), "0a")
    assert write(link) == address
    other = request(workspace, template="process", link=Link(client="lake"), locale="en").question
    assert question != other
    with pytest.raises(UsageError) as refused:
        request(workspace, template="process", link=Link(client="lake", sites=("C",)), locale="en")
    assert refused.value.code == "unknown_site"


def test_filters_of_a_process_do_not_touch_other_reports(client: Client) -> None:
    workspace = Workspace.open(client.folder.parents[1])
    narrowed = Link(client="lake", attributes=(("Channel", "web"),), variant="0a")
    asked = [request(workspace, template="quality", link=each, locale="en") for each in (narrowed, Link(client="lake"))]
    assert asked[0] == asked[1]


def test_an_address_that_names_no_attribute_is_refused_with_a_way_on(client: Client) -> None:
    for where in ("nonsense", "Colour:red"):
        page = visited("process", lang="en", client="lake", where=where)
        assert not page.exception
        assert any("vv-callout" in body or "vv-problem" in body for body in bodies(page))
        assert lead("en", shown=200, count=COUNT) not in text_of(page)


# Cases ───────────────────────────────────────────────────────────────────────


def test_a_chosen_case_shows_its_events_with_people_under_pseudonyms(client: Client) -> None:
    page = visited("process", lang="en", client="lake")
    page.selectbox(key="vv-case").set_value("O009").run()
    said = text_of(page)
    assert language("en").words("ui.process.chosen", case="O009") in said
    assert language("en").words("ui.process.pseudonyms") in said
    words = parsed(bodies(page)[-1] if "R-" in bodies(page)[-1] else next(b for b in bodies(page) if "R-" in b)).words
    assert {"Entered", "Checked", "Corrected", "Released", "SYSTEM"} <= set(words)
    assert not any(name in said for name in ("Wang Fang", "Li Na"))


def test_a_hostile_case_is_text_and_nothing_else(client: Client) -> None:
    page = visited("process", lang="en", client="lake")
    page.selectbox(key="vv-case").set_value(HOSTILE).run()
    assert not page.exception
    assert HOSTILE in text_of(page)
    assert not any(HOSTILE in body for body in bodies(page))


# Dropped ─────────────────────────────────────────────────────────────────────


def _waited(page: AppTest) -> Tray:
    tray: Tray = page.session_state[PLACE]
    while any(parcel.running is not None for parcel in tray.parcels):
        for parcel in tray.parcels:
            if parcel.running is not None:
                assert parcel.running.wait(60)
        page.run()
    assert not page.exception
    return tray


@pytest.mark.parametrize("locale", LOCALES)
def test_a_dropped_log_says_what_was_understood_and_lets_a_person_correct_it(
    locale: Locale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaking = language(locale)
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace.path))
    page = visited("import", lang=CODES[locale], client="lake")
    page.file_uploader[0].set_value([("log.csv", planted(), "text/csv")]).run()
    (parcel,) = _waited(page).parcels

    said = text_of(page)
    assert speaking.words("ui.import.log.counts", cases="360", events=speaking.grouped(1200)) in said
    assert speaking.words("ui.import.log.activity", activity="Corrected", count="120") in said
    assert speaking.words("ui.import.personal.text_log") in said
    chosen = {box.key: box.value for box in page.selectbox if str(box.key).startswith("vv-part-")}
    assert list(chosen.values()) == ["case", "activity", "complete", "resource", "dimension", "dimension"]

    page.selectbox(key=f"vv-part-{parcel.token}-3").set_value("role").run()
    _waited(page)
    assert parcel.understood is not None
    assert (parcel.understood.draft.role, parcel.understood.draft.resource) == ("Handler", None)
    page.selectbox(key=f"vv-part-{parcel.token}-3").set_value("resource").run()
    _waited(page)
    page.button(key=f"vv-settle-{parcel.token}").click().run()
    _waited(page)
    assert speaking.words("ui.import.open.process") in {link.proto.label for link in page.get("page_link")}
    (record,) = workspace.client("lake").imports()
    assert (record.kind, record.cases, record.events, record.raw_reason) == ("log", 360, 1200, "personal_data")

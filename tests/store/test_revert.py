"""Back to an earlier state of the imports and forward again; what earlier versions wrote stays readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from valueviz.errors import UsageError
from valueviz.store import Client, Workspace, ledger
from valueviz.store.manifest import Manifest
from valueviz.store.manifest import write as write_manifest
from valueviz.terms import HandStep

Put = Callable[..., Client]
Import = Callable[..., Any]

STEPS = (
    HandStep("采购审批", "as_is", "提交", touch=300.0, wait=7200.0, role="采购员", volume=240.0, rework=0.1),
    HandStep("采购审批", "to_be", "提交", touch=120.0),
)


def active(client: Client) -> list[str]:
    return [record.file.removeprefix("导出 ").removesuffix(".csv") for record in client.imports()]


def test_a_revert_lets_the_imports_count_that_counted_then_and_goes_forward_again(put: Put, take: Import) -> None:
    client = put()
    snapshots = [take(client, str(number)).record.snapshot for number in range(3)]
    client.revert(snapshots[0])
    assert (active(client), client.snapshots()) == (["0"], (snapshots[0],))
    assert [record.snapshot for record in client.state().reverted] == snapshots[1:]
    client.revert(snapshots[2])
    assert (active(client), client.state().reverted) == (["0", "1", "2"], ())
    client.revert(snapshots[1])
    assert active(client) == ["0", "1"]


def test_an_import_after_a_revert_follows_the_state_reverted_to(put: Put, take: Import) -> None:
    client = put()
    first, second = (take(client, text).record.snapshot for text in "12")
    client.revert(first)
    third = take(client, "3").record.snapshot
    assert active(client) == ["1", "3"]
    client.revert(second)
    assert active(client) == ["1", "2"]
    client.revert(third)
    assert active(client) == ["1", "3"]
    client.revert(None)
    assert active(client) == []
    take(client, "4")
    assert active(client) == ["4"]
    assert len(client.state().history) == 4


def test_a_file_that_was_reverted_is_imported_anew(put: Put, take: Import) -> None:
    client = put()
    take(client, "1")
    second = take(client, "2").record
    client.revert(client.snapshots()[0])
    again = take(client, "2")
    assert not again.known
    assert again.record.snapshot == second.snapshot
    assert active(client) == ["1", "2"]
    assert take(client, "2").known


def test_the_files_of_reverted_imports_survive_every_sweep_and_check(put: Put, take: Import, mapping: str) -> None:
    client = put()
    take(client, "1")
    second = take(client, "2", mapping=mapping).record
    client.revert(client.snapshots()[0])
    take(client, "3")
    with client.changing():
        pass
    assert {second.digest, second.mapping} <= {path.name for path in (client.folder / "raw").iterdir()}
    kept = {digest: path for path, digest in client.kept_files()}
    for digest in (second.digest, second.mapping, second.snapshot):
        client.verify(kept[digest], digest)
    assert client.inline_metrics() == ()
    client.revert(second.snapshot)
    assert [metric.key for metric in client.inline_metrics()] == ["own_days"]


def test_a_revert_changes_what_is_known_unless_nothing_changes(put: Put, take: Import) -> None:
    client = put()
    first, second = (take(client, text).record.snapshot for text in "12")
    known, entries = client.knowledge(), len(client.entries())
    client.revert(second)
    assert (client.knowledge(), len(client.entries())) == (known, entries)
    client.revert(first)
    assert client.knowledge() != known


def test_a_revert_leaves_engagement_process_and_reports_as_they_are(put: Put, take: Import) -> None:
    client = put(name="Before")
    first = take(client, "1").record.snapshot
    take(client, "2")
    report = client.report_issued(b"%PDF-1", template="renewal", locale="en")
    client.put_process(STEPS)
    put(name="After")
    client.revert(first)
    assert client.engagement().name["en"] == "After"
    assert client.hand_steps() == STEPS
    assert client.state().reports == (report.name,)
    assert report.read_bytes() == b"%PDF-1"


@pytest.mark.parametrize(
    ("beginning", "code"),
    [
        (lambda digest: digest[:5], "ambiguous_snapshot"),
        (lambda digest: digest[:6], None),
        (lambda digest: f" {digest[:12].upper()} ", None),
        (lambda digest: "f" * 64, "unknown_snapshot"),
        (lambda digest: "", "ambiguous_snapshot"),
        (lambda digest: digest + "0", "unknown_snapshot"),
    ],
    ids=["five characters", "six", "capitals and spaces", "none begins so", "nothing", "longer than a digest"],
)
def test_a_snapshot_is_named_by_its_beginning(
    put: Put, take: Import, *, beginning: Callable[[str], str], code: str | None
) -> None:
    client = put()
    digest = take(client, "1").record.snapshot
    take(client, "2")
    if code is None:
        client.revert(beginning(digest))
        assert client.snapshots() == (digest,)
        return
    with pytest.raises(UsageError) as refusal:
        client.revert(beginning(digest))
    assert refusal.value.code == code
    assert digest[:12] in str(refusal.value.fields["needed"])
    assert len(client.imports()) == 2


def test_a_client_without_imports_has_nothing_to_revert_to(put: Put) -> None:
    with pytest.raises(UsageError) as refusal:
        put().revert("0" * 12)
    assert refusal.value.code == "no_data"


def test_a_process_typed_by_hand_is_kept_by_version(put: Put) -> None:
    client = put()
    assert client.hand_steps() == ()
    client.put_process(())
    client.put_process(STEPS)
    known, entries = client.knowledge(), len(client.entries())
    client.put_process(STEPS)
    assert (client.hand_steps(), client.knowledge(), len(client.entries())) == (STEPS, known, entries)
    client.put_process(STEPS[:1])
    assert client.hand_steps() == STEPS[:1]
    assert client.knowledge() != known


def test_the_mapping_of_the_latest_import_with_a_header_is_remembered(put: Put, take: Import, mapping: str) -> None:
    client = put()
    assert client.remembered("f1") is None
    take(client, "1", mapping=mapping, fingerprint="f1")
    take(client, "2", mapping=mapping + "# later\n", fingerprint="f1")
    last = take(client, "3", mapping=mapping + "# of another\n", fingerprint="f2").record
    assert client.remembered("f1") == mapping + "# later\n"
    assert client.remembered("f2") == mapping + "# of another\n"
    client.revert(client.snapshots()[0])
    assert client.remembered("f1") == mapping
    assert client.remembered("f2") is None
    client.revert(last.snapshot)
    assert client.remembered("f2") == mapping + "# of another\n"


EARLIER_MAKE = {
    "file": "a.csv",
    "digest": "1" * 64,
    "snapshot": "2" * 64,
    "rows": 3,
    "accepted": 2,
    "rejected": 1,
    "metrics": ["month_close_days"],
    "periods": ["2025-01"],
    "warnings": [],
    "mapping": None,
    "raw": True,
}


def test_the_ledger_of_an_earlier_make_is_read(workspace: Workspace) -> None:
    folder = workspace.path / "clients" / "acme"
    folder.mkdir(parents=True)
    agreed = {"digest": "0" * 64, "file": "e.toml", "name": "Acme"}
    first = ledger.entry_after(None, "client", agreed, time="2026-01-01T00:00:00+00:00")
    second = ledger.entry_after(first, "import", EARLIER_MAKE, time="2026-01-02T00:00:00+00:00")
    third = ledger.entry_after(
        second, "import", EARLIER_MAKE | {"raw": False, "snapshot": "3" * 64}, time="2026-01-03T00:00:00+00:00"
    )
    (folder / "ledger.jsonl").write_bytes(b"".join(each.line() for each in (first, second, third)))
    write_manifest(folder / "manifest.json", Manifest(3, third.hash))
    client = workspace.client("acme")
    assert [(each.source, each.overlap, each.raw_reason) for each in client.imports()] == [
        ("file", None, "kept"),
        ("file", None, "not_wanted"),
    ]
    (info,) = workspace.clients()
    assert (info.names["en"], info.names["zh_CN"]) == ("Acme", "Acme")
    client.revert("2" * 64)
    assert client.snapshots() == ("2" * 64,)


def test_old_versions_of_an_engagement_are_kept_for_good(put: Put, take: Import) -> None:
    client = put(name="Before")
    take(client, "1")
    put(name="After")
    take(client, "2")
    before, after = client.state().engagements
    assert {before, after} <= {path.name for path in (client.folder / "raw").iterdir()}
    assert after == client.state().engagement
    put(name="Before")
    assert client.state().engagements == (after, before)

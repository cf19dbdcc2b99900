"""Crashes, full disks, flipped bits and other processes: nothing acknowledged is lost, nothing is half."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from valueviz.errors import StoreError
from valueviz.store import Client, Workspace, back_up, bring_back, check
from valueviz.terms import HandStep

Put = Callable[..., Client]
Import = Callable[..., Any]


class Crash(BaseException):
    """The process is gone: no handler of an error sees this."""


class Steps:
    """Counts what reaches the disk and fails at one call, or from one on."""

    def __init__(self, at: int, failure: Callable[[], BaseException], *, onwards: bool) -> None:
        self.at, self.failure, self.onwards, self.seen = at, failure, onwards, 0

    def watch(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:
            self.seen += 1
            if self.seen == self.at or (self.onwards and self.seen > self.at):
                raise self.failure()
            return call(*args, **named)

        return watched


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def failing(steps: Steps) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", steps.watch(os.fsync))
        patched.setattr(shutil, "copyfile", steps.watch(shutil.copyfile))
        patched.setattr(Path, "replace", steps.watch(Path.replace))
        patched.setattr(Path, "mkdir", steps.watch(Path.mkdir))
        yield


def known(workspace: Workspace) -> dict[str, object]:
    """Everything a workspace says about its clients, read anew."""
    anew = Workspace.open(workspace.path)
    return {info.key: (info.name, anew.client(info.key).state()) for info in anew.clients()}


STEPS = (HandStep("审批", "as_is", "提交", touch=60.0),)

OPERATIONS: dict[str, Callable[[Put, Import, str], object]] = {
    "create": lambda put, take, mapping: put("zenith"),
    "amend": lambda put, take, mapping: put("acme", name="Amended"),
    "import": lambda put, take, mapping: take(put("acme"), "2", mapping=mapping),
    "report": lambda put, take, mapping: put("acme").report_issued(b"%PDF", template="renewal", locale="en"),
    "process": lambda put, take, mapping: put("acme").put_process(STEPS),
    "revert": lambda put, take, mapping: put("acme").revert(None),
}


@pytest.mark.parametrize("onwards", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_disk_that_fills_up_at_any_step_changes_nothing(
    workspace: Workspace, put: Put, take: Import, mapping: str, *, operation: str, onwards: bool
) -> None:
    take(put("acme"), "1")
    before = known(workspace)
    for at in count(1):
        codes = []
        with failing(steps := Steps(at, full, onwards=onwards)):
            try:
                OPERATIONS[operation](put, take, mapping)
            except StoreError as refusal:
                codes.append(refusal.code)
        if steps.seen < at:
            break
        assert codes == ["disk_full"]
        if known(workspace) != before:  # the last step of all: the manifest was in place, its folder entry was not
            break
    assert at > 4
    OPERATIONS[operation](put, take, mapping)
    assert known(workspace) != before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_crash_at_any_step_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, put: Put, take: Import, mapping: str, workspace: Workspace, *, operation: str
) -> None:
    take(put("acme"), "1")
    before = known(workspace)
    for at in count(1):
        with failing(steps := Steps(at, Crash, onwards=True)), suppress(Crash):
            OPERATIONS[operation](put, take, mapping)
        if steps.seen < at or known(workspace) != before:
            break
    OPERATIONS[operation](put, take, mapping)
    after = known(workspace)
    assert after.keys() >= before.keys()
    assert len(after["acme"][1].imports) == {"import": 2, "revert": 0}.get(operation, 1)  # type: ignore[index]
    assert at > 2


def faults(failure: Callable[[], BaseException], operation: Callable[[], object], *, onwards: bool) -> Iterator[int]:
    """Runs an operation again and again, failing one step later each time, until it ends without a fault."""
    for at in count(1):
        with failing(steps := Steps(at, failure, onwards=onwards)), suppress(Crash, StoreError):
            operation()
        if steps.seen < at:
            return
        yield at


@pytest.mark.parametrize("failure", [full, Crash], ids=["full", "crash"])
def test_a_backup_that_fails_at_any_step_leaves_the_one_before(
    workspace: Workspace, put: Put, take: Import, tmp_path: Path, *, failure: Callable[[], BaseException]
) -> None:
    out = tmp_path / "b.zip"
    take(put("acme"), "1")
    digests = [back_up(workspace, out).digest]
    take(put("beta"), "2")
    kept = known(workspace)
    tried = []
    for at in faults(failure, lambda: back_up(workspace, out), onwards=True):
        with zipfile.ZipFile(out) as archive:
            assert archive.testzip() is None
        digests.append(sha256(out.read_bytes()).hexdigest())
        assert known(workspace) == kept
        tried.append(at)
    assert len(tried) > 1
    assert back_up(workspace, out).digest not in digests[:1]


@pytest.mark.parametrize(
    ("failure", "erased"), [(full, False), (Crash, True)], ids=["full, into a new folder", "crash, over a tombstone"]
)
def test_a_restore_that_fails_at_any_step_leaves_nothing_half_and_is_repeated(
    workspace: Workspace,
    put: Put,
    take: Import,
    tmp_path: Path,
    *,
    erased: bool,
    failure: Callable[[], BaseException],
) -> None:
    take(put("acme"), "1")
    state = {key: each[1].imports for key, each in known(workspace).items()}  # type: ignore[index]
    back_up(workspace, tmp_path / "b.zip")
    target, fresh = tmp_path / "target", tmp_path / "fresh"
    if erased:
        workspace.purge("acme")
        workspace.path.rename(fresh)
    else:
        fresh.mkdir()
    shutil.copytree(fresh, target)
    tried = []
    for at in faults(failure, lambda: bring_back(tmp_path / "b.zip", target, purged=["acme"]), onwards=True):
        if (target / "format").is_file():
            for key, each in known(Workspace(target)).items():
                assert each[1].imports == state[key]  # type: ignore[index]
            assert all(each.ok for each in check(target) if each.check in ("ledger_chain", "digests"))
        shutil.rmtree(target)
        shutil.copytree(fresh, target)
        tried.append(at)
    assert len(tried) > 5
    # each attempt goes on from what the one before left, so that fewer writes are left to fail
    resumed = list(faults(failure, lambda: bring_back(tmp_path / "b.zip", target, purged=["acme"]), onwards=True))
    assert resumed == sorted(resumed)
    assert 0 < len(resumed) <= len(tried)
    bring_back(tmp_path / "b.zip", target, purged=["acme"])
    assert {key: each[1].imports for key, each in known(Workspace(target)).items()} == state  # type: ignore[index]
    assert list(target.glob(".restore-*")) == []


KILLED = """
import sys
from pathlib import Path
from valueviz.store import ImportRecord, Workspace
client = Workspace.open(Path(sys.argv[1])).client("acme")
for number in range(int(sys.argv[2]), 100_000):
    with client.staging() as folder:
        (folder / "s").write_bytes(b"%d" % number * 2000)
        record = ImportRecord(str(number), f"{number:064}", "", rows=1, accepted=1, rejected=0)
        client.commit_import(folder / "s", record, raw=None, mapping=f"layout = 'long' # {number}")
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_loses_no_import_it_was_told_about(workspace: Workspace, put: Put) -> None:
    client = put()
    draw, acknowledged = random.Random(7), -1
    for _ in range(10):
        arguments = [sys.executable, "-c", KILLED, str(workspace.path), str(acknowledged + 1_000)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            told = int(child.stdout.readline())
            time.sleep(draw.uniform(0, 0.03))
            child.kill()
            told = max([told, *(int(line) for line in child.stdout if line.endswith("\n"))])
        acknowledged = told
        begun = time.monotonic()
        files = [int(record.file) for record in Workspace.open(workspace.path).client("acme").imports()]
        assert time.monotonic() - begun < 2
        assert acknowledged in files
        assert files[-1] in (acknowledged, acknowledged + 1)
        assert all((client.folder / "snapshots" / f"{digest}.parquet").is_file() for digest in client.snapshots())


HOLDER = """
import sys
from pathlib import Path
from valueviz.store import Workspace
with Workspace.open(Path(sys.argv[1])).client("acme").changing():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_client_that_another_process_changes_is_refused_and_read_all_the_same(
    workspace: Workspace, put: Put, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    from valueviz.store import check

    monkeypatch.setattr("valueviz.store.client.LOCK_SECONDS", 0.1)
    client = put()
    arguments = [sys.executable, "-c", HOLDER, str(workspace.path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError) as refusal:
            take(client, "1")
        assert refusal.value.code == "workspace_locked"
        assert client.imports() == ()
        (lock,) = [each for each in check(workspace.path) if each.check == "workspace_lock"]
        assert (lock.ok, lock.found) == (False, "acme")
        holder.communicate()
    assert not take(client, "1").known


def flipped(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("ledger.jsonl", {"ledger_damaged", "ledger_short"}),
        ("snapshots/*", {"file_damaged"}),
        ("raw/*", {"file_damaged"}),
    ],
)
def test_a_flipped_bit_in_what_is_kept_is_noticed_before_use(
    workspace: Workspace, put: Put, take: Import, mapping: str, *, pattern: str, codes: set[str]
) -> None:
    client = put()
    take(client, "1", mapping=mapping, keep_raw=False)
    draw = random.Random(11)
    for path in client.folder.glob(pattern):
        whole = path.read_bytes()
        for _ in range(25):
            path.write_bytes(flipped(whole, draw))
            with pytest.raises(StoreError) as refusal:
                _use(client)
            assert refusal.value.code in codes
        path.write_bytes(whole)


def _use(client: Client) -> None:
    client.engagement()
    client.inline_metrics()
    client.cache()


def test_a_flipped_or_missing_manifest_is_written_again(workspace: Workspace, put: Put, take: Import) -> None:
    client = put()
    take(client, "1")
    before, draw = known(workspace), random.Random(12)
    path = client.folder / "manifest.json"
    whole = path.read_bytes()
    for _ in range(40):
        path.write_bytes(flipped(whole, draw))
        assert known(workspace) == before
    path.unlink()
    assert known(workspace) == before
    take(client, "2")
    assert path.is_file()
    assert len(client.imports()) == 2


@pytest.mark.parametrize("lines", [0, 1])
def test_a_ledger_cut_short_is_refused(workspace: Workspace, put: Put, take: Import, *, lines: int) -> None:
    client = put()
    take(client, "1")
    path = client.folder / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))
    with pytest.raises(StoreError) as refusal:
        client.state()
    assert refusal.value.code == "ledger_short"


def test_a_torn_last_line_was_never_acknowledged_and_is_cut_off(workspace: Workspace, put: Put, take: Import) -> None:
    client = put()
    before = client.state()
    with (client.folder / "ledger.jsonl").open("ab") as file:
        file.write(b'{"number": 2, "previous": "')
    assert client.state() == before
    take(client, "1")
    assert len(client.imports()) == 1

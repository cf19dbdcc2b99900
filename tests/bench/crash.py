"""Whether anything acknowledged is lost, or anything is left half, when an import is killed or the disk is full.

    python tests/bench/crash.py [KILLS]

The whole process group of the command is killed (SIGKILL) at random moments of an import, and at a few of a
backup and a restore; then, as root, every operation runs on a small disk with less and less room. After each
the workspace is opened as it is: nobody repairs anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from valueviz.catalog import read_engagement
from valueviz.errors import StoreError
from valueviz.store import Client, Workspace, back_up, bring_back, check
from valueviz.terms import HandStep

ENGAGEMENT = """
name = "Crash (synthetic)"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2015-01-01
"""

MAPPING = """
layout = "long"
[columns]
date = "date"
value = "value"
metric = "month_close_days"
dimensions = ["site"]
"""

ROWS = 8_000
"""Rows of a killed import: enough that reading, casting and writing take as long as starting."""

DISK_BYTES = 4 << 20
"""Size of the disk that fills up."""

PAGE = 4096
"""Bytes by which its room shrinks."""

COMMAND = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]


@dataclass
class Tally:
    """What became of the attempts, and what was wrong afterwards."""

    fates: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def told(self, what: str) -> str:
        """One line of the table."""
        fates = ", ".join(f"{fate} {count}" for fate, count in sorted(self.fates.items()))
        return f"{what}: {sum(self.fates.values())} ({fates}) · wrong {len(self.wrong)} · slowest reopening {self.slowest:.2f} s"


def write_rows(path: Path, number: int, *, rows: int) -> None:
    """A file about one month; every second one measures the month of the file before it again."""
    month = number // 2
    chance = random.Random(number)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("date,site,value\n")
        for row in range(rows):
            day = f"{1996 + month // 12}-{month % 12 + 1:02}-{row % 28 + 1:02}"
            stream.write(f"{day},S{row // 28},{abs(chance.gauss(9, 2)):.3f}\n")


def new_client(path: Path) -> Client:
    """A client without imports in a new workspace."""
    workspace = Workspace.open(path, create=True)
    workspace.put_engagement("crash", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    (path.parent / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return workspace.client("crash")


def import_call(client: Client, path: Path) -> list[str]:
    """The command that imports a file."""
    workspace = client.folder.parents[1]
    options = ["--mapping", str(workspace.parent / "mapping.toml"), "--overlap", "new", "--json"]
    return [*COMMAND, "import", "crash", str(path), *options, "--workspace", str(workspace)]


def killed(command: list[str], *, after: float) -> str | None:
    """What a command said whose whole group was killed after some seconds; None where it had not ended by then."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", start_new_session=True
    ) as child:
        with contextlib.suppress(subprocess.TimeoutExpired):
            told, _ = child.communicate(timeout=after)
            return told
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    return None


def examine(client: Client, acknowledged: list[str], known: set[str], tally: Tally, *, what: str) -> None:
    """Note what is wrong: lost, half, unknown, or not to be opened."""
    begun = time.monotonic()
    try:
        found = list(Workspace.open(client.folder.parents[1]).client("crash").snapshots())
        bad = [each.found for each in check(client.folder.parents[1]) if not each.ok]
    except StoreError as refusal:
        tally.wrong.append(f"{what}: does not open: {refusal}")
        return
    tally.slowest = max(tally.slowest, time.monotonic() - begun)
    lost = [each for each in acknowledged if each not in found]
    if lost or bad or set(found) - set(acknowledged) - known:
        tally.wrong.append(f"{what}: lost {lost}, bad {bad}")


def kills(folder: Path, count: int) -> Tally:
    """Imports killed at random moments; every second moment lies in the last third, where things are written."""
    client, tally, draw = new_client(folder / "workspace"), Tally(), random.Random(11)
    acknowledged: list[str] = []
    path = folder / "rows.csv"
    write_rows(path, 0, rows=ROWS)
    begun = time.monotonic()
    subprocess.run(import_call(client, path), check=True, stdout=subprocess.DEVNULL)
    usual = time.monotonic() - begun
    acknowledged += client.snapshots()
    for number in range(1, count + 1):
        write_rows(path, number, rows=ROWS)
        after = usual * (draw.uniform(0.0, 1.1) if number % 2 else draw.uniform(0.67, 1.05))
        told = killed(import_call(client, path), after=after)
        before = len(acknowledged)
        usual *= 1.02 if told is None else 0.95  # the machine is now busier, now less
        if told is not None:
            acknowledged.append(json.loads(told)["snapshot"])
        examine(client, acknowledged, _in_flight(client, before), tally, what=f"kill {number} after {after:.2f} s")
        later = [each for each in client.snapshots() if each not in acknowledged]
        tally.fates["done" if told else "written, not acknowledged" if later else "killed"] += 1
        acknowledged = list(client.snapshots())
    _count_rows(client, tally)
    return tally


def _in_flight(client: Client, before: int) -> set[str]:
    """The one import that may have been written without being acknowledged."""
    return set(client.snapshots()[before : before + 1])


def _count_rows(client: Client, tally: Tally) -> None:
    """Every import is whole: each month has the rows of the last file about it."""
    from valueviz import engine

    counted = engine.counts(client.cache()).get("month_close_days", 0)
    months = {period for record in client.imports() for period in record.periods}
    if counted != len(months) * ROWS:
        tally.wrong.append(f"{counted} rows count in {len(months)} months")


def kills_of_others(folder: Path, count: int) -> Tally:
    """Backups and restores killed at random moments."""
    client, tally, draw = Workspace.open(folder / "workspace").client("crash"), Tally(), random.Random(12)
    snapshots = list(client.snapshots())
    back_up(Workspace.open(folder / "workspace"), folder / "good.zip")
    for number in range(count):
        after = draw.uniform(0.25, 0.9)
        backup = ["backup", "--out", str(folder / "b.zip"), "--workspace", str(folder / "workspace")]
        tally.fates["backup done" if killed([*COMMAND, *backup], after=after) else "backup killed"] += 1
        if (folder / "b.zip").is_file() and (folder / "b.zip").read_bytes() != (folder / "good.zip").read_bytes():
            tally.wrong.append(f"backup {number} is not what it should be")
        examine(client, snapshots, set(), tally, what=f"backup {number}")
        target = folder / "restored"
        restore = ["restore", str(folder / "good.zip"), "--workspace", str(target)]
        tally.fates["restore done" if killed([*COMMAND, *restore], after=after) else "restore killed"] += 1
        if (target / "clients" / "crash").exists():
            examine(Workspace.open(target).client("crash"), snapshots, set(), tally, what=f"restore {number}")
        subprocess.run([*COMMAND, *restore], check=True, stdout=subprocess.DEVNULL)  # goes on by itself
        examine(Workspace.open(target).client("crash"), snapshots, set(), tally, what=f"restore {number} repeated")
        if list(target.glob(".restore-*")):
            tally.wrong.append(f"restore {number} left a folder")
        subprocess.run(["rm", "-r", str(target)], check=True)
    return tally


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, *, room: int) -> None:
    """Leave some bytes of room on a disk."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    usage = os.statvfs(folder)
    wanted = usage.f_bavail * usage.f_frsize - room
    with filler.open("wb") as file:
        for _ in range(max(0, wanted) // PAGE):
            file.write(b"\0" * PAGE)


def full_disks(folder: Path) -> dict[str, Tally]:
    """Every operation on a disk with room for nothing, one page, two pages … until it ends well."""
    tallies = {}
    with small_disk(folder / "disk") as disk, tempfile.TemporaryDirectory() as elsewhere:
        client = new_client(disk / "workspace")
        for number in range(2):
            write_rows(Path(elsewhere) / "rows.csv", number * 2, rows=300)
            subprocess.run(import_call(client, Path(elsewhere) / "rows.csv"), check=True, stdout=subprocess.DEVNULL)
        backup = Path(elsewhere) / "b.zip"
        back_up(Workspace.open(disk / "workspace"), backup)
        write_rows(Path(elsewhere) / "rows.csv", 2, rows=600)
        operations: dict[str, Callable[[], object]] = {
            "import": lambda: _imported(client, Path(elsewhere) / "rows.csv"),
            "process": lambda: client.put_process([HandStep("审批", "as_is", "提交" * 2000, touch=1.0)]),
            "revert": lambda: client.revert(client.state().history[0].record.snapshot),
            "cache": client.cache,
            "backup": lambda: back_up(Workspace.open(disk / "workspace"), disk / "b.zip"),
            "restore": lambda: bring_back(backup, disk / "restored"),
        }
        for name, operation in operations.items():
            tallies[name] = _shrinking(disk, client, operation, what=name)
            (disk / "b.zip").unlink(missing_ok=True)
    return tallies


def _shrinking(disk: Path, client: Client, operation: Callable[[], object], *, what: str) -> Tally:
    tally = Tally()
    state = client.state()
    for room in range(0, DISK_BYTES, PAGE):
        fill(disk, room=room)
        try:
            operation()
        except StoreError as refusal:
            tally.fates[refusal.code] += 1
            restored = disk / "restored"
            half = (restored / "clients" / "crash" / "ledger.jsonl").exists() and what == "restore"
            if client.state() != state or half or not all(each.ok for each in check(disk / "workspace")):
                tally.wrong.append(f"{what} with {room} bytes of room")
        else:
            tally.fates["done"] += 1
            break
    (disk / "filler").unlink(missing_ok=True)
    examine(client, list(client.snapshots()), set(), tally, what=what)
    return tally


def _imported(client: Client, path: Path) -> None:
    """Import a file by the command; its refusal is raised here again."""
    done = subprocess.run(import_call(client, path), capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise StoreError("disk_full" if done.returncode == 2 and "space" in done.stderr else done.stderr[-200:])


def main() -> int:
    """Print the table; 1 where anything was lost, half or not to be opened."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        tallies = {"imports killed": kills(folder, count)}
        print(tallies["imports killed"].told("imports killed"), flush=True)
        tallies["others killed"] = kills_of_others(folder, max(1, count // 15))
        print(tallies["others killed"].told("backups and restores killed"), flush=True)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            for name, tally in full_disks(folder).items():
                tallies[name] = tally
                print(tally.told(f"disk full, {name}"), flush=True)
    wrong = [line for tally in tallies.values() for line in tally.wrong]
    print("\n".join(wrong[:20]) or "nothing lost, nothing half, everything opened by itself")
    return int(bool(wrong))


if __name__ == "__main__":
    os.environ.setdefault("VALUEVIZ_LANG", "en")
    sys.exit(main())

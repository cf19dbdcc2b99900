"""The files a visitor has dropped: each in a folder of our own under a name of ours, gone when it is done with.

What a visitor calls a file is text to be shown and never part of a path. Nothing here is written into the
workspace before `settle`; a tray belongs to one session and vanishes with it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Any, Literal

import streamlit as st

from valueviz.errors import ValuevizError, WorkerError
from valueviz.store import Client, Workspace
from valueviz.ui import kept
from valueviz.ui.data.task import Task, stop_all
from valueviz.workers import Progress

if TYPE_CHECKING:
    from valueviz.catalog import Mapping
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.look import Understanding
    from valueviz.intake.question import Told
    from valueviz.study import Study

PLACE = "vv-tray"
"""Where a session keeps its tray."""

LONGEST_NAME = 200
"""Characters kept of a name: what file systems allow."""

AT_ONCE_SECONDS = 0.7
"""A small file is understood within this; waiting for it spares the visitor a flicker."""

COPIED = 1 << 20

_ALL: weakref.WeakSet[Tray] = weakref.WeakSet()

Stage = Literal["looking", "asking", "checking", "ready", "blocked", "settling", "settled"]

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a visitor decided beside the mapping."""

    keep_raw: bool = True
    keep_personal: bool = False
    overlap: Literal["new", "earlier"] | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file turned out to be: a table as it is understood, or (None) the workbook we hand out, filled in."""

    table: Understanding | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An import that is in the workspace, and the studies before and after it; None where there is none.

    Of several imported together only the last one has an `after`: what they changed is one story.
    """

    result: ImportResult
    before: Study | None
    after: Study | None
    unknown: ValuevizError | None = None


@dataclass(eq=False)
class Parcel:
    """One dropped file and how far it has come."""

    token: str
    client: str
    name: str
    path: Path
    size: int
    told: Told | None = None
    choices: Choices = Choices()
    form: bool = False
    given: tuple[str, Mapping] | None = None
    understood: Understanding | None = None
    checked: ImportResult | None = None
    settled: Settled | None = None
    refusal: ValuevizError | None = None
    looking: Task[Looked] | None = None
    checking: Task[ImportResult] | None = None
    settling: Task[Settled] | None = None
    revision: int = 0
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.settled is not None:
            return "settled"
        if self.settling is not None:
            return "settling"
        if self.refusal is not None:
            return "blocked"
        if self.looking is not None:
            return "looking"
        if self.checking is not None:
            return "checking"
        return "ready" if self.checked is not None else "asking"

    @property
    def mapped(self) -> bool:
        """Whether nothing is open that a check would need."""
        ready = self.form or self.given is not None
        return ready or (self.understood is not None and self.understood.mapping is not None)

    @property
    def running(self) -> Task[Any] | None:
        """What is being done for it."""
        return self.settling or self.looking or self.checking

    @property
    def stopped(self) -> bool:
        """Whether its owner stopped what was going on."""
        return self.refusal is not None and self.refusal.code == "worker_stopped"

    @property
    def known(self) -> bool:
        """Whether the workspace holds just these data already."""
        return self.checked is not None and "already_imported" in self.checked.warnings

    @property
    def rejected(self) -> bool:
        """Whether more than half of its rows are rejected, if only in part."""
        return self.checked is not None and 2 * self.checked.rejected > self.checked.rows

    @property
    def undecided(self) -> bool:
        """Whether earlier imports measured otherwise and nobody has said which values count."""
        checked = self.checked
        return checked is not None and checked.overlap.differing > 0 and self.choices.overlap is None

    def words_for(self, refusal: ValuevizError) -> ValuevizError:
        """A refusal that names the file as its owner calls it."""
        fields = {key: self.name if found == self.path.name else found for key, found in refusal.fields.items()}
        return type(refusal)(refusal.code, **fields)


class Tray:
    """The parcels of one session, in a folder that goes when the session does."""

    def __init__(self) -> None:
        """An empty tray."""
        self.parcels: list[Parcel] = []
        self.chosen = ""
        self.queue: list[str] = []
        self.begun: Study | None = None
        self.follows = False
        self.round = 0
        self.folder = Path(tempfile.mkdtemp(prefix="valueviz-tray-"))
        self._gone = weakref.finalize(self, shutil.rmtree, self.folder, True)
        _ALL.add(self)

    def clear(self) -> None:
        """Remove everything that was dropped."""
        self._gone()

    def of(self, client: str) -> list[Parcel]:
        """The parcels for a client, in the order they came."""
        return [parcel for parcel in self.parcels if parcel.client == client]

    def shown(self, client: str) -> Parcel | None:
        """The parcel a visitor looks at: the one chosen, else the first that is not in the workspace yet."""
        known = self.of(client)
        chosen = next((parcel for parcel in known if parcel.token == self.chosen), None)
        return chosen or next((parcel for parcel in known if parcel.settled is None), known[0] if known else None)

    def choose(self, parcel: Parcel) -> None:
        """Look at another parcel."""
        self.chosen = parcel.token

    def queue_all(self, parcels: Sequence[Parcel]) -> None:
        """Import several, one after another: each changes what the next one meets."""
        self.queue = [parcel.token for parcel in parcels]

    def go_on(self, client: Client, workspace: Workspace) -> None:
        """Begin the next of the queued imports when none runs; one that is no longer ready is left to be looked at."""
        waiting = [parcel for parcel in self.of(client.key) if parcel.token in self.queue]
        if any(parcel.settling is not None for parcel in self.of(client.key)):
            return
        for parcel in waiting:
            self.queue.remove(parcel.token)
            if parcel.stage == "ready" and not parcel.undecided:
                self.settle(parcel, workspace, follows=self.follows)
                self.follows = True
                return
        self.follows = False

    def take(self, name: str, content: IO[bytes], *, client: str) -> Parcel:
        """A parcel with a copy of what was dropped."""
        token = token_hex(8)
        path = self.folder / f"{token}{_suffix(name)}"
        with path.open("wb") as copy:
            shutil.copyfileobj(content, copy, COPIED)
        parcel = Parcel(token, client, _shown(name), path, path.stat().st_size)
        self.parcels.append(parcel)
        return parcel

    def drop(self, parcel: Parcel) -> None:
        """Let a parcel go; what it has brought into the workspace stays."""
        if parcel.running is not None:
            parcel.running.stop()
        parcel.path.unlink(missing_ok=True)
        self.parcels = [each for each in self.parcels if each.token != parcel.token]

    # Work ─────────────────────────────────────────────────────────────────────

    def look(self, parcel: Parcel, client: Client) -> None:
        """Find out what a file holds, given what its owner has told."""
        if parcel.looking is not None:
            parcel.looking.stop()
        if parcel.checking is not None:
            parcel.checking.stop()
        parcel.checking = parcel.checked = parcel.refusal = None
        parcel.revision += 1
        told, path, name = parcel.told, parcel.path, parcel.name

        def work(progress: Progress) -> Looked:
            from valueviz.intake.form import is_form
            from valueviz.intake.look import look

            self.folder.exists()  # the tray stays as long as this work needs its file
            return Looked(None if is_form(path) else look(client, path, told=told, name=name, progress=progress))

        parcel.looking = Task(work)

    def check(self, parcel: Parcel, client: Client) -> None:
        """Find out what becomes of every row, and write nothing."""
        take = self._import(parcel, dry_run=True)
        parcel.checking = Task(lambda progress: take(client, progress))

    def settle(self, parcel: Parcel, workspace: Workspace, *, follows: bool = False) -> None:
        """Import a file as it was shown, and find out what the reports say now.

        Args:
            parcel: the file.
            workspace: where it goes.
            follows: whether others were imported together with it just before.
        """
        take, key = self._import(parcel, dry_run=False), parcel.client

        def work(progress: Progress) -> Settled:
            owner = workspace.client(key)
            if not follows:
                progress("comparing", 0.02)
                self.begun = _study(workspace, owner)[0]
            result = take(owner, lambda stage, share: progress(stage, 0.3 + 0.4 * share))
            if self.queue:
                return Settled(result, None, None)
            progress("estimating", 0.75)
            after, unknown = _study(workspace, owner)
            return Settled(result, self.begun, after, unknown)

        parcel.refusal = None
        parcel.settling = Task(work)

    def confirm(self, parcel: Parcel, workspace: Workspace) -> None:
        """A visitor says yes to what is shown, and goes on looking at it."""
        self.chosen = parcel.token
        self.settle(parcel, workspace)

    def _import(self, parcel: Parcel, *, dry_run: bool) -> Callable[[Client, Progress], ImportResult]:
        """The import of a file as it is understood and decided now, to be called when its turn has come."""
        choices, path, name = parcel.choices, parcel.path, parcel.name
        given = parcel.given[1] if parcel.given is not None else None
        looked = parcel.understood if given is None else None

        def work(client: Client, progress: Progress) -> ImportResult:
            from valueviz.intake import import_file

            self.folder.exists()  # the tray stays as long as this work needs its file
            return import_file(
                client,
                path,
                mapping=given,
                looked=looked,
                dry_run=dry_run,
                keep_raw=choices.keep_raw,
                overlap=choices.overlap,
                personal="keep" if choices.keep_personal else "leave_out",
                name=name,
                latest=datetime.now(UTC).date(),
                progress=progress,
            )

        return work

    def advance_all(self, client: Client, workspace: Workspace) -> None:
        """Take over what has ended for a client, and begin what follows."""
        for parcel in self.of(client.key):
            self.advance(parcel, client)
        self.go_on(client, workspace)

    def hurry(self, parcel: Parcel, client: Client) -> None:
        """Wait a moment for what is looked at, where nothing else runs: what ends at once is shown at once."""
        if any(each.running is not None and each is not parcel for each in self.parcels):
            return
        end = time.monotonic() + AT_ONCE_SECONDS
        while (task := parcel.looking or parcel.checking) is not None and task.wait(end - time.monotonic()):
            self.advance(parcel, client)

    def advance(self, parcel: Parcel, client: Client) -> None:
        """Take over what has come to its end, and begin what follows."""
        if parcel.looking is not None and parcel.looking.over:
            task, parcel.looking = parcel.looking, None
            parcel.refusal, found = _refused(parcel, task), task.answer
            if found is not None:
                parcel.form, parcel.understood = found.table is None, found.table
        if parcel.refusal is not None and parcel.refusal.code == "overlap_not_decided":
            parcel.refusal = parcel.checked = None  # another import came first: what differs now is to be seen
        if parcel.stage == "asking" and parcel.mapped:
            self.check(parcel, client)
        if parcel.checking is not None and parcel.checking.over:
            done, parcel.checking = parcel.checking, None
            parcel.refusal, parcel.checked = _refused(parcel, done), done.answer
        if parcel.settling is not None and parcel.settling.over:
            end, parcel.settling = parcel.settling, None
            parcel.settled = end.answer
            parcel.refusal = None if end.stopped else _refused(parcel, end)
            if parcel.settled is not None:
                parcel.path.unlink(missing_ok=True)


def clear() -> None:
    """End what runs for all sessions and remove what they dropped: the server is closing."""
    stop_all()
    for tray in list(_ALL):
        tray.clear()


def mine() -> Tray:
    """The tray of this session."""
    if PLACE not in st.session_state:
        st.session_state[PLACE] = Tray()
    tray: Tray = st.session_state[PLACE]
    return tray


# Inside ──────────────────────────────────────────────────────────────────────


def _study(workspace: Workspace, client: Client) -> tuple[Study | None, ValuevizError | None]:
    """The study of everything about a client; without one, why."""
    from valueviz import study

    if not client.snapshots():
        return None, None
    try:
        return kept.study_of(str(workspace.path), study.ask(client)), None
    except ValuevizError as refusal:
        return None, refusal


def _refused(parcel: Parcel, task: Task[Any]) -> ValuevizError | None:
    if task.stopped:
        return WorkerError("worker_stopped")
    refusal = task.refusal
    return None if refusal is None else parcel.words_for(refusal)


def _suffix(name: str) -> str:
    """The suffix of a name where it is one; it never holds anything but letters and digits."""
    found = PurePath(name.replace("\\", "/")).suffix
    return found.lower() if _SUFFIX.fullmatch(found) else ""


def _shown(name: str) -> str:
    """A name as text: its last part, on one line, of a length one can read."""
    last = name.replace("\\", "/").rpartition("/")[2] or name
    shown = "".join(char if char.isprintable() else "\ufffd" for char in last).strip()
    return shown[:LONGEST_NAME] or "?"


def decided(choices: Choices, **changed: Any) -> Choices:
    """The choices after one of them was made."""
    return replace(choices, **changed)

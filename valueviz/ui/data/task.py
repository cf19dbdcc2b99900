"""Work that outlasts a run of the page: in a thread of its own, with its stage, its end, and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar
from weakref import WeakSet

from valueviz.errors import ValuevizError
from valueviz.workers import Progress, Stop

T = TypeVar("T")

AT_ONCE = 2
"""Files read at the same time over all visitors: each has a child of its own that may need much memory."""

MEANT_SECONDS = 3.0
"""A guess at the time left is worth nothing before this."""

_POOL = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="valueviz-data")
_ALL: WeakSet[Task[object]] = WeakSet()


class Task(Generic[T]):
    """One piece of work, begun when a place is free; its child ends at once when it is told to stop."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        """Queue the work."""
        self.stage, self.share, self.started = "", 0.0, 0.0
        self._stop = Stop()
        self._work: Callable[[Progress], T] | None = work
        self._future: Future[T] = _POOL.submit(self._run)
        _ALL.add(self)  # type: ignore[arg-type]  # any result

    def _run(self) -> T:
        work, self._work = self._work, None  # what the work holds is let go when it ends
        if work is None:
            raise RuntimeError("a task runs once")
        self.started = time.monotonic()
        with self._stop:
            return work(self._tell)

    def _tell(self, stage: str, share: float) -> None:
        self.stage, self.share = stage, share

    @property
    def over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._future.done()

    @property
    def stopped(self) -> bool:
        """Whether somebody told it to stop."""
        return self._stop.asked or self._future.cancelled()

    @property
    def refusal(self) -> ValuevizError | None:
        """Why it was refused; None while it runs, and where it has an answer. What is no refusal is raised."""
        if not self.over or self._future.cancelled():
            return None
        failure = self._future.exception()
        if failure is not None and not isinstance(failure, ValuevizError):
            raise failure
        return failure

    @property
    def answer(self) -> T | None:
        """What came of it, None while there is nothing."""
        ready = self.over and not self._future.cancelled() and self.refusal is None
        return self._future.result() if ready else None

    def seconds_left(self) -> float | None:
        """Seconds it will still take at its pace so far; None where nobody can tell."""
        spent = time.monotonic() - self.started if self.started else 0.0
        if spent < MEANT_SECONDS or not 0.0 < self.share < 1.0:
            return None
        return spent * (1.0 - self.share) / self.share

    def stop(self) -> None:
        """End it; what it has acknowledged stays."""
        self._stop.ask()
        self._future.cancel()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within some seconds: what is quick is shown at once."""
        end = time.monotonic() + seconds
        while not self.over and time.monotonic() < end:
            time.sleep(0.02)
        return self.over


def stop_all() -> None:
    """End everything that runs: the server is closing."""
    for task in list(_ALL):
        task.stop()

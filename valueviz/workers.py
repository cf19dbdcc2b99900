"""Killable, capped child processes for whatever a user's file can make slow, large or fatal.

A child is a fresh interpreter (`python -m valueviz.workers`), never a fork: it reads one JSON request from
its standard input, caps itself, imports the one module it was asked for and answers in JSON lines. Nothing is
pickled. This is the only module that knows `resource`; it knows nothing of what a child computes.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

from valueviz import errors

if TYPE_CHECKING:
    import subprocess

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
Progress: TypeAlias = Callable[[str, float], None]

MEMORY_EXIT = 77
"""Exit status of a child that stopped itself above its memory cap; free of meaning on every system."""

WATCH_SECONDS = 0.05
"""Pause between two looks at the memory in use, where the system has no cap of its own."""

MEMORY_MARKS = ("MemoryError", "OutOfMemory", "bad_alloc", "memory allocation of", "Cannot allocate memory")
"""What Python, DuckDB, C++, Rust and the C library say last when no memory is left."""

RARE_SWEEPS = 100_000
"""New objects of a child after which unreachable ones are looked for, instead of the usual 700."""

KEPT_ENVIRONMENT = (
    *("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE"),
    *("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TZ"),
)
"""What a child needs to find libraries and temporary folders; everything else (tokens, keys) stays outside."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: memory in bytes, processor and wall time in seconds."""

    memory: int = 2 << 30
    cpu: float = 600.0
    wall: float = 900.0


class Stop:
    """Ends, from another thread, the child a thread waits for: `with stop: run(…)` here, `stop.ask()` there.

    Once asked, children that would be started in the same block end at once too.
    """

    def __init__(self) -> None:
        """A stop that nobody has asked for yet."""
        self.asked = False
        self._child: subprocess.Popen[bytes] | None = None
        self._before: Token[Stop | None] | None = None

    def __enter__(self) -> Stop:
        """Let this stop end the children of the thread."""
        self._before = _STOP.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the children that follow alone."""
        if self._before is not None:
            _STOP.reset(self._before)

    def ask(self) -> None:
        """End the child at once."""
        self.asked = True
        if self._child is not None:
            self._child.kill()

    def watch(self, child: subprocess.Popen[bytes]) -> None:
        """End this child when asked, also where it was asked a moment before."""
        self._child = child
        if self.asked:
            child.kill()


_STOP: ContextVar[Stop | None] = ContextVar("stop", default=None)


def run(target: str, *, args: Mapping[str, JSON], limits: Limits, progress: Progress | None = None) -> JSON:
    """What a function answers when it runs in a capped child process.

    Args:
        target: "module:function"; the module lies in valueviz, the function takes `progress` and `args` by name.
        args: keyword arguments, JSON only.
        limits: memory, processor and wall time of the child.
        progress: called with (stage, share 0–1) while the child works; an exception in it ends the child.

    Raises:
        ValuevizError: the refusal the function raised, with code and fields.
        WorkerError: `worker_died`, `worker_timeout`, `worker_memory`, `worker_stopped` (see `Stop`), or
            `worker_target` for a foreign target.
    """
    import tempfile
    import threading

    _check_target(target)
    stop = _STOP.get() or Stop()
    with tempfile.TemporaryFile() as complaints:
        child = _spawn(complaints)
        stop.watch(child)
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            child.kill()

        timer = threading.Timer(limits.wall, expire)
        timer.daemon = True
        timer.start()
        try:
            answer = _converse(child, {"target": target, "args": args, "limits": _plain(limits)}, progress)
            status = child.wait()
        finally:
            timer.cancel()
            _end(child)
        if stop.asked:
            raise errors.WorkerError("worker_stopped")
        if answer is None:
            complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 4096))
            tail = complaints.read().decode("utf-8", "replace")
            raise _death(status, tail, target=target, limits=limits, expired=expired.is_set())
    if "error" in answer:
        raise _refusal(answer["error"])
    return answer["result"]


def _check_target(target: str) -> None:
    module, colon, name = target.partition(":")
    if not (module.startswith("valueviz.") and colon and name.isidentifier()):
        raise errors.WorkerError("worker_target", found=target)


def _plain(limits: Limits) -> dict[str, JSON]:
    return {"memory": limits.memory, "cpu": limits.cpu}


def _spawn(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """A child that has not been told anything yet; -P keeps the current folder off its module path."""
    import subprocess

    return subprocess.Popen(
        [sys.executable, "-P", "-m", "valueviz.workers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _environment() -> dict[str, str]:
    import sysconfig

    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    root = str(Path(__file__).resolve().parents[1])
    paths = [] if root == sysconfig.get_path("purelib") else [root]
    paths += [path for path in (os.environ.get("PYTHONPATH"),) if path]
    return kept | {"PYTHONUTF8": "1"} | ({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})


def _converse(
    child: subprocess.Popen[bytes], request: Mapping[str, JSON], progress: Progress | None
) -> dict[str, JSON] | None:
    """The last answer of a child, None where it died before one; progress lines are passed on."""
    told, heard = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
    try:
        told.write(json.dumps(request, allow_nan=False).encode())
        told.close()
    except OSError:  # it died while it was being told: the exit status says why
        return None
    for line in heard:
        try:
            message: dict[str, JSON] = json.loads(line)
        except ValueError:  # killed in the middle of a line
            return None
        if "progress" not in message:
            return message
        if progress is not None:
            stage, share = cast("tuple[str, float]", message["progress"])
            progress(stage, share)
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    import contextlib

    if child.poll() is None:
        child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # flushing what a dead child no longer reads
                stream.close()


def _refusal(error: JSON) -> errors.ValuevizError:
    kind, code, fields = cast("tuple[str, str, dict[str, errors.Field]]", error)
    kinds: dict[str, type[errors.ValuevizError]] = {
        each.__name__: each for each in errors.ValuevizError.__subclasses__()
    }
    return kinds.get(kind, errors.WorkerError)(code, **fields)


def _death(status: int, tail: str, *, target: str, limits: Limits, expired: bool) -> errors.WorkerError:
    """The reason a child brought no answer, from its exit status and its last words."""
    import signal

    module = target.partition(":")[0]
    if expired:
        return errors.WorkerError("worker_timeout", module=module, seconds=limits.wall)
    if status == -getattr(signal, "SIGXCPU", 0):
        return errors.WorkerError("worker_timeout", module=module, seconds=limits.cpu)
    if status == MEMORY_EXIT or any(mark in tail for mark in MEMORY_MARKS):
        return errors.WorkerError("worker_memory", module=module, megabytes=limits.memory >> 20)
    words = [line.strip() for line in tail.splitlines() if line.strip()]
    return errors.WorkerError("worker_died", module=module, status=status, found=words[-1] if words else "")


# The child's side ────────────────────────────────────────────────────────────


def main() -> int:
    """The exit status of a child: it reads one request, caps itself, runs it and answers."""
    request = _healed(json.loads(sys.stdin.buffer.read()))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # stray prints of a library must not look like an answer

    def say(message: Mapping[str, JSON]) -> None:
        answers.write(json.dumps(message, allow_nan=False).encode() + b"\n")

    _cap(request["limits"]["memory"], request["limits"]["cpu"])
    # A child does one thing and ends: sweeps over millions of cells would find next to nothing.
    gc.set_threshold(RARE_SWEEPS, 50, 1000)
    try:
        say({"result": _call(request["target"], request["args"], say)})
    except errors.ValuevizError as error:
        say({"error": [type(error).__name__, error.code, error.fields]})
    answers.close()
    return 0


def _healed(value: Any) -> Any:
    """The same with names of files as this process reads their bytes, where the parent's locale could not read them."""
    if isinstance(value, dict):
        return {key: _healed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_healed(each) for each in value]
    if isinstance(value, str) and any("\udc80" <= mark <= "\udcff" for mark in value):
        try:
            return os.fsdecode(os.fsencode(value))
        except UnicodeEncodeError:
            return value
    return value


def _call(target: str, args: Mapping[str, JSON], say: Callable[[Mapping[str, JSON]], None]) -> JSON:
    import importlib

    _check_target(target)
    module, _, name = target.partition(":")
    function = cast("Callable[..., JSON]", getattr(importlib.import_module(module), name))

    def progress(stage: str, share: float) -> None:
        say({"progress": [stage, share]})

    return function(progress=progress, **args)


def _cap(memory: int, cpu: float) -> None:
    """Set what the system can limit, and watch the memory where it cannot."""
    try:
        import resource
    except ImportError:  # Windows
        _watch(memory)
        return
    if sys.platform == "win32":  # never reached; tells the type checker that what follows exists
        return
    _lower(resource.RLIMIT_CPU, int(cpu) + 1, spare=2)
    _lower(resource.RLIMIT_CORE, 0, spare=0)  # no memory image of a client's data on disk
    if sys.platform == "linux":
        # not RLIMIT_AS: script engines reserve far more addresses than they use
        _lower(resource.RLIMIT_DATA, memory, spare=0)
    else:
        _watch(memory)


def _lower(limit: int, value: int, *, spare: int) -> None:
    import resource

    hard = resource.getrlimit(limit)[1]
    ceiling = value + spare if hard == resource.RLIM_INFINITY else min(value + spare, hard)
    resource.setrlimit(limit, (min(value, ceiling), ceiling))


def _watch(memory: int) -> None:
    """Start a thread that ends this process above a memory cap: best effort, a long native call delays it."""
    import threading
    import time

    def watch() -> None:
        while _memory_in_use() <= memory:
            time.sleep(WATCH_SECONDS)
        os._exit(MEMORY_EXIT)

    threading.Thread(target=watch, daemon=True).start()


def _memory_in_use() -> int:
    """Bytes this process holds (at its peak), 0 where the system does not tell."""
    if sys.platform == "win32":
        import ctypes

        class Counters(ctypes.Structure):
            _fields_ = [
                ("cb", ctypes.c_uint32),
                ("faults", ctypes.c_uint32),
                *[(name, ctypes.c_size_t) for name in ("peak", "now", "a", "b", "c", "d", "pagefile", "peak_pagefile")],
            ]

        counters = Counters(cb=ctypes.sizeof(Counters))
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        process = ctypes.c_void_p(kernel.GetCurrentProcess())
        told = kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
        return int(counters.pagefile) if told else 0
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def probe(*, progress: Progress, behaviour: str, payload: JSON = None) -> JSON:
    """The payload, after behaving as asked: `doctor` and the tests learn by it whether the caps hold here.

    Args:
        progress: told once before the behaviour.
        behaviour: echo, memory (takes all it can get), spin (never ends, busy), wait (never ends, idle),
            die (ends without an answer), refuse (raises a refusal with the payload as a field).
        payload: anything JSON can carry.
    """
    import time

    progress(behaviour, 0.5)
    match behaviour:
        case "memory":
            hoard = []
            while True:
                hoard.append(bytearray(1 << 24))
        case "spin":
            while True:
                pass
        case "wait":
            while True:
                time.sleep(60)
        case "die":
            os._exit(3)
        case "refuse":
            raise errors.DataError("worker_target", found=str(payload))
        case _:
            return payload


if __name__ == "__main__":
    _status = main()
    sys.stderr.flush()
    os._exit(_status)  # everything is told and closed: freeing millions of cells one by one would only take time

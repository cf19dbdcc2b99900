"""Children: what they answer, and that nothing they do harms the parent."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from valueviz import errors
from valueviz.workers import JSON, Limits, Stop, run

LIMITS = Limits(memory=1 << 28, cpu=20, wall=20)


def probe(behaviour: str, payload: JSON = None, *, limits: Limits = LIMITS) -> JSON:
    return run("valueviz.workers:probe", args={"behaviour": behaviour, "payload": payload}, limits=limits)


@pytest.mark.parametrize(
    "payload",
    [None, [1, 2.5, "中文 and a newline\n"], {"深": {"a": [True, None]}}, "x" * 3_000_000],
    ids=["null", "list", "nested", "larger than a pipe"],
)
def test_what_goes_in_as_json_comes_back_equal(payload: JSON) -> None:
    assert probe("echo", payload) == payload


def test_a_refusal_in_the_child_is_the_same_refusal_in_the_parent() -> None:
    with pytest.raises(errors.DataError) as refusal:
        probe("refuse", "行 7")
    assert (refusal.value.code, refusal.value.fields) == ("worker_target", {"found": "行 7"})


@pytest.mark.parametrize(
    ("behaviour", "limits", "code"),
    [
        ("die", LIMITS, "worker_died"),
        ("memory", LIMITS, "worker_memory"),
        ("wait", Limits(wall=0.5), "worker_timeout"),
        ("spin", Limits(wall=0.5), "worker_timeout"),
    ],
)
def test_a_child_that_dies_hoards_or_hangs_is_a_worker_error(behaviour: str, limits: Limits, code: str) -> None:
    with pytest.raises(errors.WorkerError) as refusal:
        probe(behaviour, limits=limits)
    assert refusal.value.code == code


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no processor limit for a process")
def test_a_busy_child_ends_at_its_processor_limit() -> None:
    with pytest.raises(errors.WorkerError) as refusal:
        probe("spin", limits=Limits(cpu=0.1, wall=30))
    assert refusal.value.code == "worker_timeout"


def test_progress_is_told_before_the_answer() -> None:
    told: list[tuple[str, float]] = []
    run(
        "valueviz.workers:probe",
        args={"behaviour": "echo"},
        limits=LIMITS,
        progress=lambda stage, share: told.append((stage, share)),
    )
    assert told == [("echo", 0.5)]


def test_an_exception_in_progress_ends_the_child_at_once() -> None:
    def stop(stage: str, share: float) -> None:
        raise InterruptedError(stage)

    begun = time.monotonic()
    with pytest.raises(InterruptedError):
        run("valueviz.workers:probe", args={"behaviour": "wait"}, limits=LIMITS, progress=stop)
    assert time.monotonic() - begun < LIMITS.wall / 2


@pytest.mark.parametrize("target", ["os:system", "valueviz.workers", "valuevizard.x:run", "valueviz.workers:os.abort"])
def test_only_functions_of_valueviz_run_in_a_child(target: str) -> None:
    with pytest.raises(errors.WorkerError) as refusal:
        run(target, args={}, limits=LIMITS)
    assert refusal.value.code == "worker_target"


def test_secrets_of_the_environment_and_modules_of_the_folder_stay_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("PRICE_API_TOKEN", "secret")
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "json.py").write_text("raise SystemExit('the folder was searched')", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert probe("echo", 1) == 1
    from valueviz.workers import _environment

    assert "PRICE_API_TOKEN" not in _environment()


def test_a_child_imports_no_heavy_library_before_its_target() -> None:
    script = (
        "import sys, valueviz.workers; print(sorted({'duckdb', 'numpy', 'pandas', 'subprocess'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_another_thread_ends_a_child_and_those_that_would_follow() -> None:
    stop = Stop()
    threading.Timer(0.3, stop.ask).start()
    started = time.monotonic()
    for _ in range(2):
        with stop, pytest.raises(errors.WorkerError) as refusal:
            probe("wait")
        assert refusal.value.code == "worker_stopped"
    assert time.monotonic() - started < LIMITS.wall / 2
    assert probe("echo", "a later call") == "a later call"

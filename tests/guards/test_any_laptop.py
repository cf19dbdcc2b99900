"""Nothing outside workers.py needs what only some systems have."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

POSIX_ONLY = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "syslog"}
"""Modules of the standard library that Windows does not have."""

BLOCK = f"""
import asyncio, sys  # asyncio's own Unix part needs fcntl; that of Windows does not
for name in {sorted(POSIX_ONLY)!r}:
    sys.modules[name] = None
"""
"""What a start-up file does to make an interpreter, and every child of it, look like one without them."""

WALK = """
import importlib, json, pkgutil, sys
import valueviz
names = [module.name for module in pkgutil.walk_packages(valueviz.__path__, "valueviz.")]
left_alone = {"valueviz.ui.script"}  # Streamlit runs it, nobody imports it
for name in names:
    if name not in left_alone:
        importlib.import_module(name)
from valueviz.errors import WorkerError
from valueviz.workers import Limits, run
said = run("valueviz.workers:probe", args={"behaviour": "echo", "payload": "物料"}, limits=Limits())
try:
    run("valueviz.workers:probe", args={"behaviour": "spin"}, limits=Limits(wall=1.0))
except WorkerError as refusal:
    ended = refusal.code
print(json.dumps([len(names), said, ended, [name for name in NAMES if sys.modules.get(name)]]))
"""


def test_every_module_and_the_workers_run_without_the_modules_of_unix(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCK, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    script = WALK.replace("NAMES", repr(sorted(POSIX_ONLY)))
    found = subprocess.run(
        [sys.executable, "-P", "-c", script], env=environment, capture_output=True, check=False, text=True
    )
    assert found.returncode == 0, found.stderr[-2000:]
    count, said, ended, present = json.loads(found.stdout.splitlines()[-1])
    assert (said, ended, present) == ("物料", "worker_timeout", [])
    assert count == sum(1 for _ in sources(REPOSITORY / "valueviz")) - 1  # every file but the package's own


def sources(folder: Path) -> Iterator[Path]:
    """The Python files below a folder."""
    return folder.rglob("*.py")


def imported(path: Path) -> set[str]:
    """The top-level names a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names


def test_modules_of_unix_are_imported_in_workers_only() -> None:
    users = {
        path.relative_to(REPOSITORY).as_posix(): sorted(found)
        for path in [*sources(REPOSITORY / "valueviz"), *sources(REPOSITORY / "datasets"), REPOSITORY / "app.py"]
        if (found := imported(path) & POSIX_ONLY)
    }
    assert users == {"valueviz/workers.py": ["resource"]}


@pytest.mark.parametrize("folder", ["valueviz", "datasets"])
def test_no_child_is_forked_and_nothing_is_pickled(folder: str) -> None:
    forbidden = {"multiprocessing", "pickle"}
    users = [
        path.relative_to(REPOSITORY).as_posix()
        for path in sources(REPOSITORY / folder)
        if imported(path) & forbidden or "ProcessPoolExecutor" in path.read_text(encoding="utf-8")
    ]
    assert users == []


def test_every_text_file_is_opened_with_an_encoding() -> None:
    """Windows would otherwise read Chinese as its code page."""
    bare = [
        f"{path.relative_to(REPOSITORY).as_posix()}:{node.lineno}"
        for folder in ("valueviz", "datasets")
        for path in sources(REPOSITORY / folder)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _reads_text(node) and not _encoded(node)
    ]
    assert bare == []


def _reads_text(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("read_text", "write_text"):
        return True
    if name != "open" or not _is_path_open(call):
        return False
    modes = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    modes += [word.value.value for word in call.keywords if word.arg == "mode" and isinstance(word.value, ast.Constant)]
    return not any("b" in str(mode) for mode in modes)


def _is_path_open(call: ast.Call) -> bool:
    """Whether it is `open(…)` or `path.open(MODE)`: an archive's `open` takes a member first, a class its own words."""
    if isinstance(call.func, ast.Name):
        return True
    owner = getattr(call.func, "value", None)
    of_a_class = isinstance(owner, ast.Name) and (owner.id[:1].isupper() or owner.id in ("os", "pikepdf"))
    return not of_a_class and all(isinstance(argument, ast.Constant) for argument in call.args)


def _encoded(call: ast.Call) -> bool:
    return any(word.arg in ("encoding", None) for word in call.keywords) or (
        getattr(call.func, "attr", "") == "read_text" and bool(call.args)
    )

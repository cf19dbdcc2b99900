"""`valueviz doctor`: looks whether everything this machine and workspace need is there; it changes nothing."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit, workspace_path
from valueviz.errors import ValuevizError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.store import Check

PYTHON = (3, 11)
"""The oldest interpreter the package runs on, as in its metadata."""

FREE_BYTES = 500_000_000
"""Space an import of a million rows and its reports need, with room to spare."""

DOT: dict[str, object] = {
    "data": {"values": [{"c0": 1}]},
    "mark": "point",
    "encoding": {"x": {"field": "c0", "type": "quantitative"}},
}
"""The smallest chart there is."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor", help=language.words("cli.doctor.help"), description=language.words("cli.doctor.help")
    )
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Print every check; 1 when one is not well."""
    checks = list(_checks(args))
    repairs = {each.check: language.words(f"cli.doctor.repair.{each.repair}") for each in checks if each.repair}
    if args.json:
        from dataclasses import asdict

        emit([asdict(each) | {"repair": repairs.get(each.check)} for each in checks])
    else:
        for each in checks:
            _print(each, repairs.get(each.check), language)
    return 0 if all(each.ok for each in checks) else 1


def _print(check: Check, repair: str | None, language: Language) -> None:
    mark = language.words("cli.doctor.well" if check.ok else "cli.doctor.unwell")
    print(f"{mark}\t{language.words(f'cli.doctor.check.{check.check}')}\t{check.found}")
    if not check.ok:
        print(f"\t{language.words('cli.doctor.needed', needed=check.needed)} {repair or ''}".rstrip())


def _checks(args: argparse.Namespace) -> Iterator[Check]:
    from valueviz import store

    path = workspace_path(args)
    yield _python()
    yield _versions()
    yield _fonts()
    yield _duckdb()
    yield _charts()
    yield _workers()
    yield _disk(path)
    if args.workspace or os.environ.get("VALUEVIZ_WORKSPACE") or path.exists():
        yield from store.check(path)


def _check(name: str, found: str, *, needed: str, ok: bool, repair: str) -> Check:
    from valueviz.store import Check

    return Check(name, ok=ok, found=found, needed=needed, repair=None if ok else repair)


def _python() -> Check:
    needed = ".".join(map(str, PYTHON))
    ok = sys.version_info[:2] >= PYTHON
    return _check("python", ".".join(map(str, sys.version_info[:3])), needed=f">={needed}", ok=ok, repair="python")


def _versions() -> Check:
    """Installed versions against those the package asks for."""
    wrong, looked = [], 0
    from importlib import metadata

    try:
        requirements = metadata.requires("valueviz") or []
    except metadata.PackageNotFoundError:
        return _check("versions", "valueviz: -", needed="valueviz", ok=False, repair="install")
    for requirement in requirements:
        name, limits = _requirement(requirement)
        if not name:
            continue
        looked += 1
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} -")
            continue
        if not all(_fits(installed, limit) for limit in limits):
            wrong.append(f"{name} {installed} ({','.join(limits)})")
    found = "; ".join(wrong) or str(looked)
    return _check("versions", found, needed="pyproject.toml", ok=not wrong, repair="install")


def _requirement(text: str) -> tuple[str, list[str]]:
    """Name and limits of a requirement; no name for that of an extra or another system."""
    if ";" in text:
        return "", []
    matched = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(.*)", text)
    name, limits = matched.groups() if matched else ("", "")
    return name, [limit.strip() for limit in limits.strip("() ").split(",") if limit.strip()]


def _fits(installed: str, limit: str) -> bool:
    matched = re.match(r"(>=|<=|==|!=|<|>)\s*(.+)", limit)
    if not matched:
        return True
    relation, bound = matched[1], _numbers(matched[2])
    have = _numbers(installed)
    width = max(len(have), len(bound))
    left, right = (each + (0,) * (width - len(each)) for each in (have, bound))
    relations = {
        ">=": left >= right,
        "<=": left <= right,
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        ">": left > right,
    }
    return relations[relation]


def _numbers(version: str) -> tuple[int, ...]:
    released = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in released[0].split(".")) if released else ()


def _fonts() -> Check:
    from valueviz.language import fonts
    from valueviz.store.files import digest_of

    folder = fonts().regular.parent
    wrong = []
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    for line in lines:
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            wrong.append(name)
    return _check("fonts", ", ".join(wrong) or str(len(lines)), needed="SHA256SUMS", ok=not wrong, repair="install")


def _duckdb() -> Check:
    from valueviz import engine

    try:
        found, ok = engine.answer(), True
    except ValuevizError as refusal:
        found, ok = str(refusal), False
    return _check("duckdb", found, needed="6 * 7 = 42", ok=ok, repair="install")


def _charts() -> Check:
    """Whether a chart becomes SVG, in a child: the converter is native code and may end its process."""
    return _child("charts", "valueviz.cli.doctor:drawn", args={}, needed="svg")


def _workers() -> Check:
    """Whether a child process starts and answers."""
    args = {"behaviour": "echo", "payload": "child"}
    return _child("workers", "valueviz.workers:probe", args=args, needed="child")


def _child(name: str, target: str, *, args: dict[str, Any], needed: str) -> Check:
    from valueviz.workers import Limits, run

    try:
        found = str(run(target, args=args, limits=Limits(wall=60)))
    except ValuevizError as refusal:
        found = str(refusal)
    return _check(name, found, needed=needed, ok=found == needed, repair="install")


def drawn(*, progress: Any) -> str:
    """What the smallest chart becomes; called in a child process."""
    from valueviz.render.charts.picture import picture

    progress("charts", 0.0)
    return "svg" if picture(DOT).lstrip().startswith("<svg") else "-"


def _disk(path: Path) -> Check:
    folder = next(each for each in (path.absolute(), *path.absolute().parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    found, needed = (f"{size // 1_000_000} MB" for size in (free, FREE_BYTES))
    return _check("disk", found, needed=f">={needed}", ok=free >= FREE_BYTES, repair="disk")

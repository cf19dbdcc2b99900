"""The lock: what an installation brings, on which machines it installs, and that nothing was pinned twice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from tests.conftest import REPOSITORY

PYTHONS = ("3.11", "3.12", "3.13")
"""The interpreters the metadata promises."""

NO_WHEEL: dict[str, str] = {}
"""Core packages without a wheel for some machine, and why that cannot be helped."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of machine: the pattern of its wheels' platform tags and what markers ask about it."""

    wheel: str
    markers: tuple[tuple[str, str], ...]


MACHINES = {
    "win_amd64": Machine(
        r"win_amd64",
        (("sys_platform", "win32"), ("platform_system", "Windows"), ("platform_machine", "AMD64"), ("os_name", "nt")),
    ),
    "macos_arm64": Machine(
        r"macosx_1[0-5]_\d+_(arm64|universal2)",  # macOS 15, the oldest that pikepdf is built for
        (
            *(("sys_platform", "darwin"), ("platform_system", "Darwin")),
            *(("platform_machine", "arm64"), ("os_name", "posix")),
        ),
    ),
    "linux_x86_64": Machine(
        r"manylinux(1|2010|2014|_2_([5-9]|1\d|2[0-8]))_x86_64",  # glibc 2.28: Debian 10, RHEL 8
        (
            *(("sys_platform", "linux"), ("platform_system", "Linux")),
            *(("platform_machine", "x86_64"), ("os_name", "posix")),
        ),
    ),
    "linux_aarch64": Machine(
        r"manylinux(2014|_2_(1\d|2[0-8]))_aarch64",
        (
            *(("sys_platform", "linux"), ("platform_system", "Linux")),
            *(("platform_machine", "aarch64"), ("os_name", "posix")),
        ),
    ),
}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / name).read_text(encoding="utf-8"))


LOCK = read("uv.lock")
PROJECT = read("pyproject.toml")["project"]
PACKAGES: list[dict[str, Any]] = LOCK["package"]


def environment(machine: str, python: str) -> dict[str, str]:
    """What a dependency's marker is asked about."""
    common = {
        "python_version": python,
        "python_full_version": f"{python}.4",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "implementation_version": f"{python}.4",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }
    return common | dict(MACHINES[machine].markers)


def closure(machine: str, python: str, *, extras: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The locked packages that an installation brings, ourselves left out."""
    about = environment(machine, python)
    waiting = [("valueviz", extras, None)]
    seen: set[tuple[str, tuple[str, ...], str | None]] = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        name, asked, version = wanted
        package = locked(name, version, about=about)
        if name != "valueviz":
            yield package
        needed = list(package.get("dependencies", []))
        for extra in asked:
            needed += package.get("optional-dependencies", {}).get(extra, [])
        waiting += [
            (each["name"], tuple(each.get("extra", ())), each.get("version"))
            for each in needed
            if "marker" not in each or Marker(each["marker"]).evaluate(about)
        ]


def locked(name: str, version: str | None, *, about: dict[str, str]) -> dict[str, Any]:
    """The one entry of the lock for a name in an environment."""
    found = [
        package
        for package in PACKAGES
        if package["name"] == name
        and version in (None, package.get("version"))
        and any(
            Marker(marker).evaluate(about) for marker in package.get("resolution-markers", ['python_version > "3"'])
        )
    ]
    assert len(found) == 1, f"{name} {version}: {len(found)} entries"
    return found[0]


def installs(package: dict[str, Any], *, machine: str, python: str) -> bool:
    """Whether one of its wheels fits: pure Python, the stable interface, or built for this interpreter."""
    names = (wheel["url"].rsplit("/", 1)[1] for wheel in package.get("wheels", ()))
    tags = (tag for name in names for tag in parse_wheel_filename(name.replace("%2B", "+"))[3])
    return any(
        fits_interpreter(tag.interpreter, tag.abi, python=python)
        and (tag.platform == "any" or re.fullmatch(MACHINES[machine].wheel, tag.platform))
        for tag in tags
    )


def fits_interpreter(interpreter: str, abi: str, *, python: str) -> bool:
    """Whether CPython of a version can load what these tags promise."""
    minor = int(python.partition(".")[2])
    if interpreter.startswith("py"):
        return interpreter == "py3" or (interpreter.startswith("py3") and int(interpreter[3:]) <= minor)
    if not re.fullmatch(r"cp3\d+", interpreter):
        return False
    built = int(interpreter[3:])
    return built == minor if abi == interpreter else abi in ("abi3", "none") and built <= minor


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_every_core_package_installs_without_a_compiler(machine: str, python: str) -> None:
    packages = {package["name"]: package for package in closure(machine, python)}
    assert len(packages) > 40
    without = [name for name, package in packages.items() if not installs(package, machine=machine, python=python)]
    assert sorted(without) == sorted(NO_WHEEL)


@pytest.mark.parametrize(
    ("tags", "python", "fits"),
    [
        (("py3", "none"), "3.11", True),
        (("cp311", "cp311"), "3.12", False),
        (("cp313", "cp313"), "3.13", True),
        (("cp313", "cp313t"), "3.13", False),
        (("cp39", "abi3"), "3.13", True),
        (("cp314", "abi3"), "3.13", False),
        (("pp311", "pypy311_pp73"), "3.11", False),
        (("py2", "none"), "3.11", False),
    ],
)
def test_a_wheel_fits_where_its_tags_say(tags: tuple[str, str], python: str, fits: bool) -> None:
    assert fits_interpreter(*tags, python=python) is fits


def test_the_constraints_are_the_lock() -> None:
    lines = (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {Requirement(line) for line in lines if line and not line.startswith("#")}
    assert {(each.name, str(each.specifier)) for each in pinned} == {
        (package["name"], f"=={package['version']}")
        for machine in MACHINES
        for python in (*PYTHONS, "3.14")
        for package in closure(machine, python, extras=("test",))
    } | {("tzdata", f"=={version}") for version in versions("tzdata")}


def versions(name: str) -> set[str]:
    """The locked versions of a package."""
    return {package["version"] for package in PACKAGES if package["name"] == name}


def test_every_machine_takes_the_version_the_constraints_name() -> None:
    lines = (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for machine in MACHINES:
        for python in PYTHONS:
            about = environment(machine, python)
            said = {
                each.name: str(each.specifier).removeprefix("==")
                for each in pinned
                if each.marker is None or each.marker.evaluate(about)
            }
            needed = {package["name"]: package["version"] for package in closure(machine, python, extras=("test",))}
            assert said.items() >= needed.items()


# What pyproject.toml asks for ────────────────────────────────────────────────


def asked() -> list[Requirement]:
    """Every direct dependency, those of the extras included."""
    extras = [entry for entries in PROJECT["optional-dependencies"].values() for entry in entries]
    return [Requirement(entry) for entry in [*PROJECT["dependencies"], *extras]]


@pytest.mark.parametrize("requirement", asked(), ids=lambda requirement: requirement.name)
def test_a_dependency_has_a_floor_and_ends_below_the_next_breaking_version(requirement: Requirement) -> None:
    floors = [each.version for each in requirement.specifier if each.operator == ">="]
    caps = [each.version for each in requirement.specifier if each.operator == "<"]
    found = [Version(version) for version in versions(requirement.name.lower())]
    breaking = [f"{found[0].major + 1}", *([f"0.{found[0].minor + 1}"] if found[0].major == 0 else [])]
    assert len(floors) == 1
    assert caps in [[cap] for cap in breaking]
    assert all(version in requirement.specifier for version in found)


def test_every_dependency_says_what_it_is_for_and_its_licence() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    commented = dict(re.findall(r'^\s+"([A-Za-z0-9_.-]+)[^"]*",\s+#\s*(.+)$', text, flags=re.MULTILINE))
    said = {name: reason for name, reason in commented.items() if re.search(r"\S+ \([A-Z][\w.-]+\)", reason)}
    assert [each.name for each in asked() if each.name not in said] == []


def test_the_package_names_every_interpreter_that_is_tested() -> None:
    classifiers = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if ":: Python :: 3." in each]
    assert classifiers == list(PYTHONS)

"""Every import contract notices the import it forbids: tried on a house of empty rooms."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

CONTRACTS: list[dict[str, Any]] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with every room and nothing in it but its own libraries, under the contracts of the real one."""
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    rooms = {room for contract in CONTRACTS for layer in contract.get("layers", ()) for room in layer.split(" | ")}
    inner = {name for contract in CONTRACTS for name in contract.get("allowed_importers", ()) if name.count(".") > 1}
    for name in {*(f"valueviz.{room}" for room in rooms), *inner}:
        folder = tmp_path / Path(*name.split("."))
        folder.mkdir(parents=True, exist_ok=True)
    for folder in [tmp_path / "valueviz", *(each for each in (tmp_path / "valueviz").rglob("*") if each.is_dir())]:
        (folder / "__init__.py").touch()
    for contract in CONTRACTS:  # a contract about a library needs somebody who uses it
        for owner in contract.get("allowed_importers", ()):
            with (tmp_path / Path(*owner.split(".")) / "__init__.py").open("a", encoding="utf-8") as file:
                file.writelines(f"import {library}\n" for library in contract["protected_modules"])
    return tmp_path


def broken(house: Path) -> set[str]:
    """The names of the contracts that a house breaks."""
    call = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    said = subprocess.run(
        [sys.executable, "-P", "-c", call, "--no-cache"], cwd=house, capture_output=True, check=False, text=True
    )
    assert "Contracts:" in said.stdout, said.stdout + said.stderr
    names = {contract["name"] for contract in CONTRACTS}
    return {name for name in names if f"{name} BROKEN" in said.stdout}


def test_an_empty_house_keeps_every_contract(house: Path) -> None:
    assert broken(house) == set()


def test_every_contract_notices_its_violation(house: Path) -> None:
    package = house / "valueviz"
    wrong = {"analysis": ["pandas"], "render": ["valueviz.engine"], "errors": ["valueviz.cli"], "terms": []}
    wrong["terms"] = [library for contract in CONTRACTS for library in contract.get("protected_modules", ())]
    for room, names in wrong.items():
        with (package / room / "__init__.py").open("a", encoding="utf-8") as file:
            file.writelines(f"import {name}\n" for name in names)
    assert broken(house) == {contract["name"] for contract in CONTRACTS}


def test_a_room_that_nobody_placed_is_noticed(house: Path) -> None:
    (house / "valueviz" / "attic.py").touch()
    assert broken(house) == {"data flow one way"}

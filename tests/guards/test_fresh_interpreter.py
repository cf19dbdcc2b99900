"""What an import costs, seen from an interpreter that has imported nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"duckdb", "pandas", "streamlit", "altair", "reportlab", "pyarrow", "vl_convert", "scipy"}
"""Libraries that cost a noticeable part of a second each."""

PROBE = """
import json, sys
before = set(sys.modules)
{statement}
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(json.dumps(sorted(loaded - set(sys.stdlib_module_names) - {{"valueviz"}})))
"""


def foreign_modules(statement: str) -> set[str]:
    """The modules outside valueviz and the standard library that a statement loads."""
    found = subprocess.run(
        [sys.executable, "-I", "-c", PROBE.format(statement=statement)], capture_output=True, check=True, text=True
    )
    return set(json.loads(found.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "module",
    [
        "valueviz",
        "valueviz.errors",
        "valueviz.terms",
        "valueviz.language",
        "valueviz.catalog",
        "valueviz.workers",
        "valueviz.cli",
    ],
)
def test_what_every_call_imports_loads_no_foreign_module(module: str) -> None:
    assert foreign_modules(f"import {module}") == set()


def test_the_statistics_load_numpy_and_nothing_heavier() -> None:
    assert foreign_modules("import valueviz.analysis.effect") == {"numpy"}


def test_definitions_are_read_without_a_heavy_library() -> None:
    read = 'from valueviz import catalog; catalog.pack("manufacturing"); catalog.template("renewal"); catalog.cases()'
    assert not foreign_modules(read) & HEAVY


def test_words_and_numbers_are_worded_without_a_heavy_library() -> None:
    worded = (
        'from valueviz.language import language; language("zh_CN").quantity(2.9, "day"); language("en").grouped(1e6)'
    )
    assert not foreign_modules(worded) & HEAVY


@pytest.mark.parametrize("arguments", [["--help"], ["import", "--help"], ["effect", "--help", "--lang", "zh"]])
def test_help_loads_no_library_at_all(arguments: list[str]) -> None:
    call = f"""
import contextlib, io
from valueviz.cli import main
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    main({arguments!r})
assert "valueviz" in said.getvalue()
"""
    assert foreign_modules(call) == set()

"""Install what is missing and run the gate: format, lint, types, import contracts, tests in a real browser.

Needs Python and pip, nothing else. With uv on the machine it is faster. System programs (Chromium,
poppler-utils, qpdf, PostgreSQL) are installed by apt where that is possible; elsewhere it is said what to install.
Arguments are handed to pytest: `python3 .ci/check.py -m "not browser"`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "msedge"),
    "poppler-utils": ("pdftotext",),
    "qpdf": ("qpdf",),
    "postgresql": ("postgres", "/usr/lib/postgresql/*/bin/postgres"),
}
"""Debian packages and the programs any of which stands for them: a name on the path, or where else it lies."""


def main(arguments: list[str]) -> int:
    """The exit code of the first step that fails, else 0."""
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    install_python_packages()
    missing = [package for package, names in PROGRAMS.items() if not any(map(found, names))]
    if missing and not install_programs(missing):
        print(f"Please install: {' '.join(missing)} (Debian: sudo apt-get install {' '.join(missing)})")
        return 1
    steps = [
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "mypy")],
        [str(BIN / "lint-imports"), "--no-cache"],
        [str(BIN / "pytest"), "-q", *arguments],
    ]
    for step in steps:
        print("·", " ".join(Path(part).name if part.startswith(str(BIN)) else part for part in step), flush=True)
        code = subprocess.call(step, cwd=ROOT)
        if code:
            return code
    return 0


def install_python_packages() -> None:
    """An environment of our own with the package, editable, and everything the tests need."""
    wanted = ["-c", str(ROOT / ".ci" / "constraints.txt"), "-e", f"{ROOT}[test]"]
    uv = shutil.which("uv")
    if not (BIN / ("python.exe" if os.name == "nt" else "python")).exists():
        subprocess.check_call([sys.executable, "-m", "venv", str(ENVIRONMENT)])
    python = str(BIN / "python")
    if uv:
        subprocess.check_call([uv, "pip", "install", "-q", "--python", python, *wanted])
    else:
        subprocess.check_call([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted])


def found(program: str) -> bool:
    """Whether a program is on the path, or at a place that a pattern describes."""
    if program.startswith("/"):
        return any(Path("/").glob(program.removeprefix("/")))
    return shutil.which(program) is not None


def install_programs(packages: list[str]) -> bool:
    """Whether the system's package manager could install them."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=environment)
    return subprocess.call(["apt-get", "install", "-y", "-qq", *packages], env=environment) == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The wheel alone, outside the checkout, is the whole product."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow

DEMO = """
import sys
from pathlib import Path
repository, unpacked, workspace = map(Path, sys.argv[1:])
sys.path[:] = [str(unpacked), *(each for each in sys.path if Path(each or ".").resolve() != repository)]
import valueviz
assert Path(valueviz.__file__).is_relative_to(unpacked), valueviz.__file__
from valueviz import catalog
from valueviz.cli import main
assert catalog.shipped("app.py").is_relative_to(unpacked)
assert main(["demo", "--no-serve", "--workspace", str(workspace)]) == 0
"""
"""Run the demo from an unpacked wheel, with the environment's libraries and without the checkout."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    with ZipFile(built) as opened:
        yield opened


def test_the_wheel_holds_every_file_that_the_program_reads(wheel: ZipFile) -> None:
    """Whatever git keeps below these folders is in the wheel, and nothing but that."""
    moved = {"app.py": "valueviz/_shipped/app.py"} | {
        folder: f"valueviz/_shipped/{folder}" for folder in ("datasets", "report_templates", ".streamlit")
    }
    wanted = {
        f"{moved.get(top, top)}/{rest}".removesuffix("/")
        for path in kept()
        for top, _, rest in [path.partition("/")]
        if top in (*moved, "valueviz")
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert wanted - held == set()
    assert {name for name in held - wanted if "__pycache__" in name or name.endswith((".pyc", ".part"))} == set()


def kept() -> list[str]:
    """The files under version control and those about to be, by path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("this copy is not under version control")
    return [path for path in listed.stdout.split("\0") if path and (REPOSITORY / path).is_file()]


def test_the_wheel_holds_no_tests_and_its_licences(wheel: ZipFile) -> None:
    names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"valueviz", "valueviz-0.1.0.dist-info"}
    assert {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name} == {"LICENSE", "OFL.txt"}
    commands = wheel.read("valueviz-0.1.0.dist-info/entry_points.txt").decode()
    assert "valueviz = valueviz.cli:main" in commands


def test_the_demo_runs_from_the_wheel_and_writes_the_same_bytes(wheel: ZipFile, tmp_path: Path) -> None:
    unpacked, elsewhere = tmp_path / "安装 here", tmp_path / "elsewhere"
    wheel.extractall(unpacked)
    elsewhere.mkdir()
    from_wheel, from_checkout = tmp_path / "wheel", tmp_path / "checkout"
    call = "import sys; from valueviz.cli import main; sys.exit(main(sys.argv[1:]))"
    installed = [sys.executable, "-I", "-c", DEMO, str(REPOSITORY), str(unpacked), str(from_wheel)]
    cloned = [sys.executable, "-c", call, "demo", "--no-serve", "--workspace", str(from_checkout)]
    with (  # side by side: two processors do it in half the time
        subprocess.Popen(installed, cwd=elsewhere, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as first,
        subprocess.Popen(cloned, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as second,
    ):
        for process in (first, second):
            _, talk = process.communicate()
            assert process.returncode == 0, talk.decode("utf-8", "replace")[-2000:]
    assert digests(from_wheel) == digests(from_checkout)
    assert len(digests(from_wheel)) == 4


def digests(workspace: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in (workspace / "reports").glob("*.pdf")}

"""What we install may be used by a firm that keeps its own code to itself."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

from tests.conftest import REPOSITORY

ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "MPL-1.1", "MPL-2.0", "PSF-2.0"),
    *("ISC", "HPND", "OFL-1.1", "Unlicense", "Zlib", "CC0-1.0"),
}
"""Licences that ask for a notice, or for changes to the library itself, and for nothing of ours."""

SPELLINGS = {
    "mit license": "MIT",
    "bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What metadata older than SPDX write."""

READ_BEFORE = {
    "brotlicffi": "MIT",  # License field of its wheel; only PyPy installs it
    "colorama": "BSD-3-Clause",  # classifier and LICENSE.txt of its wheel; Windows only
    "tzdata": "Apache-2.0",  # License field of its wheel; where a system has no time zones of its own
    "odfpy": "Apache-2.0",  # classifiers: Apache, GPL or LGPL, our choice; the tests write sheets with it
    # what the peer of the PDF benchmark brings: metadata of the wheels; nobody else installs it
    "brotli": "MIT",
    "cffi": "MIT-0",
    "cssselect2": "BSD-3-Clause",
    "pycparser": "BSD-3-Clause",
    "pydyf": "BSD-3-Clause",
    "pyphen": "MPL-1.1",  # classifiers: GPL-2.0+, LGPL-2.1+ or MPL-1.1, our choice
    "tinycss2": "BSD-3-Clause",
    "tinyhtml5": "MIT",
    "weasyprint": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
    "zopfli": "Apache-2.0",
}
"""Packages that are not in every environment of a developer, and where their licence was read."""

OF_A_CHOICE = ("odfpy", "pyphen")
"""Packages whose metadata list several licences to choose from."""


def licence(name: str) -> str:
    """The licence a distribution states: SPDX expression, short text, or classifier."""
    about = metadata.metadata(name)
    if about["License-Expression"]:
        return about["License-Expression"]
    short = (about["License"] or "").strip()
    if "\n" not in short and (short in ALLOWED or short.casefold() in SPELLINGS):
        return SPELLINGS.get(short.casefold(), short)
    classified = [each.rpartition(":: ")[2] for each in about.get_all("Classifier") or () if each.startswith("License")]
    return " AND ".join(SPELLINGS.get(each.casefold(), each) for each in classified) or short or "none"


def allowed(expression: str) -> bool:
    """Whether every part of an SPDX expression is allowed, or for OR one of them.

    Parentheses and exceptions occur in no expression we have met and are refused.
    """
    return all(any(part.strip() in ALLOWED for part in group.split(" OR ")) for group in expression.split(" AND "))


def locked() -> set[str]:
    lock = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))
    return {package["name"] for package in lock["package"]} - {"valueviz"}


def installed() -> set[str]:
    return {re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower() for each in metadata.distributions()}


def test_the_licence_of_every_locked_package_is_known_and_allowed() -> None:
    here = installed()
    known = {name: licence(name) if name in here else READ_BEFORE.get(name, "not read") for name in locked()}
    known |= {name: READ_BEFORE[name] for name in OF_A_CHOICE}
    assert {name: said for name, said in known.items() if not allowed(said)} == {}


def test_licences_read_before_are_those_of_the_metadata() -> None:
    said = {name: licence(name) for name in sorted(READ_BEFORE.keys() & installed()) if name not in OF_A_CHOICE}
    assert said == {name: READ_BEFORE[name] for name in said}


def test_no_licence_is_kept_of_a_package_that_left_the_lock() -> None:
    assert READ_BEFORE.keys() <= locked()


def test_expressions_are_read_as_spdx_means_them() -> None:
    assert allowed("Apache-2.0 OR BSD-2-Clause")
    assert allowed("MIT OR GPL-3.0-only")
    assert not allowed("MIT AND GPL-3.0-only")
    assert not allowed("LGPL-2.1-or-later")
    assert not allowed("none")


def test_the_fonts_travel_with_their_licence() -> None:
    told = (REPOSITORY / "valueviz" / "language" / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in told
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert set(project["license-files"]) == {"LICENSE", "valueviz/language/fonts/OFL.txt"}

"""The PDF of the page is the one of the command line, made in a child process."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from valueviz import story, study
from valueviz.errors import StoreError
from valueviz.render import pdf
from valueviz.ui import printing
from valueviz.ui.link import Link
from valueviz.ui.request import request


def test_the_child_writes_the_bytes_the_command_line_writes_and_tells_its_stages() -> None:
    asked = request(None, template="education", link=Link(), locale="en")
    document = story.compose(study.run(None, asked.question), asked.view)
    stages: list[str] = []

    made = printing.printed(
        "", asked, address=Link(locale="en"), digest=document.digest, progress=lambda stage, _: stages.append(stage)
    )

    assert sha256(made).hexdigest() == sha256(pdf.render(document)).hexdigest()
    assert tuple(stages) == printing.STAGES


def test_what_changed_since_the_page_was_drawn_is_refused_not_printed(tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"

    with pytest.raises(StoreError, match="page_outdated"):
        printing.write(
            progress=lambda *_: None,
            workspace="",
            template="education",
            locale="en",
            address={},
            digest="another",
            out=str(out),
        )
    assert not out.exists()

"""The PDF of what is on screen, made in a child process that can be killed and never stops the page."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from valueviz import workers
from valueviz.errors import StoreError
from valueviz.terms import Request
from valueviz.ui import link
from valueviz.workers import Limits, Progress

LIMITS = Limits(memory=2 << 30, cpu=180.0, wall=300.0)
"""Many times what a long report needs; beyond it something is wrong with the file, not with patience."""

STAGES = ("reading", "computing", "drawing")
"""What the child says it is doing, in order."""


def printed(workspace: str, request: Request, *, address: link.Link, digest: str, progress: Progress) -> bytes:
    """The PDF of a request.

    Args:
        workspace: path of its workspace.
        request: what is on screen.
        address: the link that made the request.
        digest: of the document on screen.
        progress: hears (stage, share 0–1) while the child works.

    Raises:
        StoreError: `page_outdated` where the data changed since the page was drawn.
        WorkerError: the child died or took too long.
    """
    with TemporaryDirectory(prefix="valueviz-") as folder:
        out = Path(folder) / "report.pdf"
        workers.run(
            "valueviz.ui.printing:write",
            args={
                "workspace": workspace,
                "template": request.view.template,
                "locale": request.view.locale,
                "address": link.write(address),
                "digest": digest,
                "out": str(out),
            },
            limits=LIMITS,
            progress=progress,
        )
        return out.read_bytes()


def write(
    *, progress: Progress, workspace: str, template: str, locale: str, address: dict[str, str], digest: str, out: str
) -> None:
    """In the child: compose the document an address names and write its PDF to `out`.

    Raises:
        StoreError: `page_outdated`.
    """
    from valueviz import story, study
    from valueviz.render import pdf
    from valueviz.store import Workspace
    from valueviz.ui.request import PROCESS, request

    progress(STAGES[0], 0.1)
    found = link.read(address).link
    place = Path(workspace)
    opened = Workspace.open(place) if workspace and place.is_dir() else None
    asked = request(opened, template=template, link=found, locale="zh_CN" if locale == "zh_CN" else "en")
    progress(STAGES[1], 0.3)
    answered = study.run(
        opened if asked.question.client is not None else None, asked.question, estimated=template != PROCESS
    )
    document = story.compose(answered, asked.view)
    if document.digest != digest:
        raise StoreError("page_outdated")
    progress(STAGES[2], 0.6)
    Path(out).write_bytes(pdf.render(document))

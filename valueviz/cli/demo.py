"""`valueviz demo`: a sample workspace from the shipped files, its reports in both languages, then the page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common
from valueviz.cli.report import save, say
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.catalog.demo import Demo
    from valueviz.store import Workspace

DEFAULT_WORKSPACE = "valueviz-demo"
"""Where the sample goes unless told otherwise; made for it, so that no real client ever mixes with it."""

TEMPLATES = ("renewal", "education")
"""What the sample writes, each in every language."""

SAMPLE = "manufacturer"
"""The engagement the sample holds."""

OTHERS = ("pharma", "retail", "thin")
"""The engagements that `--all` adds: messy exports, a roll-out store by store, a client with hardly any data."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "demo", help=language.words("cli.demo.help"), description=language.words("cli.demo.help")
    )
    parser.add_argument(
        "--workspace", metavar="DIR", default=DEFAULT_WORKSPACE, help=language.words("cli.demo.workspace")
    )
    parser.add_argument("--all", action="store_true", help=language.words("cli.demo.all"))
    parser.add_argument("--no-serve", action="store_true", help=language.words("cli.demo.no_serve"))
    common(parser, language, workspace=False)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Build, report, serve; a PDF path a line on stdout."""
    samples = [_sample(name) for name in (SAMPLE, *(OTHERS if args.all else ()))]
    known = {_sample(name)[1].client for name in (SAMPLE, *OTHERS)}
    workspace = _workspace(Path(args.workspace), samples=known, language=language)
    for number, (folder, demo) in enumerate(samples):
        _fill(workspace, folder, demo=demo, language=language)
        templates, prefix = (("renewal",), f"{demo.client}-") if number else (TEMPLATES, "")
        for path in _write(workspace, client=demo.client, templates=templates, prefix=prefix, language=language):
            print(path, flush=True)
    say(language.words("cli.demo.ready"))
    if args.no_serve:
        return 0
    from valueviz.cli.serve import serve

    return serve(Path(args.workspace), language)


def _sample(name: str) -> tuple[Path, Demo]:
    """The folder of a shipped engagement and the order in which it is imported."""
    from valueviz import catalog
    from valueviz.catalog.demo import read_demo

    folder = catalog.shipped("datasets", name)
    return folder, read_demo((folder / "demo.toml").read_text(encoding="utf-8"), file="demo.toml")


def _workspace(path: Path, *, samples: set[str], language: Language) -> Workspace:
    """The workspace of the sample, new or with samples alone.

    Raises:
        UsageError: "demo_not_alone" where other clients live in it.
    """
    from valueviz.store import Workspace

    workspace = Workspace.open(path, create=True)
    others = [info.key for info in workspace.clients() if info.key not in samples]
    if others:
        raise UsageError("demo_not_alone", path=str(path), found=", ".join(others))
    say(language.words("cli.demo.create", path=str(path)))
    return workspace


def _fill(workspace: Workspace, folder: Path, *, demo: Demo, language: Language) -> None:
    """Register the engagement and import its files through the gate every user goes through."""
    from valueviz.catalog import read_engagement, read_mapping
    from valueviz.intake import import_file

    text = (folder / demo.engagement).read_bytes()
    engagement = read_engagement(text.decode("utf-8"), file=demo.engagement)
    workspace.put_engagement(demo.client, text, engagement, file=demo.engagement)
    say(language.words("cli.demo.client", name=language.names(engagement.name)))
    client = workspace.client(demo.client)
    for entry in demo.files:
        mapping = None
        if entry.mapping is not None:
            mapping = read_mapping((folder / entry.mapping).read_text(encoding="utf-8"), file=entry.mapping)
        result = import_file(client, folder / entry.name, mapping=mapping, propose=mapping is None)
        if not result.rows:
            say(language.words("cli.demo.process", file=entry.name))
            continue
        say(
            language.words(
                "cli.demo.import",
                file=entry.name,
                accepted=language.grouped(result.accepted),
                rejected=language.grouped(result.rejected),
            )
        )


def _write(
    workspace: Workspace, *, client: str, templates: tuple[str, ...], prefix: str, language: Language
) -> list[Path]:
    """The PDFs of one sample, in every language; `prefix` stands before their names."""
    from valueviz import catalog, story, study
    from valueviz.render import pdf
    from valueviz.terms import LOCALES

    known = workspace.client(client)
    answered = study.run(workspace, study.ask(known))
    general = study.run(None, study.ask(None, industry=known.engagement().industry))
    folder = workspace.path / "reports"
    folder.mkdir(exist_ok=True)
    paths = []
    for name in templates:
        about = answered if catalog.template(name).needs_client else general
        for locale in LOCALES:
            document = story.compose(about, story.view(name, locale=locale))
            path = folder / f"{prefix}{name}-{document.language_tag}.pdf"
            save(pdf.render(document), path)
            say(language.words("cli.demo.report", title=document.title))
            paths.append(path)
    return paths

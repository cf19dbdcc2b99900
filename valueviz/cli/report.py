"""`valueviz report`: one PDF, drafted; stdout says its path and SHA-256."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, workspace_path
from valueviz.errors import StoreError, UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.story import Document


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "report", help=language.words("cli.report.help"), description=language.words("cli.report.help")
    )
    document_options(parser, language)
    parser.add_argument("--out", required=True, metavar="FILE.pdf", help=language.words("cli.option.out"))
    parser.set_defaults(run=run)


def document_options(parser: argparse.ArgumentParser, language: Language) -> None:
    """Add what names a document: client, template, industry, brand, as-of date, sites."""
    parser.add_argument("client", nargs="?", metavar="CLIENT", help=language.words("cli.option.client"))
    parser.add_argument("--template", required=True, metavar="NAME", help=language.words("cli.option.template"))
    parser.add_argument("--industry", metavar="KEY", help=language.words("cli.option.industry"))
    parser.add_argument("--brand", default="valueviz", metavar="B", help=language.words("cli.option.brand"))
    parser.add_argument("--as-of", metavar="DATE", help=language.words("cli.option.as_of"))
    parser.add_argument("--sites", metavar="A,B", help=language.words("cli.option.sites"))
    common(parser, language)


def run(args: argparse.Namespace, language: Language) -> int:
    """Write the PDF and print its path and digest."""
    from hashlib import sha256

    from valueviz.render import pdf

    out = Path(args.out)
    if not out.resolve().parent.is_dir():
        raise UsageError("not_a_folder", file=str(out))
    written = pdf.render(document(args, language))
    save(written, out)
    print(out)
    print(sha256(written).hexdigest())
    return 0


def save(content: bytes, out: Path) -> None:
    """Write a file whole or not at all.

    Raises:
        UsageError: "out_no_file" where the path is a folder or a device.
        StoreError: "cannot_write"; nothing is left behind.
    """
    target = out.resolve()  # through a link to the file it names
    if target.exists() and not target.is_file():
        raise UsageError("out_no_file", file=str(out))
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError("cannot_write", file=str(out), found=error.strerror or "") from error


def document(args: argparse.Namespace, language: Language) -> Document:
    """The document the options name.

    Raises:
        UsageError: "client_needed", "bad_date", or an unknown client, template, brand, industry, site.
    """
    from valueviz import catalog, story, study
    from valueviz.store import Workspace

    template = catalog.template(args.template)
    if template.needs_client and args.client is None:
        raise UsageError("client_needed", template=template.key)
    if args.industry is not None:
        catalog.pack(args.industry)
    view = story.view(template.key, locale=language.locale, brand=args.brand)
    as_of = _date(args.as_of, option="--as-of")
    if args.client is None:
        return story.compose(study.run(None, study.ask(None, industry=args.industry, as_of=as_of)), view)
    workspace = Workspace.open(workspace_path(args))
    client = workspace.client(args.client)
    if not template.needs_client:
        question = study.ask(None, industry=args.industry or client.engagement().industry, as_of=as_of)
        return story.compose(study.run(None, question), view)
    sites = tuple(site.strip() for site in (args.sites or "").split(",") if site.strip())
    return story.compose(study.run(workspace, study.ask(client, as_of=as_of, sites=sites)), view)


def _date(text: str | None, *, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("bad_date", option=option, found=text) from None


def say(line: str) -> None:
    """Talk to the user on stderr, at once."""
    print(line, file=sys.stderr, flush=True)

"""`valueviz workbook`: a workbook to fill in, blank or with what a client's workspace knows."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, workspace_path
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.catalog.filling import Filled
    from valueviz.catalog.form import FormPlan

YEARS_BACK, YEARS_AHEAD = 2, 1
"""Calendar years offered around this one where nobody says when go-live is."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser = commands.add_parser(
        "workbook", help=words("cli.workbook.help"), description=words("cli.workbook.description")
    )
    parser.add_argument("industry", metavar="INDUSTRY", help=words("cli.workbook.industry"))
    parser.add_argument("--client", metavar="CLIENT", help=words("cli.workbook.client"))
    parser.add_argument("--go-live", metavar="DATE", help=words("cli.workbook.go_live"))
    parser.add_argument("--out", metavar="FILE.xlsx", required=True, help=words("cli.workbook.out"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Write the workbook and say where it is and what its digest is."""
    import hashlib

    from valueviz.cli.report import save
    from valueviz.render.xlsx import workbook

    out = Path(args.out)
    if out.suffix.lower() != ".xlsx":
        raise UsageError("workbook_suffix", file=args.out)
    if not out.resolve().parent.is_dir():
        raise UsageError("not_a_folder", file=args.out)
    plan, filled = _blank(args, language) if args.client is None else _known(args, language)
    content = workbook(plan, filled=filled)
    save(content, out)
    print(out)
    print(hashlib.sha256(content).hexdigest())
    return 0


def _blank(args: argparse.Namespace, language: Language) -> tuple[FormPlan, Filled | None]:
    from valueviz.catalog import pack
    from valueviz.catalog.form import months_around, months_from, plan

    if args.go_live is not None:
        months = months_around(_day(args.go_live))
    else:
        year = datetime.now(UTC).year
        months = months_from(12 * (year - YEARS_BACK), 12 * (year + YEARS_AHEAD) + 11)
    return plan(pack(args.industry), language.locale, months=months), None


def _known(args: argparse.Namespace, language: Language) -> tuple[FormPlan, Filled | None]:
    from valueviz.intake.known import known, plan_of
    from valueviz.store import Workspace

    client = Workspace.open(workspace_path(args)).client(args.client)
    industry = client.engagement().industry
    if args.industry != industry:
        raise UsageError("workbook_industry", found=args.industry, client=args.client, needed=industry)
    if args.go_live is not None:
        raise UsageError("workbook_go_live", client=args.client)
    filled = known(client)
    return plan_of(client, language.locale, filled=filled), filled


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("bad_option", option="--go-live", found=text, needed="2025-09-01") from error

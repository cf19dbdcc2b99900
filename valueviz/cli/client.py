"""`valueviz client`: creates, amends, lists, shows, renames, hides and erases clients."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit, workspace_path
from valueviz.errors import DefinitionError, UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.store import ImportRecord, Workspace
    from valueviz.terms import Engagement

WORDS = {"list": 0, "show": 1, "rename": 2, "remove": 1, "purge": 1}
"""What the command can do besides putting an engagement, and how many names each needs."""

LARGEST_ENGAGEMENT = 1 << 20
"""Bytes read of an engagement file: a year of steps is a few dozen kilobytes."""


WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
"""Suffixes of files that can only be forms: an engagement is text otherwise."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "client",
        help=language.words("cli.client.help"),
        description=language.words("cli.client.description"),
        usage=language.words("cli.client.usage"),
    )
    parser.add_argument("words", nargs="+", metavar="CLIENT", help=language.words("cli.client.words"))
    parser.add_argument("--engagement", metavar="ENGAGEMENT.toml", help=language.words("cli.client.engagement"))
    parser.add_argument("--yes", action="store_true", help=language.words("cli.client.yes"))
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Do what the first word says; a word that is none of the command's is a client."""
    from valueviz.store import Workspace

    word, *names = args.words
    if word not in WORDS:
        return _put(args, language)
    _check_call(args, word=word, names=names)
    workspace = Workspace.open(workspace_path(args))
    match word:
        case "list":
            _list(workspace, args, language)
        case "show":
            _show(workspace, names[0], args=args, language=language)
        case "rename":
            workspace.rename(names[0], names[1])
            _say(language.words("cli.client.renamed", client=names[0], to=names[1]))
        case "remove":
            workspace.client(names[0]).remove()
            _say(language.words("cli.client.removed", client=names[0]))
        case "purge":
            _purge(workspace, names[0], args=args, language=language)
    return 0


def _check_call(args: argparse.Namespace, *, word: str, names: list[str]) -> None:
    if len(names) != WORDS[word] or args.engagement is not None:
        raise UsageError("client_words", word=word, found=len(names), needed=WORDS[word])


def _put(args: argparse.Namespace, language: Language) -> int:
    from valueviz.catalog import definition_text, read_engagement
    from valueviz.store import Workspace

    key, *rest = args.words
    if rest or args.engagement is None:
        from valueviz.catalog import nearest

        raise UsageError("client_engagement", client=key, nearest=nearest(key, WORDS) if rest else None)
    path = Path(args.engagement)
    data = _bytes(path)
    engagement = read_engagement(definition_text(data, file=path.name), file=path.name)
    workspace = Workspace.open(workspace_path(args), create=True)
    if not _known(workspace, key, engagement):
        workspace.put_engagement(key, data, engagement, file=path.name)
    _say(language.words("cli.client.put", client=key, name=language.names(engagement.name)))
    _note_undefined(workspace, key, file=path.name, language=language)
    if args.json:
        emit(_shown(workspace, key))
    return 0


def _known(workspace: Workspace, key: str, engagement: Engagement) -> bool:
    """Whether a client is described so already, be it in other bytes: a form that came back unchanged is no new version."""
    shown = [info.key for info in workspace.clients() if not info.removed]
    return key in shown and workspace.client(key).engagement() == engagement


def _note_undefined(workspace: Workspace, key: str, *, file: str, language: Language) -> None:
    """Say which promised or controlling metric nobody defines yet: a mapping may still do so."""
    from valueviz.catalog import check_promises, pack_or_general

    client = workspace.client(key)
    engagement = client.engagement()
    known = (*pack_or_general(engagement.industry).metrics, *client.inline_metrics())
    try:
        check_promises(engagement, (metric.key for metric in known), file=file)
    except DefinitionError as undefined:
        _say(language.words("cli.client.undefined", note=language.error(undefined)))


def _bytes(path: Path) -> bytes:
    """The engagement as TOML: that of a workbook that was filled in, else the first bytes of the file.

    One byte more than an engagement may have is read, so that the excess is noticed.
    """
    from valueviz.intake.form import engagement_of, is_form

    if is_form(path) or (path.is_file() and path.suffix.lower() in WORKBOOKS):
        from valueviz.catalog import write_engagement

        return write_engagement(engagement_of(path)).encode()
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_ENGAGEMENT + 1)
    except OSError as failure:
        raise UsageError("file_unreadable", file=str(path), found=failure.strerror or "") from failure


def _list(workspace: Workspace, args: argparse.Namespace, language: Language) -> None:
    clients = workspace.clients()
    if args.json:
        names = [info.names[language.locale] for info in clients]
        told = zip(clients, names, strict=True)
        emit([{"client": info.key, "name": name, "removed": info.removed} for info, name in told])
        return
    for info in clients:
        hidden = f"\t{language.words('cli.client.hidden')}" if info.removed else ""
        print(f"{info.key}\t{language.names(info.names)}{hidden}")


def _shown(workspace: Workspace, key: str) -> dict[str, Any]:
    from dataclasses import asdict

    client = workspace.client(key)
    engagement, state = client.engagement(), client.state()
    return {
        "client": key,
        "name": dict(engagement.name.texts),
        "system": engagement.system,
        "industry": engagement.industry,
        "currency": engagement.currency,
        "go_live": engagement.go_live.isoformat(),
        "synthetic": engagement.synthetic,
        "engagement": state.engagement,
        "knowledge": state.knowledge,
        "imports": [asdict(record) for record in state.imports],
        "reverted": [asdict(record) for record in state.reverted],
    }


def _show(workspace: Workspace, key: str, *, args: argparse.Namespace, language: Language) -> None:
    shown = _shown(workspace, key)
    if args.json:
        emit(shown)
        return
    from valueviz.catalog import pack, packs

    shown["name"] = language.names(workspace.client(key).engagement().name)
    if shown["industry"] in packs():
        shown["industry"] = language.names(pack(shown["industry"]).name)
    for name in ("name", "system", "industry", "currency", "go_live"):
        print(f"{language.words(f'cli.client.field.{name}')}\t{shown[name]}")
    state = workspace.client(key).state()
    for kind, records in (("active", state.imports), ("reverted", state.reverted)):
        if records:
            print(language.words(f"cli.client.{kind}"))
        for record in records:
            print(f"  {_import_line(record, language)}")


def _import_line(record: ImportRecord, language: Language) -> str:
    """One import: its file and rows, whether the file is kept, and what was chosen where values differed."""
    line = language.words(
        "cli.client.import",
        file=record.file,
        accepted=language.grouped(record.accepted),
        rejected=language.grouped(record.rejected),
        snapshot=record.snapshot[:12],
        raw=language.words(f"cli.client.raw.{record.raw_reason}"),
    )
    if record.overlap is None:
        return line
    chosen = language.words(f"cli.client.overlap.{record.overlap}", count=language.grouped(record.replaced))
    return line + language.words("separator.dot") + chosen


def _purge(workspace: Workspace, key: str, *, args: argparse.Namespace, language: Language) -> None:
    if not args.yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError("purge_not_confirmed", client=key)
        print(language.words("cli.client.confirm", client=key), end=" ", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip() != key:
            raise UsageError("purge_not_confirmed", client=key)
    certificate = workspace.purge(key)
    if args.json:
        from dataclasses import asdict

        emit(asdict(certificate))
        return
    print(
        language.words(
            "cli.client.certificate",
            client=certificate.client,
            time=certificate.time,
            files=str(len(certificate.files)),
            entries=str(certificate.entries),
            head=certificate.head,
        )
    )
    for digest in certificate.files:
        print(digest)
    _say(language.words("cli.client.backups"))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

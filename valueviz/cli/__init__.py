"""The command line: stdout is data, stderr is talk; exit codes 0 answered, 1 mismatch, 2 refused, 3 internal.

One module a command, each with `add(commands, language)` and `run(args, language)`. Heavy rooms are
imported inside `run`, so that help stays quick.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from types import TracebackType

from valueviz.cli import (
    backup,
    client,
    demo,
    doctor,
    effect,
    facts,
    import_,
    process,
    report,
    restore,
    revert,
    serve,
    workbook,
)
from valueviz.cli.parser import Parser, Version, speak
from valueviz.errors import StoreError, ValuevizError
from valueviz.language import Language, language, resolve_locale, stream_errors

COMMANDS = (demo, workbook, client, import_, revert, report, facts, effect, process, serve, doctor, backup, restore)
"""In the order in which a newcomer meets them."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one call of the command line.

    Args:
        argv: the arguments without the program's name; None takes those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _loosen_streams()
    sys.excepthook = _internal
    tongue = language("en")
    try:
        tongue = language(resolve_locale(_asked_language(arguments), dict(os.environ)))
        speak(tongue)
        args = _parser(tongue).parse_args(arguments)
        code: int = args.run(args, tongue)
        sys.stdout.flush()
    except ValuevizError as refusal:
        print(tongue.error(refusal), file=sys.stderr)
        return refusal.exit_code
    except OSError as failure:
        return _unwritten(failure, tongue)
    except KeyboardInterrupt:
        return 130
    return code


def _unwritten(failure: OSError, tongue: Language) -> int:
    """The exit code where stdout takes no more: nobody reads on, or the disk behind it is full."""
    if failure.errno not in (errno.EPIPE, errno.ENOSPC):
        raise failure
    # what is left in the buffer goes nowhere, so that leaving does not fail as well
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if failure.errno == errno.EPIPE:
        return 0
    refusal = StoreError("disk_full", folder="stdout")
    print(tongue.error(refusal), file=sys.stderr)
    return refusal.exit_code


def _parser(tongue: Language) -> Parser:
    parser = Parser(prog="valueviz", description=tongue.words("cli.description"), epilog=tongue.words("cli.epilog"))
    parser.add_argument("--version", action=Version, help=tongue.words("cli.version"))
    parser.add_argument("--lang", metavar="zh|en", help=tongue.words("cli.option.lang"))
    commands = parser.add_subparsers(
        title=tongue.words("cli.commands"), metavar="COMMAND", dest="command", required=True
    )
    for module in COMMANDS:
        module.add(commands, tongue)
    return parser


def _asked_language(arguments: Sequence[str]) -> str | None:
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


def _loosen_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=stream_errors())


def _internal(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Leave with 3 on what nobody foresaw; the traceback is for the bug report."""
    import traceback

    traceback.print_exception(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(3)

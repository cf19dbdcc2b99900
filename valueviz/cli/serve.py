"""`valueviz serve`: the page on this machine, with safe settings, until Ctrl+C."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from valueviz.cli.call import common, warn_of_place, workspace_path
from valueviz.cli.report import say
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    import subprocess

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Until there is a sign-in, nobody beyond this machine may see a client's data."""

STARTUP_SECONDS = 60.0
"""A cold start on a slow laptop stays well below this."""

POLL_SECONDS = 0.1
"""Often enough that nobody waits for the poll."""

PORTS_TRIED = 20
"""How many ports from the wished one on are tried before giving up."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "serve", help=language.words("cli.serve.help"), description=language.words("cli.serve.help")
    )
    parser.add_argument("--host", default="127.0.0.1", help=language.words("cli.serve.host"))
    parser.add_argument("--port", type=int, default=8501, help=language.words("cli.serve.port"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Serve until interrupted."""
    return serve(workspace_path(args), language, host=args.host, port=args.port)


def serve(workspace: Path, language: Language, *, host: str = "127.0.0.1", port: int = 8501) -> int:
    """Start the app in a child process, say where it is, and wait for it.

    Raises:
        UsageError: "beyond_loopback" or "port_taken".
        StoreError: the folder is no workspace, or one of a newer format; a missing one is made on the page.
    """
    import signal
    import subprocess

    from valueviz import catalog
    from valueviz.store import Workspace

    if host not in LOOPBACK:
        raise UsageError("beyond_loopback", host=host)
    if workspace.exists():
        Workspace.open(workspace)
    else:
        say(language.words("cli.serve.no_workspace", path=str(workspace)))
    warn_of_place(workspace, language)
    free = _free_port(host, port)
    environment = os.environ | {
        "VALUEVIZ_WORKSPACE": str(workspace.resolve()),
        "VALUEVIZ_LANG": language.tag,
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }
    app = catalog.shipped("app.py")
    child = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", app.name, f"--server.address={host}", f"--server.port={free}"],
        cwd=app.parent,  # its .streamlit/config.toml holds the safe settings
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://{host}:{free}"
    signal.signal(signal.SIGTERM, _interrupted)  # whoever ends this process ends the server with it
    try:
        _await(child, url)
        if child.poll() is None:
            say(language.words("cli.serve.running", url=url))
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        say(language.words("cli.serve.stopped"))
        return 0


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the server answers, or it has ended, or a minute has passed."""
    import urllib.request

    for _ in range(int(STARTUP_SECONDS / POLL_SECONDS)):
        if process.poll() is not None:
            return
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(POLL_SECONDS)


def _free_port(host: str, wished: int) -> int:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wished, wished + PORTS_TRIED):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise UsageError("port_taken", port=wished, tried=PORTS_TRIED)

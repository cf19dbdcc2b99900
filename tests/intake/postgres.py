"""A PostgreSQL of our own for a test session: a cluster in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PASSWORD = "s3cret:/?#@%"
"""Characters that an address must escape and that no message may show."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL on this machine, None where there is none."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += [each.parent for each in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    return found[-1] if found else None


class Postgres:
    """A running cluster."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, *, user: str = "owner", password: str = PASSWORD, database: str = "postgres") -> str:
        """The address of a database of the cluster."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last statement; all are committed."""
        from pg8000 import dbapi

        connection = dbapi.connect(
            "owner", password=PASSWORD, host="127.0.0.1", port=self.port, database="postgres", timeout=20
        )
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            rows = [tuple(row) for row in cursor.fetchall()] if cursor.description else []
            connection.commit()
            return rows
        finally:
            connection.close()


@contextmanager
def cluster(binaries: Path) -> Iterator[Postgres]:
    """A cluster that needs no durability, started and stopped; passwords go over the wire as they are, which is quick."""
    with tempfile.TemporaryDirectory(prefix="valueviz-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if _is_root():
            for each in (folder, folder / "password"):
                shutil.chown(each, "postgres", "postgres")
        data, port = folder / "data", _free_port()
        rules = ["-A", "password", "-E", "UTF8", "--locale=C", "--no-sync"]
        _call(binaries / "initdb", "-D", data, "-U", "owner", "--pwfile", folder / "password", *rules)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c timezone=Asia/Shanghai"
        _call(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield Postgres(port)
        finally:
            _call(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _call(program: Path, *arguments: object) -> None:
    """Run a program of PostgreSQL, which refuses to be run by root."""
    before = ["runuser", "-u", "postgres", "--"] if _is_root() else []
    command = [*before, str(program), *map(str, arguments)]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

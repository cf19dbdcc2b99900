"""Queries against a real PostgreSQL and SQLite: read exactly, write nothing, and never tell a password."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.intake.postgres import PASSWORD, Postgres, cluster, programs
from valueviz.catalog import read_engagement, read_mapping
from valueviz.errors import ValuevizError
from valueviz.intake import database
from valueviz.intake.sql import address, import_query, read_query
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import LOCALES
from valueviz.workers import Progress

ENGAGEMENT = """\
name = "华东制造 (synthetic)"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-03-01
"""

MAPPING = """\
layout = "long"
[columns]
date = "day"
value = "days"
metric = "month_close_days"
dimensions = ["site"]
"""

PLANTED = (
    "CREATE TABLE closing (day date, days numeric(12,3), site text, at timestamptz, took interval, note jsonb)",
    """INSERT INTO closing
    SELECT date '2024-01-01' + (n * interval '1 month'), 10 - n / 8.0, '华东, "一厂"' || E'\\n' || '园区',
           timestamptz '2024-01-01 08:30:00+08', interval '1 day 01:02:03', '{"a": [1, null]}'
    FROM generate_series(0, 11) AS n""",
    "INSERT INTO closing VALUES ('2025-01-01', NULL, '', NULL, NULL, NULL)",
    "CREATE SEQUENCE counter",
    "CREATE FUNCTION meddle() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM closing; RETURN 1; END'",
    "CREATE ROLE reader LOGIN PASSWORD 'r'",
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A cluster with a planted table, for all tests of this file."""
    binaries = programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with cluster(binaries) as running:
        running.run(*PLANTED)
        yield running


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client without imports."""
    workspace = Workspace.open(tmp_path / "工作区", create=True)
    engagement = read_engagement(ENGAGEMENT, file="e.toml")
    workspace.put_engagement("acme", ENGAGEMENT.encode(), engagement, file="e.toml")
    return workspace.client("acme")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch, without_child: None) -> None:
    """The child's side is called directly: whether children are capped is tested elsewhere."""
    monkeypatch.setattr("valueviz.intake.sql.run", sys.modules["valueviz.workers"].run)


def asked(url: str, query: str, tmp_path: Path) -> list[str]:
    """The lines of a result's file."""
    out = tmp_path / "out.csv"
    told: Progress = lambda stage, share: None  # noqa: E731
    answer = database.fetch(progress=told, url=url, query=query, name="q.sql", out=str(out))
    lines = out.read_text(encoding="utf-8").splitlines()
    assert answer["rows"] <= len(lines)
    return lines


def refused(call: Callable[[], object]) -> ValuevizError:
    """The refusal of a call; its sentence in every language, and its code and fields, hold no password."""
    with pytest.raises(ValuevizError) as caught:
        call()
    for told in (str(caught.value), *(language(each).error(caught.value) for each in LOCALES)):
        assert PASSWORD not in told
        assert "s3cret" not in told
    return caught.value


# What is read ────────────────────────────────────────────────────────────────


def test_a_result_becomes_observations_and_its_query_is_the_evidence(postgres: Postgres, client: Client) -> None:
    query = "-- closing\nSELECT day, days, site FROM closing WHERE site LIKE '%厂%' OR days IS NULL ORDER BY day;\n"
    result = import_query(
        client, postgres.url(), query, name="closing.sql", mapping=read_mapping(MAPPING, file="m.toml")
    )
    assert (result.rows, result.accepted, result.rejected, result.missing) == (13, 13, 0, 1)
    (record,) = client.imports()
    assert (record.file, record.source, record.raw, record.raw_reason) == (
        "127.0.0.1/postgres: closing.sql",
        "sql",
        False,
        "query",
    )
    assert record.query == sha256(query.encode()).hexdigest()
    assert (client.folder / "raw" / record.query).read_text(encoding="utf-8") == query
    rows = pq.read_table(client.folder / "snapshots" / f"{record.snapshot}.parquet").to_pylist()
    assert [row["value"] for row in rows] == [*(10 - n / 8 for n in range(12)), None]
    assert rows[0]["unit"] == '{"site":"华东, \\"一厂\\" 园区"}'


def test_the_same_query_with_the_same_result_is_recognised(postgres: Postgres, client: Client) -> None:
    call = {"name": "a.sql", "mapping": read_mapping(MAPPING, file="m.toml")}
    query = "SELECT day, days, 'A' AS site FROM closing ORDER BY day"
    import_query(client, postgres.url(), query, **call)  # type: ignore[arg-type]
    again = import_query(client, postgres.url(), query, **call)  # type: ignore[arg-type]
    assert ("already_imported" in again.warnings, again.known_as) == (True, "127.0.0.1/postgres: a.sql")
    assert len(client.imports()) == 1


def test_no_password_is_kept_anywhere(postgres: Postgres, client: Client) -> None:
    mapping = read_mapping(MAPPING, file="m.toml")
    import_query(client, postgres.url(), "SELECT day, days, 'A' AS site FROM closing", mapping=mapping)
    kept = [path.read_bytes() for path in client.folder.rglob("*") if path.is_file()]
    assert len(kept) > 4
    assert not any(b"s3cret" in content or b"owner" in content for content in kept)


def test_every_type_is_written_as_it_is(postgres: Postgres, tmp_path: Path) -> None:
    query = """SELECT date '2025-03-07' AS a, timestamp '2025-03-07 10:00' AS b, timestamptz '2025-03-07 10:00+08' AS c,
        1203.400::numeric(12,3) AS d, 1e-7::numeric AS e, 0.1::float8 AS f, 1e300::float8 AS g, 42::bigint AS h,
        true AS i, NULL::text AS j, '' AS k, interval '26:00:05' AS l, '{"x": 1}'::jsonb AS m, '\\x00ff'::bytea AS n,
        'a%s %' AS o, ':colon ::x' AS p"""
    header, row = asked(postgres.url(), query, tmp_path)
    assert header == "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"
    assert row == (
        "2025-03-07,2025-03-07 10:00:00,2025-03-07 10:00:00+08:00,1203.400,0.0000001,0.1,1e+300,42,true,,,"
        '26:00:05,"{""x"": 1}",00ff,a%s %,:colon ::x'
    )


def test_a_long_result_arrives_in_blocks_and_in_order(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BLOCK_ROWS", 100)
    lines = asked(postgres.url(), "SELECT n FROM generate_series(1, 1050) AS n ORDER BY n", tmp_path)
    assert lines == ["n", *map(str, range(1, 1051))]


def test_a_result_above_the_limit_is_refused(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MOST_ROWS", 10)
    failure = refused(lambda: asked(postgres.url(), "SELECT generate_series(1, 11)", tmp_path))
    assert failure.code == "sql_too_many_rows"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT day, days, site FROM closing WHERE false", "header_only"),
        ("SELECT day, days, site, site FROM closing", "duplicate_header"),
        ("SELECT day, site FROM closing", "missing_column"),
    ],
)
def test_refusals_of_the_gate_name_the_query(postgres: Postgres, client: Client, query: str, code: str) -> None:
    mapping = read_mapping(MAPPING, file="m.toml")
    failure = refused(lambda: import_query(client, postgres.url(), query, name="q.sql", mapping=mapping))
    assert (failure.code, failure.fields["file"]) == (code, "127.0.0.1/postgres: q.sql")
    assert client.imports() == ()


# What would write ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("DELETE FROM closing", "sql_writes"),
        ("delete from closing returning *", "sql_writes"),
        ("-- only reading\n\nUPDATE closing SET days = 0", "sql_writes"),
        ("SELECT * INTO taken FROM closing", "sql_writes"),
        ("WITH gone AS (DELETE FROM closing RETURNING *) SELECT * FROM gone", "sql_writes"),
        ("SELECT meddle()", "sql_writes"),
        ("SELECT nextval('counter')", "sql_writes"),
        ("SELECT * FROM closing FOR UPDATE", "sql_writes"),
        ("CREATE TABLE taken (a int)", "sql_writes"),
        ("DROP TABLE closing", "sql_writes"),
        ("COPY closing TO PROGRAM 'true'", "sql_writes"),
        ("SELECT set_config('transaction_read_only', 'off', false), meddle()", "sql_writes"),
        ("SELECT 1; DELETE FROM closing", "sql_several"),
        ("SELECT 1; COMMIT; SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; DELETE FROM closing", "sql_several"),
        ("SELECT 1;\n-- and\nSELECT 2", "sql_several"),
    ],
)
def test_the_database_refuses_whatever_would_write(
    postgres: Postgres, tmp_path: Path, *, query: str, code: str
) -> None:
    before = postgres.run("SELECT count(*), sum(days) FROM closing")
    assert refused(lambda: asked(postgres.url(), query, tmp_path)).code == code
    assert postgres.run("SELECT count(*), sum(days) FROM closing") == before
    assert postgres.run("SELECT count(*) FROM pg_class WHERE relname = 'taken'") == [(0,)]


def test_what_a_read_only_transaction_lets_through_is_rolled_back(postgres: Postgres, tmp_path: Path) -> None:
    asked(postgres.url(), "SELECT lo_create(0)", tmp_path)
    assert postgres.run("SELECT count(*) FROM pg_largeobject_metadata") == [(0,)]


def test_a_query_that_takes_too_long_is_stopped(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 0.1)
    assert refused(lambda: asked(postgres.url(), "SELECT pg_sleep(20)", tmp_path)).code == "sql_timeout"


@pytest.mark.parametrize(
    ("query", "row", "found"),
    [
        ("SELECT\n  nope\nFROM closing", 2, "nope"),
        ("\n\n-- a remark\nSELECT 1 FROM FROM", 4, "FROM"),
        ("SELECT * FROM nowhere", 1, "nowhere"),
    ],
)
def test_a_query_that_is_wrong_is_refused_with_its_line(
    postgres: Postgres, tmp_path: Path, *, query: str, row: int, found: str
) -> None:
    failure = refused(lambda: asked(postgres.url(), query, tmp_path))
    assert (failure.code, failure.fields["row"]) == ("sql_failed", row)
    assert found in str(failure.fields["found"])


# Who is asked ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        {"password": "s3cret-but-wrong"},
        {"database": "nowhere"},
        {"user": "nobody"},
        {"port": 1},
    ],
    ids=str,
)
def test_a_database_that_cannot_be_asked_is_named_without_the_password(
    postgres: Postgres, tmp_path: Path, *, change: dict[str, Any]
) -> None:
    where = Postgres(change.pop("port", postgres.port))
    failure = refused(lambda: asked(where.url(**change), "SELECT 1", tmp_path))
    assert failure.code == "sql_unreachable"
    assert str(failure.fields["place"]).startswith("127.0.0.1/")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://owner:s3cret@h/d", "sql_dialect"),
        ("oracle+oracledb://owner:s3cret@h/d", "sql_dialect"),
        ("owner:s3cret@h", "sql_address"),
        ("postgresql://owner:s3cret@h:port/d", "sql_address"),
        ("", "sql_address"),
        ("postgresql://owner:s3cret@127.0.0.1/d?options=-c", "sql_option"),
        ("postgresql://owner:s3cret@127.0.0.1/d?sslmode=maybe", "sql_option"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, *, url: str, code: str) -> None:
    assert refused(lambda: asked(url, "SELECT 1", tmp_path)).code == code


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:Gehe1m@Wort9@127.0.0.1/k",
        "postgresql://reader:Gehe1m@Wort9/x@127.0.0.1/k",
        "postgresql+pg8000://reader@corp:Gehe1m@127.0.0.1/k",
    ],
)
def test_a_password_with_a_sign_that_is_not_encoded_is_refused_before_any_part_of_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr("valueviz.intake.database._postgresql", None)
    failure = refused(lambda: asked(url, "SELECT 1", tmp_path))
    assert failure.code == "sql_address"
    said = language("en").error(failure)
    assert "%40" in said
    assert not any(part in said for part in ("Gehe1m", "Wort9", "127.0.0.1"))


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy.engine", None)
    failure = refused(lambda: asked("postgresql://h/d", "SELECT 1", tmp_path))
    assert failure.code == "sql_extra_missing"
    assert 'pip install "valueviz[sql]"' in language("en").error(failure)


def test_an_address_comes_from_the_environment_and_is_missed_by_its_name() -> None:
    assert address("env:DB", {"DB": "sqlite:///x"}) == "sqlite:///x"
    assert address("sqlite:///x", {}) == "sqlite:///x"
    assert refused(lambda: address("env:DB", {"DB": ""})).fields == {"found": "DB"}


def test_a_query_file_is_text_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    assert refused(lambda: read_query(path)).code == "input_missing"
    path.write_bytes("SELECT '\u4e2d'".encode("gbk"))
    assert refused(lambda: read_query(path)).code == "unknown_characters"
    path.write_bytes(b"-" * ((1 << 20) + 1))
    assert refused(lambda: read_query(path)).code == "sql_too_long"
    path.write_bytes(b"\xef\xbb\xbfSELECT 1")
    assert read_query(path) == "SELECT 1"
    assert refused(lambda: asked("sqlite:///x", " ;\n", tmp_path)).code == "empty_file"


# SQLite ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite file at a path with Chinese, spaces and a question mark."""
    folder = tmp_path / "数据 1?#"
    folder.mkdir()
    with sqlite3.connect(folder / "ops.db") as connection:
        connection.execute("CREATE TABLE closing (day TEXT, days REAL, note)")
        connection.executemany(
            "INSERT INTO closing VALUES (?, ?, ?)", [("2025-01-01", 0.1, None), ("2025-02-01", 7, "x")]
        )
    connection.close()
    return folder / "ops.db"


def sqlite_url(path: Path) -> str:
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(path)).render_as_string()


def test_a_sqlite_file_is_read(file: Path, tmp_path: Path) -> None:
    lines = asked(sqlite_url(file), "SELECT day, days, note FROM closing ORDER BY day", tmp_path)
    assert lines == ["day,days,note", "2025-01-01,0.1,", "2025-02-01,7.0,x"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("DELETE FROM closing", "sql_writes"),
        ("INSERT INTO closing VALUES (1, 2, 3) RETURNING *", "sql_writes"),
        ("ATTACH 'taken.db' AS taken", "sql_writes"),
        ("PRAGMA user_version = 3", "sql_writes"),
        ("CREATE TEMP TABLE t (a)", "sql_writes"),
        ("SELECT 1; DELETE FROM closing", "sql_several"),
        ("SELECT nope FROM closing", "sql_failed"),
        ("SELECT load_extension('x')", "sql_writes"),
    ],
)
def test_a_sqlite_file_is_never_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, query: str, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = file.read_bytes()
    assert refused(lambda: asked(sqlite_url(file), query, tmp_path)).code == code
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["ops.db"]
    assert not (tmp_path / "taken.db").exists()


def test_a_sqlite_query_that_takes_too_long_is_stopped(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert refused(lambda: asked(sqlite_url(file), endless, tmp_path)).code == "sql_timeout"


def test_a_sqlite_file_that_is_none_is_refused_and_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    assert refused(lambda: asked(sqlite_url(missing), "SELECT 1", tmp_path)).code == "sql_unreachable"
    assert not missing.exists()
    text = tmp_path / "text.db"
    text.write_text("day,days\n" * 200)
    assert refused(lambda: asked(sqlite_url(text), "SELECT 1 FROM x", tmp_path)).code == "sql_failed"


# The command ─────────────────────────────────────────────────────────────────

COMMAND = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no list of processes in files")
def test_the_command_imports_a_query_and_no_process_shows_the_password(
    postgres: Postgres, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "closing.sql").write_text(
        "SELECT day, days, site FROM closing, pg_sleep(0.3) ORDER BY day", encoding="utf-8"
    )
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    source = ["--sql", "env:DB", "--query", str(tmp_path / "closing.sql"), "--mapping", str(tmp_path / "m.toml")]
    call = ["import", "acme", *source, "--json"]
    environment = os.environ | {"DB": postgres.url(), "VALUEVIZ_WORKSPACE": str(client.folder.parents[1])}
    seen: set[str] = set()
    with subprocess.Popen(
        [*COMMAND, *call], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as child:
        while child.poll() is None:
            seen |= {line for line in _command_lines() if "valueviz" in line}
        told, talk = child.communicate()
    assert child.returncode == 0, talk
    assert any("valueviz.workers" in line for line in seen)
    assert not any("s3cret" in line for line in (*seen, told, talk))
    result = json.loads(told)
    assert (result["file"], result["rows"]) == ("127.0.0.1/postgres: closing.sql", 13)


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().decode("utf-8", "replace")
        except OSError:  # it ended meanwhile
            continue


@pytest.mark.parametrize(
    "words", [[], ["--sql", "env:DB"], ["--query", "q.sql"], ["f.csv", "--sql", "x", "--query", "y"]], ids=str
)
def test_a_call_names_one_source(client: Client, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from valueviz.cli import main

    assert main(["import", "acme", *words, "--workspace", str(client.folder.parents[1]), "--lang", "en"]) == 2
    assert "One source is needed" in capsys.readouterr().err

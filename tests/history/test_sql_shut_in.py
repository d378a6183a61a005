"""SQL from people: everything that it must not be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.errors import BadRequest
from wacket.history.query import Query
from wacket.history.sql import Answer, Names

pytestmark = pytest.mark.slow  # each test writes Parquet files


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    (tmp_path / "store").mkdir()
    past = FakePast(tmp_path / "store")
    past.seal_readings([1], [1_764_547_200_000_000], [1.0])
    return past


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()
    assert past.views == 0
    assert past.damage == []


def ask(query: Query, text: str) -> Answer:
    return query.sql(text, 1000, Names())


@pytest.mark.parametrize(
    "text",
    [
        "insert into readings values (1)",
        "delete from readings",
        "drop view readings",
        "create table t as select 1",
        "create or replace view readings as select 1",
        "copy (select 1) to '{folder}/evil.csv'",
        "copy readings to '{folder}/evil.parquet'",
        "copy (select 1) to '{segment}' (format parquet, use_tmp_file false)",
        "explain analyze copy (select 1) to '{segment}' (format parquet, use_tmp_file false)",
        "explain select 1",
        "export database '{folder}/evil'",
        "attach '{folder}/evil.db'",
        "install httpfs",
        "load httpfs",
        "load '{folder}/evil.so'",
        "set threads = 9",
        "set enable_external_access = true",
        "reset enable_external_access",
        "pragma threads = 9",
        "pragma enable_external_access",
        "call enable_logging()",
        "prepare p as select 1",
        "begin",
        "checkpoint",
        "vacuum",
        "set variable x = 1",
        "create secret s (type s3)",
        "select 1; select 2",
        "select 1; copy (select 1) to '{folder}/evil.csv'",
        "",
        ";",
        "-- nothing",
    ],
)
def test_only_one_select_is_taken(past: FakePast, query: Query, text: str, tmp_path: Path) -> None:
    segment = Path(past.readings[0].path)
    before = segment.read_bytes()
    with pytest.raises(BadRequest) as caught:
        ask(query, text.format(folder=tmp_path, segment=segment))
    assert caught.value.field == "sql"
    assert segment.read_bytes() == before
    assert not list(tmp_path.glob("evil*"))


@pytest.mark.parametrize(
    "text",
    [
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from read_blob('{secret}')",
        "select * from read_json('{secret}')",
        "select * from sniff_csv('{secret}')",
        "select * from read_parquet('{other}')",
        "select * from '{other}'",
        "select * from parquet_metadata('{other}')",
        "select * from read_parquet('{store}/../other.parquet')",
        "select * from read_parquet('{store}/*.parquet')",
        "select * from glob('{folder}/*')",
        "select * from glob('/etc/*')",
        "select * from read_csv('https://example.com/x.csv')",
        "select * from read_csv('/dev/stdin')",
        "select * from duckdb_secrets()",
        "select getenv('HOME')",
        "select * from query('copy (select 1) to ''{folder}/evil.csv''')",
        "select * from past",
        "select * from readings) as x, read_csv('{secret}') as (y",
        "with a as (insert into b values (1) returning *) select * from a",
    ],
)
def test_no_other_file_network_or_variable_can_be_reached(
    past: FakePast, query: Query, text: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n")
    other = tmp_path / "other.parquet"
    other.write_bytes(Path(past.readings[0].path).read_bytes())
    with pytest.raises(BadRequest) as caught:
        ask(query, text.format(secret=secret, other=other, store=past.folder, folder=tmp_path))
    assert "hunter2" not in str(caught.value)
    assert not list(tmp_path.glob("evil*"))


@pytest.mark.parametrize(
    "text",
    [
        "select write_log(chr(27) || '[2J', scope := 'database') from enable_logging(storage = 'stdout')",
        """select system.main."Write_Log"('x', scope := 'database') from "Enable_Logging"(storage = 'stdout')""",
        "select * from enable_logging/**/(storage = 'stdout')",
        "select * from enable_profiling(format = 'json', save_location = '{folder}/evil.json')",
        "select * from query('select * from enable_' || 'logging(storage = ''stdout'')')",
        "select * from query_table('readings')",
        "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
        "with a as (select list_transform(['x'], lambda y: write_log(y))) select 1",
    ],
)
def test_nothing_is_written_to_the_terminal_or_a_log_of_the_engine(
    query: Query, text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadRequest, match=r"\(\) is not possible here"):
        ask(query, text.format(folder=tmp_path))
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.glob("evil*"))


def test_the_names_of_what_is_refused_may_be_looked_for(query: Query) -> None:
    text = """select query, '"function_name":"query"' from (select 'write_log()' as query)"""
    assert ask(query, text).rows == [["write_log()", '"function_name":"query"']]


def test_the_doors_stay_locked_from_within(query: Query) -> None:
    wanted = ("enable_external_access", "lock_configuration", "python_enable_replacements", "temp_directory")
    answer = ask(query, f"select name, value from duckdb_settings() where name in {wanted} order by name")
    assert answer.rows == [
        ["enable_external_access", "false"],
        ["lock_configuration", "true"],
        ["python_enable_replacements", "false"],
        ["temp_directory", ""],
    ]

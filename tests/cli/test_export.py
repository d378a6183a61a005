"""wacket export: streams to the pipe or to a file that is whole or not there."""

import gzip
import os
import threading

READINGS = "GET /api/v1/export/readings"


def test_ndjson_to_the_pipe_is_the_default(hub, wacket):
    hub.answers[READINGS] = (200, b'{"a":1}\n', {})
    assert wacket("export", "readings", "--match", "a/*", "--match", "b", "--since", "7d").out == '{"a":1}\n'
    assert hub.last().query == {"match": ["a/*", "b"], "since": ["7d"], "format": ["ndjson"]}


def test_the_name_of_the_file_chooses_the_format_and_the_bytes_arrive_unchanged(hub, wacket, tmp_path):
    data = bytes(range(256)) * 5000
    hub.answers[READINGS] = (200, gzip.compress(data), {"Content-Encoding": "gzip"})
    path = tmp_path / "out.parquet"
    ran = wacket("export", "readings", "-o", str(path))
    assert path.read_bytes() == data and "1.3 MB" in ran.err
    assert hub.last().query == {"format": ["parquet"]}


def test_an_export_that_breaks_leaves_no_file(hub, wacket, tmp_path):
    hub.answers[READINGS] = (200, b"short", {"Content-Length": "1000", "Connection": "close"})
    ran = wacket("export", "readings", "-o", str(tmp_path / "out.csv"), "--timeout", "0.2")
    assert ran.code == 5 and list(tmp_path.iterdir()) == []


def test_logs_have_no_series_to_match(hub, wacket):
    ran = wacket("export", "logs", "--match", "a/*")
    assert ran.code == 2 and not hub.asked


def test_readings_have_no_words_to_find(hub, wacket):
    ran = wacket("export", "readings", "--find", "valve")
    assert ran.code == 2 and "--match" in ran.err and not hub.asked


def test_a_name_that_says_no_format_needs_one_to_be_said(hub, wacket, tmp_path):
    hub.answers[READINGS] = (200, b"a\n", {})
    ran = wacket("export", "readings", "-o", str(tmp_path / "a.csv.gz"))
    assert ran.code == 2 and "--format" in ran.err and not hub.asked
    assert wacket("export", "readings", "-o", str(tmp_path / "a.txt"), "--format", "csv").code == 0
    assert hub.last().query == {"format": ["csv"]}


def test_a_pipe_is_written_to_and_stays_a_pipe(hub, wacket, tmp_path):
    hub.answers[READINGS] = (200, b'{"a":1}\n', {})
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()), daemon=True)
    reader.start()
    assert wacket("export", "readings", "-o", str(path)).code == 0
    reader.join(10)
    assert path.is_fifo() and read == [b'{"a":1}\n']

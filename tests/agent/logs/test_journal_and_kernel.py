"""The system's journal, through a `journalctl` that the test scripts, and the kernel's messages."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.logs import journal_entries, journald, kernel
from wacket_agent.logs.entries import Entry, encode
from wacket_agent.logs.journald import Journal

from .conftest import AT, Kept

ENTRY = {
    "__CURSOR": "s=1;i=a;b=2",
    "__REALTIME_TIMESTAMP": str(AT),
    "MESSAGE": "Started the oven.",
    "PRIORITY": "4",
    "_SYSTEMD_UNIT": "oven.service",
    "SYSLOG_IDENTIFIER": "oven",
    "_PID": "12",
}


def made(**members: object) -> str:
    return json.dumps({**ENTRY, **members})


def test_an_entry_of_the_journal() -> None:
    cursor, entry = journal_entries.read(made(), 0)
    assert cursor == "s=1;i=a;b=2"
    attrs = {"unit": "oven.service", "process": "oven", "pid": "12", "container": ""}
    assert entry == Entry(AT, "warn", "Started the oven.", "journal", attrs)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ([104, 105, 255], "hi\N{REPLACEMENT CHARACTER}"),
        (["one", [116, 119, 111]], "one\ntwo"),
        (None, ""),
        (7, ""),
        ([300, 1], ""),
        ([[[1]]], ""),
    ],
)
def test_messages_that_are_no_plain_text(message: object, text: str) -> None:
    assert journal_entries.read(made(MESSAGE=message), 0).entry.message == text


def test_of_the_kernel_the_source_is_the_kernel() -> None:
    assert journal_entries.read(made(_TRANSPORT="kernel"), 0).entry == Entry(
        AT, "warn", "Started the oven.", "kernel", {}
    )


def test_what_the_agent_said_itself_is_left_out() -> None:
    assert journal_entries.read(made(_SYSTEMD_UNIT="wacket-agent.service"), 0) == ("s=1;i=a;b=2", None)


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v, max_size=4))


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from([*ENTRY, "_TRANSPORT"]), json_values))
def test_anything_in_an_entry_gives_an_entry_or_none(members: dict[str, object]) -> None:
    cursor, entry = journal_entries.read(json.dumps(members), AT)
    assert (entry is None) <= (cursor == "" or members.get("_SYSTEMD_UNIT") is not None)
    assert entry is None or encode(entry).endswith(b"\n")


@given(st.text())
def test_a_line_that_is_no_entry_is_none(line: str) -> None:
    assert journal_entries.read(line, AT) == ("", None)


FAKE = """#!{python} -IS
import json, sys, time
after = [word.partition("=")[2] for word in sys.argv if word.startswith("--after-cursor=")]
state = {state!r}
with open(state, "a") as file: file.write((after or ["now"])[0] + "\\n")
{then}
"""
THREE = """
for number in range(int(after[0]) + 1 if after else 0, (int(after[0]) if after else -1) + 4):
    print(json.dumps({"__CURSOR": str(number), "MESSAGE": f"entry {number}"}), flush=True)
sys.stdin.read() or time.sleep(60)
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a journalctl on the path; gives the cursors that it was started with."""

    def make(then: str) -> Path:
        program, state = tmp_path / "bin" / "journalctl", tmp_path / "starts"
        program.parent.mkdir()
        program.write_text(FAKE.format(python=sys.executable, state=str(state), then=then))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        return state

    return make


def poll_until(journal: Journal, enough, now: float = 1000.0) -> None:
    deadline = time.monotonic() + 30
    while not enough():
        assert time.monotonic() < deadline, "nothing came"
        journal.poll(now, AT)


@pytest.mark.slow
def test_the_journal_goes_on_after_the_last_entry(script, kept: Kept) -> None:
    starts = script(THREE)
    for count in (3, 6):
        outlet = kept.outlet()
        journal = Journal(outlet.marks.get(journald.MARK, ""), outlet)
        poll_until(journal, lambda count=count: len(kept.lines) == count)
        journal.close()
    assert kept.messages() == [f"entry {number}" for number in range(6)]
    assert starts.read_text().splitlines() == ["now", "2"]


@pytest.mark.slow
def test_a_cursor_that_is_of_no_use_is_given_up_and_told(script, kept: Kept) -> None:
    starts = script("sys.exit(1) if after else time.sleep(60)")
    outlet = kept.outlet()
    journal = Journal("gone", outlet)
    now = 1000.0
    for tries in (1, 2, 3, 4):
        poll_until(journal, lambda tries=tries: starts.exists() and len(starts.read_text().split()) == tries, now)
        if tries < 4:
            poll_until(journal, lambda: journal._child is None, now)
        now += 100
    journal.close()
    assert starts.read_text().split() == ["gone", "gone", "gone", "now"]
    (told,) = kept.messages()
    assert told.startswith("the journal cannot be read: journalctl ended with status 1; it is read from now on")


def test_an_entry_that_is_too_long_is_counted(kept: Kept) -> None:
    journal = Journal("", kept.outlet())
    for piece in (made(MESSAGE="x" * journald.LONGEST).encode() + b"\n", made(__CURSOR="next").encode() + b"\n"):
        journal._take(piece, AT)
    assert kept.messages() == ["a message of 262323 bytes was left out", "Started the oven."]


def test_a_record_of_the_kernel() -> None:
    number, entry = kernel.read(rb"4,339,5140900,-;eth0: \x09link\x0a up" + b"\n SUBSYSTEM=net\n", AT)
    assert (number, entry) == (339, Entry(AT + 5_140_900, "warn", "eth0: \tlink\n up", "kernel", {}))
    assert kernel.read(b"30,1,2,c;from a program", AT)[1].attrs == {"facility": "3"}


@given(st.binary())
def test_no_record_of_the_kernel_is_an_error(record: bytes) -> None:
    found = kernel.read(record, AT)
    assert found is None or encode(found[1]).endswith(b"\n")


class Records:
    """`/dev/kmsg` as the kernel gives it: one record at each read, EPIPE where some were overwritten."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, records: list[object]) -> None:
        self.records = records
        monkeypatch.setattr(kernel.os, "read", self.read)

    def read(self, descriptor: int, most: int) -> bytes:
        if not self.records:
            raise BlockingIOError
        record = self.records.pop(0)
        if isinstance(record, Exception):
            raise record
        return record


def test_records_of_the_kernel_are_kept_once_for_each_boot(kept: Kept, monkeypatch, tmp_path: Path) -> None:
    device = tmp_path / "kmsg"
    device.touch()
    records = [b"6,%d,0,-;record %d" % (number, number) for number in range(3)]
    for boot, some, expected in (("a", records[:2], 2), ("a", [BrokenPipeError(), *records], 4), ("b", records, 7)):
        with monkeypatch.context() as patch:
            Records(patch, list(some))
            outlet = kept.outlet()
            reader = kernel.Kernel(outlet.marks.get(kernel.MARK, ""), boot, outlet, str(device))
            reader.poll(0.0, AT)
            reader.close()
        assert len(kept.lines) == expected
    overwritten = "messages of the kernel were overwritten before they were read"
    names = [f"record {number}" for number in range(3)]
    assert sorted(kept.messages()) == sorted([*names[:2], names[2], overwritten, *names])

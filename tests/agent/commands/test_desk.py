"""Commands from the hub's word to their end, with real programs."""

from __future__ import annotations

import hashlib
import os

import pytest
from tests.agent.commands.desks import HOUR, FakeHub, Machine, envelope, id_of, now, outcome, signed

from wacket_agent.config import Allows

pytestmark = pytest.mark.slow


async def test_a_program_that_succeeds(machine: Machine, fake_hub: FakeHub) -> None:
    end = await outcome(machine, fake_hub, argv=["sh", "-c", "echo out; echo err >&2"])
    assert (end["state"], end["exit"], end["signal"], end["reason"]) == ("succeeded", 0, 0, "")
    assert (end["out"], end["err"], end["end"], end["killed"], end["files"]) == (4, 4, 2 * 13 + 8, [], [])
    assert 0 < end["seconds"] < 10
    assert end["peak"] > 0
    assert (fake_hub.text(id_of(1)), fake_hub.text(id_of(1), 2)) == (b"out\n", b"err\n")


async def test_what_is_settled_leaves_nothing_but_its_id(machine: Machine, fake_hub: FakeHub) -> None:
    async with machine.agent(fake_hub):
        command = fake_hub.order(1)
        await fake_hub.until(lambda: fake_hub.end_of(command) and not machine.folder_of(command).exists())
        told = len(fake_hub.states[command])
        fake_hub.order(1)
        assert len(fake_hub.states[command]) == told + 1
    assert fake_hub.states[command][-1]["state"] == "succeeded"


@pytest.mark.parametrize(
    ("argv", "code", "reason"),
    [
        (["sh", "-c", "exit 3"], 3, ""),
        (["no-such-program"], 127, "no program 'no-such-program' on this machine's PATH"),
        (["/no/such"], 127, "no '/no/such'"),
        (["/etc/passwd"], 126, "x bit"),
        (["/"], 126, "x bit"),
        ([""], 127, "no program ''"),
    ],
)
async def test_a_program_that_fails(
    machine: Machine, fake_hub: FakeHub, argv: list[str], code: int, reason: str
) -> None:
    end = await outcome(machine, fake_hub, argv=argv)
    assert (end["state"], end["exit"]) == ("failed", code)
    assert reason in end["reason"]


async def test_a_script_without_its_interpreter(machine: Machine, fake_hub: FakeHub) -> None:
    script = machine.state / "script"
    script.write_text("#!/no/such/shell\n")
    script.chmod(0o755)
    end = await outcome(machine, fake_hub, argv=[str(script)])
    assert "interpreter" in end["reason"]
    assert end["exit"] == 126


async def test_a_signal_is_told(machine: Machine, fake_hub: FakeHub) -> None:
    end = await outcome(machine, fake_hub, argv=["sh", "-c", "kill -SEGV $$"])
    assert (end["state"], end["exit"], end["signal"]) == ("failed", None, 11)
    assert "SIGSEGV" in end["reason"]


async def test_a_working_folder_that_is_not_there(machine: Machine, fake_hub: FakeHub) -> None:
    end = await outcome(machine, fake_hub, cwd="/no/such/folder")
    assert (end["state"], end["exit"]) == ("failed", None)
    assert "'/no/such/folder'" in end["reason"]


async def test_the_surroundings_of_a_program_are_clean(
    machine: Machine, fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_SECRET", "x")
    script = "env; ls /proc/self/fd | wc -l; umask; ulimit -c; cat; grep Sig[BI] /proc/self/status"
    await outcome(machine, fake_hub, argv=["sh", "-c", script], env={"GIVEN": "a b"})
    said = fake_hub.text(id_of(1)).decode()
    names = {line.partition("=")[0] for line in said.splitlines() if "=" in line}
    assert names == {"PATH", "HOME", "LANG", "USER", "LOGNAME", "TERM", "GIVEN", "PWD", "WACKET_COMMAND"}
    assert said.splitlines()[-5:-2] == ["4", "0022", "0"], "0, 1, 2 and the folder that ls reads"
    blocked, ignored = (int(line.partition(":")[2], 16) for line in said.splitlines()[-2:])
    assert (blocked, ignored & 0x7FFFFFFF) == (0, 0), "those above belong to the C library, which lets nobody set them"


async def test_standard_input_program_and_files(machine: Machine, fake_hub: FakeHub) -> None:
    program = b"import sys, helper\nprint(sys.stdin.read(), sys.argv[1:], helper.x, open('a/data').read())"
    blobs = {hashlib.sha256(data).hexdigest(): data for data in (program, b"typed", b"x = 7", b"D" * 3_000_000)}
    fake_hub.blobs = blobs
    hashes = list(blobs)
    files = [
        {"name": "helper.py", "sha256": hashes[2], "size": 5, "mode": 0o600},
        {"name": "a/data", "sha256": hashes[3], "size": 3_000_000, "mode": 0o400},
    ]
    end = await outcome(
        machine, fake_hub, kind="python", program=hashes[0], args=["1", "b c"], stdin=hashes[1], files=files
    )
    assert end["state"] == "succeeded", fake_hub.text(id_of(1), 2)
    assert fake_hub.text(id_of(1)) == b"typed ['1', 'b c'] 7 " + b"D" * 3_000_000 + b"\n"


async def test_a_blob_that_is_not_what_its_name_says(machine: Machine, fake_hub: FakeHub) -> None:
    fake_hub.blobs = {hashlib.sha256(b"real").hexdigest(): b"fake"}
    end = await outcome(machine, fake_hub, kind="python", program=next(iter(fake_hub.blobs)))
    assert end["state"] == "failed"
    assert "SHA-256" in end["reason"]


async def test_small_blobs_may_come_before_the_command(machine: Machine, fake_hub: FakeHub) -> None:
    data = b"early"
    sha256 = hashlib.sha256(data).hexdigest()
    async with machine.agent(fake_hub):
        fake_hub.say({"t": "blob", "sha256": sha256, "offset": 0, "size": 5}, data)
        await fake_hub.ended(fake_hub.order(1, argv=["cat"], stdin=sha256))
    assert fake_hub.text(id_of(1)) == data
    assert fake_hub.needs == []


async def test_files_are_brought_back(machine: Machine, fake_hub: FakeHub) -> None:
    script = "mkdir a; echo 1 > a/x.csv; head -c 3000000 /dev/zero > y.csv; : > empty.csv; ln -s /etc/passwd p.csv"
    end = await outcome(machine, fake_hub, argv=["sh", "-c", script], bring=["*.csv", "a/*", "no"])
    names = {file["name"]: file for file in end["files"]}
    assert list(names) == ["a/x.csv", "empty.csv", "y.csv"]
    assert all(set(file) == {"name", "size", "sha256"} for file in end["files"])
    for name, file in names.items():
        data = fake_hub.files[id_of(1), name]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])


@pytest.mark.parametrize(
    ("allows", "user", "reason"),
    [
        (Allows(), "", "allow run"),
        (Allows(run=True), "", "runs as root"),
        (Allows(run=True), "root", "allow root"),
        (Allows(run=True), "nobody", "allow root"),
        (Allows(run=True, root=True), "no-such-account", "no account 'no-such-account'"),
    ],
)
async def test_what_the_owner_does_not_allow(
    machine: Machine, fake_hub: FakeHub, allows: Allows, user: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wacket_agent.commands.allowing.USUAL", ())
    monkeypatch.setattr("wacket_agent.commands.accounts.os.geteuid", lambda: 0)
    machine.config.allows = allows
    end = await outcome(machine, fake_hub, user=user)
    assert end["state"] == "rejected"
    assert reason in end["reason"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
async def test_another_account(machine: Machine, fake_hub: FakeHub) -> None:
    data = b"for nobody"
    sha256 = hashlib.sha256(data).hexdigest()
    fake_hub.blobs = {sha256: data}
    files = [{"name": "given", "sha256": sha256, "size": len(data), "mode": 0o600}]
    script = "id -un; cat given; touch made; ls -ld . | cut -c1-10; cat /etc/shadow; pwd"
    machine.config.allows, machine.config.options = Allows(run=True), {"commands": {"account": "nobody"}}
    end = await outcome(machine, fake_hub, argv=["sh", "-c", script], files=files, bring=["made"])
    assert end["state"] == "succeeded", end
    said = fake_hub.text(id_of(1)).decode().splitlines()
    assert said[0] == "nobody"
    assert said[1].startswith("for nobody")
    assert b"Permission denied" in fake_hub.text(id_of(1), 2)
    assert [file["name"] for file in end["files"]] == ["made"]
    await fake_hub.until(lambda: not os.path.exists(said[-1]))  # noqa: PTH110


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
async def test_files_of_others_are_neither_read_nor_written(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.options = {"commands": {"account": "nobody"}}
    secret = machine.state / "open" / "secret"
    secret.parent.mkdir()
    secret.write_text("root's")
    secret.chmod(0o600)
    for folder in (secret.parent, *machine.state.parents[:3], machine.state):
        folder.chmod(0o755)
    end = await outcome(machine, fake_hub, cwd=str(secret.parent), bring=["secret"])
    assert end["files"] == []
    assert "'secret' could not be read" in end["reason"]
    fake_hub.blobs = {hashlib.sha256(b"x").hexdigest(): b"x"}
    files = [{"name": "secret", "sha256": next(iter(fake_hub.blobs)), "size": 1, "mode": 0o600}]
    async with machine.agent(fake_hub):
        end = await fake_hub.ended(fake_hub.order(2, cwd=str(secret.parent), files=files))
    assert (end["state"], secret.read_text()) == ("failed", "root's")


async def test_ping_needs_no_leave_and_no_process(machine: Machine, fake_hub: FakeHub) -> None:
    machine.config.allows = Allows()
    assert (await outcome(machine, fake_hub, kind="ping"))["state"] == "succeeded"
    assert not (machine.state / "commands").exists()


async def test_a_foreign_signature_and_a_foreign_node(machine: Machine, fake_hub: FakeHub) -> None:
    forged = {**signed(envelope(1)), "sig": "00" * 64}
    async with machine.agent(fake_hub):
        fake_hub.say(forged)
        fake_hub.say(signed(envelope(2, node="00" * 32)))
        fake_hub.say(signed(envelope(3, expires=now() - 1)))
        fake_hub.say(signed(envelope(4, expires=now() + 500 * 24 * HOUR)))
    assert [fake_hub.end_of(id_of(number))["state"] for number in (1, 2, 3, 4)] == [
        *("rejected", "rejected", "expired", "rejected")
    ]

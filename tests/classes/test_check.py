"""A check program judges an answer, and can do nothing else. Real processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from wacket.classes.check import CONFINES, FAILED, Checker
from wacket.errors import Unavailable

pytestmark = pytest.mark.slow
ANSWER = {"user": "ada", "hw_command": "print(42)", "hw_response": "42\n", "hw_err": "", "hw_exit": 0}
GOOD = """
import json, sys
answer = json.load(sys.stdin)
print("right" if answer["hw_response"] == "42\\n" else "wrong: " + answer["hw_response"])
"""
confined = pytest.mark.skipif(not CONFINES, reason="needs a system that confines (Linux 5.13 with Landlock)")


async def judge(program: str, seconds: float = 20.0, **more: object) -> str:
    return await Checker(seconds).verdict(program, {**ANSWER, **more})


async def test_a_check_reads_the_answer_and_prints_the_verdict() -> None:
    assert await judge(GOOD) == "right"
    assert await judge(GOOD, hw_response="ä\x1b") == "wrong: ä\x1b"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no answer in it')", "exit 1: no answer in it"),
        ("1 / 0", "exit 1: ZeroDivisionError: division by zero"),
        ("this is no Python", "SyntaxError"),
        ("import os; os.abort()", "signal "),
        ("print('x' * 10**6)", "printed more than 65536 bytes"),
        ("x = bytearray(10**9)", "MemoryError"),
        ("open('a', 'wb').write(b'x' * 10**7)", ""),
    ],
)
async def test_what_goes_wrong_is_told_instead_of_a_verdict(program: str, said: str) -> None:
    verdict = await judge(program)
    assert verdict.startswith(FAILED) and said in verdict


async def test_a_check_that_does_not_end_is_ended() -> None:
    assert await judge("while True: pass", 0.5) == f"{FAILED}it took longer than 0.5 s"


async def test_what_a_check_has_begun_ends_with_it(tmp_path: Path) -> None:
    """Only where nothing confines it, and only as root, can it begin anything at all."""
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    program = f"import os\nheld = open({str(tmp_path / 'held')!r}, 'w')\nheld.write('x')\nheld.flush()\nos.fork()"
    verdict = await Checker(1.0, confines=False).verdict(f"{program}\nwhile True: pass", ANSWER)
    assert verdict.startswith(FAILED) and os.read(held, 1) == b"x"
    await wait_until_let_go(held)
    os.close(held)


async def wait_until_let_go(pipe: int) -> None:
    """Return when nobody has the other end open any more."""
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(BlockingIOError):
                if os.read(pipe, 1) == b"":
                    return
            await asyncio.sleep(0.01)


async def test_a_check_that_does_not_read_is_none_the_worse() -> None:
    assert await judge("print('seen')", hw_response="x" * 60_000) == "seen"


def test_its_folder_is_its_own_and_gone_afterwards() -> None:
    verdict = asyncio.run(judge("import os; print(os.getcwd(), sorted(os.listdir('.')))"))
    folder, _, found = verdict.partition(" ")
    assert found == "['check.py']" and not Path(folder).exists()


async def test_a_check_has_what_python_brings() -> None:
    modules = "ast, csv, ctypes, datetime, decimal, difflib, io, json, math, random, re, statistics, threading, time"
    program = (
        f"import {modules}, os, signal\ntime.sleep(0.01); signal.alarm(9); os.getrandom(4); os.pipe()\nprint('fine')"
    )
    assert await judge(program) == "fine"


async def test_where_there_is_no_room_for_it_it_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    with pytest.raises(Unavailable, match="could not be stored"):
        await judge(GOOD)


async def test_it_knows_nothing_of_the_hub_s_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WACKET_TOKEN", "secret")
    verdict = await judge("import os, sys; print(sorted(os.environ), sys.path)")
    assert "WACKET" not in verdict and "site-packages" not in verdict


@confined
@pytest.mark.parametrize(
    "attempt",
    [
        "open({path!r}).read()",
        "open({path!r}, 'w')",
        "import os; os.listdir({folder!r})",
        "import os; os.unlink({path!r})",
        "open('/proc/{pid}/environ').read()",
        "import os; os.fork()",
        "import threading; threading.Thread(target=print).start()",
        "import subprocess; subprocess.run(['/bin/true'])",
        "open('/etc/passwd').read()",
        "import os; os.kill({pid}, 0)",
        "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import signal, os; signal.pidfd_send_signal(os.pidfd_open({pid}), 0)",
        "import ctypes; ctypes.CDLL(None, use_errno=True).syscall(425, 1, bytes(120)); assert ctypes.get_errno() != 1",
        "import ctypes; ctypes.CDLL(None).ptrace(16, {pid}, 0, 0) and 1 / 0",
        # What Landlock leaves to whoever runs under the same account.
        "import os; os.chmod({path!r}, 0o644)",
        "import os; os.chown({path!r}, -1, -1)",
        "import os; os.utime({path!r}, (0, 0))",
        "import os; os.setxattr({path!r}, 'user.x', b'1')",
        "import os; os.truncate({path!r}, 0)",
        "import resource; resource.prlimit({pid}, resource.RLIMIT_CORE)",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (5, 5))",
        "import os; os.setpriority(os.PRIO_PROCESS, {pid}, 1)",
        "import os; os.sched_setaffinity({pid}, os.sched_getaffinity(0))",
        "import fcntl, os; fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, {pid})",
        "import socket; socket.sethostname(socket.gethostname())",
        "import ctypes; assert ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0",
        # It fills no disk: there is nothing that it may write.
        "open('a', 'w')",
        "import os; os.open('check.py', os.O_RDONLY | os.O_TRUNC)",
        "import os; os.mkfifo('f')",
    ],
)
async def test_it_sees_no_file_process_or_network_of_the_hub(tmp_path: Path, attempt: str) -> None:
    secret = tmp_path / "owner.key"
    secret.write_text("secret")
    secret.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = {"path": str(secret), "folder": str(tmp_path), "pid": os.getpid(), "port": server.getsockname()[1]}
        verdict = await judge(attempt.format(**known) + "\nprint('done')")
    assert verdict.startswith(FAILED), verdict
    assert secret.read_text() == "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and secret.stat().st_mtime > 0


async def test_where_the_system_cannot_confine_a_check_is_limited_all_the_same() -> None:
    assert await Checker(20.0, confines=False).verdict(GOOD, ANSWER) == "right"
    assert (await Checker(20.0, confines=False).verdict("bytearray(10**9)", ANSWER)).startswith(FAILED)

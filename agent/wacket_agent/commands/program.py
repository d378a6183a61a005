"""The program of a command: in a forked child everything up to exec, in the runner what came of it.

The child is forked before there is a command, and waits to be told what to become: a fork, and all that a new process
touches for the first time, take longer than everything else together. What went wrong it tells over a pipe that exec
closes, so that the runner knows the exact reason and no program is taken for begun that was not.
"""

# ruff: noqa: PTH110, PTH208, S606

from __future__ import annotations

import contextlib
import errno
import os
import resource
import select
import signal

from wacket_agent.commands import accounts, cgroup, linux, notes

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import NoReturn

NOT_FOUND, NOT_RUNNABLE = 127, 126


class Unstarted(Exception):
    """The program was not begun. `exit` is what a shell would have given, or None."""

    def __init__(self, reason: str, exit: int | None = None) -> None:  # noqa: A002 - its name everywhere
        super().__init__(reason)
        self.reason, self.exit = reason, exit


class Late(Unstarted):
    """It was not begun when its time was over: a folder or a program does not answer, as on a dead file server."""


class Start:
    """What a program is started with. `stdin` is a path or ""; `user` an account, "" for our own."""

    def __init__(self, argv: list[str], env: dict[str, str], cwd: str, stdin: str, user: str) -> None:
        self.argv, self.env, self.cwd, self.stdin, self.user = argv, env, cwd, stdin, user

    def dump(self) -> bytes:
        """ValueError for what no program can be given."""
        pairs = [("arg", one) for one in self.argv] + [("env", f"{name}={value}") for name, value in self.env.items()]
        return notes.dump([*pairs, ("cwd", self.cwd), ("stdin", self.stdin), ("user", self.user)])

    @classmethod
    def load(cls, data: bytes) -> Start | None:
        """None if it is not whole: whoever wrote it was killed."""
        note = notes.load(data)
        if note is None:
            return None
        env = dict(entry.split("=", 1) for entry in note.all("env"))
        return cls(note.all("arg"), env, note.one("cwd"), note.one("stdin"), note.one("user"))


class Child:
    """A process that waits to become a program, in the cgroup `group` if there is one; it ends with us.

    `out` and `err` are pipes to read what the program writes.
    """

    def __init__(self, group: str | None) -> None:
        """Raises OSError."""
        ask, self._ask = os.pipe()
        self._told, tell = os.pipe()
        self.out, out_end = os.pipe()
        self.err, err_end = os.pipe()
        parent = os.getpid()
        try:
            inside = linux.fork_into(group) if group else None
        except OSError:  # it is gone: somebody took it for one that was left over
            inside = group = None
        self.pid = os.fork() if inside is None else inside
        if self.pid == 0:
            _wait_and_become(ask, tell, (out_end, err_end), group if inside is None else None, parent)
        for end in (ask, tell, out_end, err_end):
            os.close(end)

    def become(self, what: Start, seconds: float) -> None:
        """Raises Unstarted, and BrokenPipeError if somebody killed it while it waited."""
        data = what.dump()
        try:
            while data:
                data = data[os.write(self._ask, data) :]
        except BrokenPipeError:
            if not (problem := _read_all(self._told)):
                raise
        else:
            self.dismiss()
            problem = self._answer(seconds)
        if problem:
            number, _, reason = problem.decode("utf-8", "replace").partition(" ")
            raise Unstarted(reason, int(number) or None)

    def _answer(self, seconds: float) -> bytes:
        """What went wrong, or nothing. Raises Late."""
        if not select.select([self._told], [], [], seconds)[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise Late("its folder, its input or the program itself did not answer until its time was over")
        return _read_all(self._told)

    def dismiss(self) -> None:
        """What is not said by now is never said: a child that has become nothing ends."""
        if self._ask >= 0:
            os.close(self._ask)
        self._ask = -1


def explain(error: Exception, program: str) -> tuple[int, str]:
    """(exit code, reason) for an error of exec."""
    if isinstance(error, FileNotFoundError) or not program:
        return _not_found(program)
    number = getattr(error, "errno", 0)
    reasons = {
        errno.EACCES: f"{program!r} may not be run by this account: is it a program, and is its x bit set?",
        errno.EPERM: f"{program!r} may not be run by this account: is it a program, and is its x bit set?",
        errno.ENOEXEC: f"{program!r} is no program for this machine; a script begins with #!",
        errno.E2BIG: "arguments and variables are too long for this machine; put them into a file",
    }
    return NOT_RUNNABLE, reasons.get(number, f"{program!r} could not be run: {error}")


def _not_found(program: str) -> tuple[int, str]:
    if "/" not in program:
        return NOT_FOUND, f"there is no program {program!r} on this machine's PATH"
    if os.path.exists(program):
        return NOT_RUNNABLE, f"{program!r} names an interpreter (its first line, #!) that is not on this machine"
    return NOT_FOUND, f"there is no {program!r} on this machine"


def _wait_and_become(ask: int, tell: int, streams: tuple[int, int], group: str | None, parent: int) -> NoReturn:
    number, reason = 0, "the runner made a mistake"
    try:
        _prepare(ask, tell, streams, group)
        _rehearse(parent)
        what = Start.load(_read_all(ask))
        if what is None:
            os._exit(1)
        number, reason = _become(what, parent)
    except OSError as error:
        reason = f"the machine could not begin it: {error.strerror}"
    finally:  # never back into the runner, whatever else went wrong
        os.write(tell, f"{number} {reason}".encode("utf-8", "replace")[:4000])
        os._exit(1)


def _rehearse(parent: int) -> None:
    """Everything up to an exec that fails: what is touched now need not be copied when somebody waits."""
    what = Start.load(Start(["/"], {"A": ""}, ".", "", "").dump())
    if what:
        _become(what, parent)


def _become(what: Start, parent: int) -> tuple[int, str]:
    """What went wrong: (exit code, reason)."""
    try:
        _stand_in(what, parent)
    except OSError as error:
        return 0, f"the program could not be begun as {_name(what)!r} in {what.cwd!r}: {error.strerror}"
    try:
        _exec(what.argv, what.env)
    except (OSError, ValueError) as error:
        return explain(error, what.argv[0])


def _stand_in(what: Start, parent: int) -> None:
    """Input, rights and folder of the program. Raises OSError."""
    os.dup2(os.open(what.stdin or os.devnull, os.O_RDONLY), 0)
    account = accounts.find(what.user) if what.user else None
    if account:
        accounts.become(account)
    elif what.user:
        raise OSError(errno.ENOENT, "there is no such account")
    os.chdir(what.cwd)
    if linux.die_with_parent() and os.getppid() != parent:
        os._exit(1)


def _name(what: Start) -> str:
    return what.user or accounts.own().name


def _exec(argv: list[str], env: dict[str, str]) -> NoReturn:
    """As os.execvpe, which imports modules first, and the program's account may not be able to read them."""
    program, problem = argv[0], OSError(errno.ENOENT, "not found")
    folders = env.get("PATH", accounts.PATH).split(":")
    places = [program] if "/" in program else [f"{folder or '.'}/{program}" for folder in folders]
    for place in places if program else ():
        try:
            os.execve(place, argv, env)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problem = error
    raise problem


def _prepare(ask: int, tell: int, streams: tuple[int, int], group: str | None) -> None:
    """Everything that is not inherited, and the same for all programs: session, cgroup, signals, limits, open files."""
    os.setsid()
    for place, stream in enumerate(streams, 1):
        os.dup2(stream, place)
    _close_others({ask, tell})
    if group:
        cgroup.enter(group)
    for number in range(1, signal.NSIG):
        if signal.getsignal(number) == signal.SIG_IGN:  # that exec would keep; Python itself ignores SIGPIPE
            signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.umask(0o022)


def _close_others(kept: set[int]) -> None:
    for name in os.listdir("/dev/fd"):
        file = int(name)
        if file > 2 and file not in kept:
            with contextlib.suppress(OSError):
                os.close(file)


def _read_all(pipe: int) -> bytes:
    pieces: list[bytes] = []
    while True:
        piece = os.read(pipe, 65_536)
        if not piece:
            os.close(pipe)
            return b"".join(pieces)
        pieces.append(piece)

"""Starts the program of a command: in the forked child everything up to exec, in the runner what came of it.

The child tells what went wrong over a pipe that exec closes, so that the runner knows the exact reason and no program
is taken for begun that was not.
"""

# ruff: noqa: PTH110, PTH208, S606

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal

from wacket_agent.commands import accounts, cgroup, linux

NOT_FOUND, NOT_RUNNABLE = 127, 126


class Unstarted(Exception):
    """The program was not begun. `exit` is what a shell would have given, or None."""

    def __init__(self, reason: str, exit: int | None = None) -> None:  # noqa: A002 - its name everywhere
        super().__init__(reason)
        self.reason, self.exit = reason, exit


class Start:
    """What a program is started with. `stdin` is a path or ""; `group` is the folder of its cgroup, or None."""

    def __init__(
        self, argv: list[str], env: dict[str, str], cwd: str, stdin: str, account: accounts.Account, group: str | None
    ) -> None:
        self.argv, self.env, self.cwd, self.stdin = argv, env, cwd, stdin
        self.account, self.group = account, group
        self.enters = False  # whether it is not in its cgroup yet


def start(what: Start) -> tuple[int, int, int]:
    """(pid, standard output, standard error): two pipes to read. Raises Unstarted."""
    try:
        source = os.open(what.stdin or os.devnull, os.O_RDONLY)
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        told, tell = os.pipe()
        parent = os.getpid()
        inside = linux.fork_into(what.group) if what.group else None
        pid = os.fork() if inside is None else inside
    except OSError as error:
        raise Unstarted(f"the machine could not begin it: {error.strerror}") from error
    if pid == 0:
        what.enters = inside is None and what.group is not None
        _become_program(what, (source, out_end, err_end), tell, parent)
    for end in (source, out_end, err_end, tell):
        os.close(end)
    problem = _read_all(told)
    if problem:
        os.waitpid(pid, 0)
        os.close(out)
        os.close(err)
        number, _, reason = problem.partition(" ")
        raise Unstarted(reason, int(number) or None)
    return pid, out, err


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


def _become_program(what: Start, streams: tuple[int, int, int], tell: int, parent: int) -> None:
    """Never returns."""
    number, reason = 0, ""
    try:
        _prepare(what, streams, tell)
        os.chdir(what.cwd)
        if linux.die_with_parent() and os.getppid() != parent:
            os._exit(1)
    except OSError as error:
        reason = f"the program could not be begun as {what.account.name!r} in {what.cwd!r}: {error.strerror}"
    try:
        if not reason:
            _exec(what.argv, what.env)
    except (OSError, ValueError) as error:
        number, reason = explain(error, what.argv[0])
    finally:  # never back into the runner, whatever else went wrong
        os.write(tell, f"{number} {reason or 'the runner made a mistake'}".encode("utf-8", "replace")[:4000])
        os._exit(1)


def _exec(argv: list[str], env: dict[str, str]) -> None:
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


def _prepare(what: Start, streams: tuple[int, int, int], tell: int) -> None:
    """Everything that is not inherited: session, cgroup, signals, limits, rights, and open files."""
    os.setsid()
    if what.enters and what.group:
        cgroup.enter(what.group)
    for number in range(1, signal.NSIG):
        if signal.getsignal(number) == signal.SIG_IGN:  # that exec would keep; Python itself ignores SIGPIPE
            signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.umask(0o022)
    accounts.become(what.account)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
    _close_others(tell)


def _close_others(kept: int) -> None:
    for name in os.listdir("/dev/fd"):
        file = int(name)
        if file > 2 and file != kept:
            with contextlib.suppress(OSError):
                os.close(file)


def _read_all(pipe: int) -> str:
    pieces: list[bytes] = []
    while True:
        piece = os.read(pipe, 4096)
        if not piece:
            os.close(pipe)
            return b"".join(pieces).decode("utf-8", "replace")
        pieces.append(piece)

"""The nursery: a small process that forks runners, one for each command that the agent names.

It is forked from the agent before anything large is loaded, so that a runner has little memory. One is always there
that waits for a command, all but begun; when it has one that is not over in a moment the next is forked. Nothing is
known here of commands but their ids, which come through a pipe that the waiting runner reads. When the agent ends so do
the nursery and who waits; runners with a command live on. When the nursery is killed the agent makes another one, which
costs starting Python.
"""

# ruff: noqa: PTH100, PTH118, PTH120

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import time

from wacket_agent.commands import cgroup
from wacket_agent.commands.bell import SIZE, Bell

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Any, Callable

    from wacket_agent.commands.runner import Runner

MOMENT = 0.02  # seconds; most small commands have ended by then
MOST = 1000  # commands of one runner: whatever it may have gathered goes with it
TAKEN, AGAIN = b"!", b"r"  # what a runner tells the nursery: it has a command, and it waits for another one
_ANEW = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from wacket_agent import memory_cap; memory_cap.lift(); "
    "from wacket_agent.commands import nursery; nursery.serve(sys.argv[2], 0)"
)


class Nursery:
    """The agent's end. `start` may be asked for the same command twice: only one runner gets it."""

    def __init__(self, state: str, pipe: int, pid: int) -> None:
        self._state, self._pipe, self.pid = state, pipe, pid

    @classmethod
    def anew(cls, state: str) -> Nursery:
        """A nursery that is not forked but started: for an agent that has grown already. Raises OSError."""
        theirs, ours = os.pipe()
        try:
            root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
            command = [sys.executable, "-I", "-S", "-c", _ANEW, root, state]
            pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0)])
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return cls(state, ours, pid)

    def start(self, command: str) -> None:
        """Have a runner forked for it. Raises OSError where that is not possible now."""
        try:
            self._ask(command)
        except BrokenPipeError:
            self.close()
            other = Nursery.anew(self._state)
            self._pipe, self.pid = other._pipe, other.pid
            self._ask(command)

    def listen(self, loop: Any, rang: Callable[[list[str]], None]) -> Callable[[], None]:
        """From now on `rang` is called on the loop with the commands that something is new about; call to stop."""
        bell = Bell(os.path.join(self._state, "bell"))
        loop.add_reader(bell, lambda: rang(bell.rung()))

        def stop() -> None:
            loop.remove_reader(bell)
            bell.close()

        return stop

    def close(self) -> None:
        """The nursery ends; this waits for it."""
        os.close(self._pipe)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _ask(self, command: str) -> None:
        os.write(self._pipe, f"{command}\n".encode("ascii"))


def start_nursery(state_folder: str | os.PathLike[str]) -> Any:
    """Fork it. To be called before anything large is loaded and before there are threads."""
    state = os.path.abspath(os.fspath(state_folder))
    if not hasattr(os, "fork"):
        from wacket_agent.commands.portable import PortableNursery

        return PortableNursery(state)
    theirs, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        try:
            serve(state, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    return Nursery(state, ours, pid)


def serve(state: str, requests: int) -> None:
    """The nursery's whole life."""
    from wacket_agent.commands.runner import Runner

    os.setsid()
    requests = _free_standard_streams(requests)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system takes note of ended runners for us
    cgroup.sweep(time.time())
    gc.collect()
    gc.freeze()  # a runner that collected garbage would touch, and so copy, all of the memory that it shares
    while not _has_ended(requests):
        try:
            busy = _fork_runner(Runner(state), requests)
        except OSError as error:
            _do_without(Runner(state), requests, f"the machine could not begin another process: {error.strerror}")
        else:
            _until_it_is_time(busy, requests)


def _has_ended(requests: int) -> bool:
    """Whether nobody has the other end any more."""
    ends = select.poll()
    ends.register(requests, 0)
    return bool(ends.poll(0))


def _until_it_is_time(busy: int, requests: int) -> None:
    """For the next runner: when this one has a command and will not be back in a moment. To fork earlier would take a
    processor from what somebody waits for, unless the next one waits already.
    """
    while os.read(busy, 1) == TAKEN:  # nothing comes if it was killed
        ready, _, _ = select.select([busy, requests], [], [], MOMENT)
        if busy not in ready or os.read(busy, 1) != AGAIN:
            break
    os.close(busy)


def _fork_runner(runner: Runner, requests: int) -> int:
    """It waits for a request as we would. What is given here tells what it does, and ends when it is not to be waited
    for. Raises OSError.
    """
    busy, tell = os.pipe()
    try:
        if os.fork() == 0:
            os.close(busy)
            _run(runner, requests, tell)
    except OSError:
        os.close(busy)
        raise
    finally:
        os.close(tell)
    return busy


def _do_without(runner: Runner, requests: int, reason: str) -> None:
    """Whoever asked already is told; else somebody will, and by then there may be room."""
    if select.select([requests], [], [], 0)[0]:
        request = os.read(requests, SIZE)
        if request:
            runner.give_up(_id_in(request), reason)
    else:
        select.select([requests], [], [])


def _id_in(request: bytes) -> str:
    return request.decode("ascii").strip()


def _free_standard_streams(requests: int) -> int:
    """0 and 1 lead nowhere, so that nothing else ever gets these numbers; mistakes are told on 2 as before."""
    while requests < 3:
        requests = os.dup(requests)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(null, stream)
    try:
        os.fstat(2)
    except OSError:
        os.dup2(null, 2)
    return requests


def _run(runner: Runner, requests: int, tell: int) -> None:
    """Never returns; a mistake of ours goes to the agent's standard error, and the claim tells the desk."""
    try:
        gc.disable()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(OSError):  # then the command will be told why
            runner.make_ready()
        _work(runner, requests, tell)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _work(runner: Runner, requests: int, tell: int) -> None:
    """One command, and others after it as long as each is short and the nursery counts on us."""

    def lasts() -> None:
        os.close(requests)  # which are for others now
        os.close(tell)

    for _ in range(MOST):
        request = os.read(requests, SIZE)
        if not request:
            break
        with contextlib.suppress(BrokenPipeError):
            os.write(tell, TAKEN)
        runner.run(_id_in(request), lasts)
        other = runner.another()
        if other is None:
            return
        runner = other
        try:
            os.write(tell, AGAIN)
        except BrokenPipeError:
            break
    runner.leave()

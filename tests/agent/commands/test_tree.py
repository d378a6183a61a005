"""Which processes belong to a command."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from wacket_agent.commands import cgroup, linux, tree
from wacket_agent.commands.program import Child, Start
from wacket_agent.commands.tree import MARK, Tree

pytestmark = pytest.mark.slow


def sleeper(script: str, **env: str) -> subprocess.Popen[str]:
    """A shell whose first line of output has been read: what it starts is there."""
    made = subprocess.Popen(["sh", "-c", script], env={**os.environ, **env}, stdout=subprocess.PIPE, text=True)
    assert made.stdout
    made.stdout.readline()
    return made


def test_what_has_the_mark_is_found_in_any_session() -> None:
    mark = os.urandom(13).hex()  # another run of this test may leave its own behind
    script = "setsid sleep 1000 >/dev/null & echo $!; exec sleep 1000 >/dev/null"
    marked, other = sleeper(script, **{MARK: mark}), sleeper("echo; exec sleep 1000", **{MARK: mark[:-1]})
    found = tree.marked(mark)
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    other.kill()
    for process in (marked, other):
        process.communicate()
    assert len(found) == 2
    assert marked.pid in found


def test_the_tree_below_a_process_and_who_was_ended() -> None:
    root = sleeper("sh -c 'sleep 1000 & sleep 1000 & echo $!; wait' & wait")
    below = Tree(root.pid)
    found = below.living()
    while below.signal(signal.SIGKILL):
        pass
    root.kill()
    root.communicate()
    assert len(found) == 3
    assert below.killed.keys() == found.keys()


@pytest.mark.parametrize("name", [b"a) b", b"(x", b"\xff\x1b[2J"])
def test_names_of_processes_are_hostile(name: bytes, tmp_path: Path) -> None:
    program = tmp_path / "p"
    program.write_text(
        f"import sys; open('/proc/self/comm', 'wb').write({name!r}); print(flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(["python3", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    found = Tree(os.getpid()).living().get(process.pid)
    process.communicate()
    assert found == name.decode("utf-8", "replace")


def test_a_fork_into_a_cgroup_is_there_from_its_first_moment() -> None:
    group = cgroup.make()
    if group is None:
        return  # no cgroup can be made here: then the tree has to do
    code = f"from wacket_agent.commands import linux; import os, signal; linux.fork_into({group!r}) or signal.pause()"
    where = Path(linux.__file__).parents[2]
    subprocess.run(["python3", "-c", code], cwd=where, check=True)
    members = cgroup.members(group)
    assert len(members) <= 1, "one, or none where Linux is too old for this"
    assert cgroup.kill(group)
    while cgroup.members(group):
        pass
    cgroup.remove(group)
    assert not Path(group).exists()


def test_a_program_begins_also_where_its_cgroup_is_gone(tmp_path: Path) -> None:
    """A nursery that starts removes empty ones, and a runner of another agent may just have made one."""
    child = Child(str(tmp_path / "gone"))
    child.become(Start(["true"], {}, str(tmp_path), "", ""), 60)
    assert os.waitpid(child.pid, 0)[1] == 0
    os.close(child.out)
    os.close(child.err)

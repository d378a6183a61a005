"""Salt 3008 from PyPI: one master and one minion on loopback, each with a folder of its own; keys accepted by itself.

Installed once into a virtual environment of its own below `bench-results`: it must not meet this project's packages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Server, free_port, wait_until

VERSION = "3008.*"
MINION = "peer"

MASTER_SETTINGS = """\
interface: 127.0.0.1
publish_port: {publish}
ret_port: {ret}
auto_accept: True
"""
MINION_SETTINGS = """\
master: 127.0.0.1
publish_port: {publish}
master_port: {ret}
id: {minion}
"""
FOLDERS = """\
root_dir: {root}
pki_dir: {root}/pki
cachedir: {root}/cache
sock_dir: {root}/run
log_file: {root}/log
"""

# Runs in Salt's own environment. One line of JSON: the seconds of each call.
LATENCY = """\
import json, sys, time
import salt.client
settings, rounds = sys.argv[1], int(sys.argv[2])
client = salt.client.LocalClient(c_path=settings)
deadline = time.monotonic() + 60
while not client.cmd("peer", "test.ping", timeout=2):
    if time.monotonic() > deadline:
        sys.exit("the minion does not answer")
client.cmd("peer", "cmd.run", ["/bin/true"])
took = []
for _ in range(rounds):
    began = time.perf_counter()
    answer = client.cmd("peer", sys.argv[3], sys.argv[4:])
    took.append(time.perf_counter() - began)
    assert "peer" in answer, answer
print(json.dumps(took))
"""


def environment(folder: Path) -> Path:
    """The `bin` of an environment with Salt in it, made if it is not there. Raises SystemExit if that fails."""
    programs = folder / "bin"
    if not (programs / "salt-master").exists():
        print(f"… installing salt {VERSION} from PyPI into {folder}", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, with_pip=True)
        done = subprocess.run([programs / "pip", "install", "-q", f"salt=={VERSION}"], check=False)
        if done.returncode:
            raise SystemExit("salt could not be installed from PyPI; see what pip said above")
    return programs


class _Part(Server):
    def __init__(self, programs: Path, folder: Path, settings: str) -> None:
        super().__init__(folder.absolute())  # Salt goes to another folder
        self._programs, self._settings = programs, settings

    def prepare(self) -> None:
        kind = self.name.removeprefix("salt-")
        text = self._settings + FOLDERS.format(root=self.folder)
        (self.folder / kind).write_text(text + "user: root\n", "utf-8")

    def command(self) -> Sequence[str]:
        return (str(self._programs / self.name), "-c", str(self.folder), "-l", "error")

    def ready(self) -> bool:
        return (self.folder / "pki").exists()


class Master(_Part):
    name = "salt-master"


class Minion(_Part):
    name = "salt-minion"


class Salt:
    """Both of them. `latencies` and `whole` wait until the minion answers."""

    def __init__(self, programs: Path, folder: Path) -> None:
        ports = {"publish": free_port(), "ret": free_port()}
        self._programs = programs
        self.master = Master(programs, folder / "master", MASTER_SETTINGS.format(**ports))
        self.minion = Minion(programs, folder / "minion", MINION_SETTINGS.format(**ports, minion=MINION))

    def __enter__(self) -> Salt:
        self.master.start()
        try:
            self.minion.start()
        except BaseException:
            self.master.end()
            raise
        wait_until(self._met, "the minion has met its master")
        return self

    def _met(self) -> bool:
        return any(self.minion.folder.glob("pki/**/minion_master.pub"))

    def __exit__(self, *_: object) -> None:
        self.minion.end()
        self.master.end()

    def latencies(self, rounds: int, *call: str) -> list[float]:
        """Seconds of each of `rounds` calls of LocalClient, one after the other."""
        words = [self._programs / "python", "-c", LATENCY, self.master.folder / "master", str(rounds), *call]
        done = subprocess.run(words, check=True, capture_output=True, timeout=300)
        return [float(one) for one in json.loads(done.stdout.splitlines()[-1])]

    def cli(self) -> list[str]:
        """The command line that runs /bin/true on the minion."""
        return [str(self._programs / "salt"), "-c", str(self.master.folder), MINION, "cmd.run", "/bin/true"]

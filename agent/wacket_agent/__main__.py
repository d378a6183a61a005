"""`python wacket-agent.pyz COMMAND`. Imports next to nothing: `run` forks the nursery while the process is small."""

from __future__ import annotations

import sys


def main() -> int:
    """The exit code of the program."""
    if sys.argv[1:2] == ["run"]:
        from wacket_agent.cli.run import run

        return run(sys.argv[2:])
    from wacket_agent.cli.line import call

    return call(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

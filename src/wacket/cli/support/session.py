"""What one command line said for every command, and what follows from it: which hub, as whom, in which
shape.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wacket.cli.support import place

if TYPE_CHECKING:
    from wacket.cli.support.client import Hub
    from wacket.cli.support.output import Output


@dataclass
class Session:
    """Filled by the common options; `hub` and `out` are made when first used."""

    hub_url: str | None = None
    data: str | None = None
    token: str | None = None
    timeout: float = 30.0
    as_json: bool = False
    fields: str | None = None
    no_color: bool = False
    quiet: bool = False
    plainly: bool = False
    verbose: bool = False
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def folder(self) -> Path:
        """The data folder of this machine's hub, whether it exists or not."""
        return place.folder(self.data, self.environment)

    @cached_property
    def hub(self) -> Hub:
        """The hub to ask. Raises Unreachable when none can be found."""
        from wacket.cli.support.client import Hub

        where = place.find(self.hub_url, self.data, self.token, self.environment)
        return Hub(where, self.timeout, self.out.detail)

    def close(self) -> None:
        """End the connection to the hub, if there was one."""
        if "hub" in vars(self):
            self.hub.close()

    @cached_property
    def out(self) -> Output:
        from wacket.cli.support.output import Output

        return Output(self.as_json, self.fields, self.quiet, self.plainly, self.verbose, self.no_color)


def colourless(argv: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether the command line or the environment wants no colour; asked before anything can fail."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    return "--no-color" in words or bool(environment.get("NO_COLOR"))

"""Not simulated: the load of the machine that the demo runs on, over TCP."""

import os
from importlib import import_module
from random import Random
from typing import Any

from wacket.demo.board import Way

psutil: Any = import_module("psutil")  # it has no type information


class Board:
    node, format, every = "this-machine", "", 1.0
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        psutil.cpu_percent(None)  # the first call only starts the measurement

    def frame(self, now: int) -> bytes:
        memory = psutil.virtual_memory().percent
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        return f"cpu:{psutil.cpu_percent(None):.1f} memory:{memory:.1f} load:{load:.2f}\n".encode()

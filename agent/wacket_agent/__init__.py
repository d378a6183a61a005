"""The agent: makes a machine part of the place. Runs on Python 3.8 and newer with nothing installed.

`docs/reference/agent-protocol.md` is what it says to the hub. Nothing is imported here: `__main__` needs this module
before it knows how much of the rest it may load.
"""

__version__ = "0.1.0"

"""Logs of the machine: files, the journal, the kernel, and what programs write for us. All of it becomes log lines.

Each source reads by itself and fails alone (sources.py); reading.py takes them in turns. What was read, and how far,
goes to the store as one (outlet.py). Nothing here changes or removes a file.
"""

from wacket_agent.logs.reading import LogReading

__all__ = ["LogReading"]

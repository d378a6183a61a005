"""How the events of a job are shown while they come: as they are (one node), line by line (--live), as JSON, counted.

What nodes wrote goes out byte for byte into a file or pipe, and harmless on a terminal unless it is asked for raw.
"""

from __future__ import annotations

import base64
import codecs
import sys
from collections.abc import Mapping
from typing import Any, Protocol, TextIO

import click

from wacket.cli.support.output import Output
from wacket.cli.support.tally import ENDED, Event, Tally
from wacket.cli.support.text import LAYOUT, amount, folded, plain, width

LONGEST_LINE = 64 * 1024  # characters of a line that are waited for before they are shown


class Screen(Protocol):
    """`close` is called once, also when the showing was broken off."""

    def show(self, event: Event) -> None: ...

    def close(self) -> None: ...


class Quiet:
    """Nothing but, on a terminal, how many have answered."""

    def __init__(self, out: Output, tally: Tally) -> None:
        self._out, self._tally, self._shown = out, tally, False

    def show(self, event: Event) -> None:
        if self._out.animated and event.get("event") == "state":
            click.echo(f"\r{self._tally.answered} of {folded(len(self._tally.last), 'node')}", err=True, nl=False)
            self._shown = True

    def close(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


class Json:
    """Each event as one line of JSON."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        self._out.json(event, indent=None)

    def close(self) -> None:
        pass


class AsItIs:
    """What one node writes, to where a program of this machine would write it."""

    def __init__(self, out: Output, raw: bool) -> None:
        self._out = out
        self._ways = {"out": _Way(sys.stdout, raw), "err": _Way(sys.stderr, raw)}

    def show(self, event: Event) -> None:
        if event.get("event") == "output":
            self.write(event["stream"], content(event))
        elif event.get("event") == "cut":
            self._out.note(cut(event), "!")

    def write(self, stream: str, data: bytes) -> None:
        """Bytes of the stream `out` or `err`."""
        self._ways[stream].write(data)

    def close(self) -> None:
        for way in self._ways.values():
            way.close()


class _Way:
    def __init__(self, stream: TextIO, raw: bool) -> None:
        self._stream, self._harmless = stream, stream.isatty() and not raw
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes) -> None:
        if not self._harmless:
            self._stream.flush()
            self._stream.buffer.write(data)
            self._stream.buffer.flush()
            return
        self._say(self._decoder.decode(data))

    def close(self) -> None:
        if self._harmless:
            self._say(self._decoder.decode(b"", final=True))

    def _say(self, text: str) -> None:
        # A line's end as Windows writes it is no steering; a bare carriage return could hide what came before it.
        self._stream.write(plain(text.replace("\r\n", "\n"), keep=LAYOUT))
        self._stream.flush()


class Live:
    """Whole lines of many nodes as they come, each behind its node's name."""

    def __init__(self, out: Output, tally: Tally, raw: bool) -> None:
        self._out, self._tally, self._raw = out, tally, raw
        self._begun: dict[tuple[str, str], str] = {}
        self._decoders: dict[tuple[str, str], codecs.IncrementalDecoder] = {}

    def show(self, event: Event) -> None:
        kind = event.get("event")
        if kind == "output":
            self._said(event["node"], event["stream"], content(event))
        elif kind == "cut":
            self._line(event["node"], "err", cut(event))
        elif kind == "state" and event["state"] in ENDED:
            self._finished(event["node"])

    def close(self) -> None:
        for node in {node for node, _ in self._begun}:
            self._finished(node)

    def _said(self, node: str, stream: str, data: bytes) -> None:
        key = (node, stream)
        decoder = self._decoders.setdefault(key, codecs.getincrementaldecoder("utf-8")("replace"))
        *whole, rest = (self._begun.get(key, "") + decoder.decode(data)).split("\n")
        for line in whole:
            self._line(node, stream, line)
        self._begun[key] = rest
        if len(rest) > LONGEST_LINE:
            self._line(node, stream, self._begun.pop(key))

    def _finished(self, node: str) -> None:
        """What a node wrote last need not end in a line's end."""
        for key in [key for key in self._begun if key[0] == node]:
            if rest := self._begun.pop(key):
                self._line(*key, rest)

    def _line(self, node: str, stream: str, line: str) -> None:
        columns = max(map(width, self._tally.last), default=0)
        to_error = stream == "err"
        name = click.style(f"{plain(node):<{columns}}", fg="red" if to_error else "cyan")
        line = line.removesuffix("\r")
        click.echo(f"{name} │ {line if self._raw else plain(line, keep=LAYOUT)}", err=to_error)


def content(event: Event) -> bytes:
    """What was written, whichever way the event carries it."""
    if event.get("base64") is not None:
        return base64.b64decode(event["base64"])
    return str(event["text"]).encode("utf-8", "surrogatepass")


def cut(event: Mapping[str, Any]) -> str:
    """A place where output was too much to keep."""
    left_out = int(event.get("out") or 0) + int(event.get("err") or 0)
    return f"{amount(left_out)} of the output were left out here"

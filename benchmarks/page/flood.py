"""Boards that log without pause, in a process of their own.

`python -m benchmarks.page.flood HOST PORT RATE BOARDS` sends so many lines a second in all, each with a number of its
own, until its standard input ends; then it says how many there were.
"""

from __future__ import annotations

import select
import socket
import sys
import time

from benchmarks.payloads import log_lines

TICK = 0.02  # seconds: lines come in small groups, as they do from many boards


def connected(address: tuple[str, int], boards: int) -> list[socket.socket]:
    links = []
    for number in range(boards):
        link = socket.create_connection(address, timeout=30)
        link.sendall(b"hello node=logger-%02d format=text\n" % number)
        links.append(link)
    return links


def send(links: list[socket.socket], rate: int) -> int:
    """Sends on all of them in turn until standard input says something or ends; how many lines."""
    texts, sent, began = log_lines(20_000, 3), 0, time.monotonic()
    while not select.select([sys.stdin], [], [], TICK)[0]:
        due = int((time.monotonic() - began) * rate)
        waiting: list[list[bytes]] = [[] for _ in links]
        for number in range(sent, due):
            waiting[number % len(links)].append(b"n=%d %b\n" % (number, texts[number % len(texts)]))
        for link, lines in zip(links, waiting, strict=True):
            link.sendall(b"".join(lines))
        sent = due
    return sent


def main() -> None:
    host, port, rate, boards = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    links = connected((host, port), boards)
    print("ready", flush=True)
    print(send(links, rate), flush=True)
    for link in links:
        link.close()


if __name__ == "__main__":
    main()

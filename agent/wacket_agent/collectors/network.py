"""What each network interface receives and sends a second.

Leaves out the loopback, what was never used, and the ends of containers' cables: those come and go under names that
never come again, and every one would be a series for ever.
"""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Point

PERIOD = 10.0
LEFT_OUT = ("lo", "veth", "cali", "cni", "vnet", "tap", "br-", "Loopback")
MOST = 50


def collect(context: Context) -> Iterator[Point]:
    told = (from_proc if context.on_linux else from_psutil)(context)
    found = [(name, counters) for name, counters in told if any(counters) and not name.startswith(LEFT_OUT)]
    for name, counters in found[:MOST]:
        received, packets_in, wrong_in, sent, packets_out, wrong_out = context.rates(name, counters)
        fields = {
            "received_bytes_per_s": received,
            "received_packets_per_s": packets_in,
            "received_bad_per_s": wrong_in,
            "sent_bytes_per_s": sent,
            "sent_packets_per_s": packets_out,
            "sent_bad_per_s": wrong_out,
        }
        yield Point("network", fields, {"interface": name})


def from_proc(context: Context) -> Iterator[tuple[str, list[float]]]:
    """Bytes, packets, and packets with errors or dropped, received and sent."""
    for line in context.read("/proc/net/dev").splitlines()[2:]:
        name, _, told = line.rpartition(":")
        numbers = [int(word) for word in told.split()]
        received, sent = numbers[:8], numbers[8:16]
        yield name.strip(), [*received[:2], sum(received[2:4]), *sent[:2], sum(sent[2:4])]


def from_psutil(context: Context) -> Iterator[tuple[str, list[float]]]:
    for name, told in context.psutil().net_io_counters(pernic=True).items():
        wrong = told.errin + told.dropin, told.errout + told.dropout
        yield name, [told.bytes_recv, told.packets_recv, wrong[0], told.bytes_sent, told.packets_sent, wrong[1]]

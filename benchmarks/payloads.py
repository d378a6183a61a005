"""What the senders send: made up, but shaped like the real thing. Seeded, so every run sends the same.

`@` in a template stands for the leading digits of the time; `stamped` fills it in, so that no two requests carry
the same points while the text is rendered only once.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.senders import request

TEXT = (
    "accepted session timeout retry queue buffer sensor firmware update voltage current relay motor encoder "
    "temperature limit reached calibrated offset drift packet checksum mismatch gateway wifi roamed reconnect "
    "bench power supply enabled disabled threshold pressure valve opened closed user student login command sent"
)
WORDS = TEXT.split()
PROGRAMS = ("sshd", "kernel", "systemd", "bench-ctl", "mqtt-bridge", "wpa_supplicant", "cron", "dhclient")


def walk(rows: int, seed: int, start: float = 21.0, step: float = 0.03) -> NDArray[np.float64]:
    """A sensor's values: a random walk, rounded to 0.01 as a cheap sensor reports them."""
    steps = np.random.default_rng(seed).normal(0.0, step, rows)
    values: NDArray[np.float64] = np.round(start + np.cumsum(steps), 2)
    return values


def influx_templates(sender: int, fields: int, points: int = 5000, count: int = 20) -> list[bytes]:
    """Requests as Telegraf writes them: 100 hosts, 5 CPUs, 10 seconds, `fields` fields a line."""
    names = ("user", "system", "idle", "iowait", "irq", "softirq", "steal", "nice", "guest", "guest_nice")[
        :fields
    ]
    series = [
        f"cpu,cpu=cpu{cpu},host=bench-{sender}-{host:03d},room=lab2"
        for host in range(100)
        for cpu in range(5)
    ]
    series = series[: points // 10]
    templates = []
    for number in range(count):
        values = iter(walk(points * fields, sender * 1000 + number, 40.0, 0.5).tolist())
        lines = []
        for second in range(10):
            for one in series:
                body = ",".join([f"usage_{name}={next(values)}" for name in names])
                lines.append(f"{one} {body} @{second}000000000")
        templates.append("\n".join(lines).encode() + b"\n")
    return templates


def stamped(templates: Sequence[bytes], requests: int, first_second: int, path: str) -> list[bytes]:
    """`requests` whole HTTP requests, each holding the ten seconds that follow those of the one before."""
    tens = first_second // 10
    return [
        request(path, templates[i % len(templates)].replace(b"@", b"%d" % (tens + i)))
        for i in range(requests)
    ]


def log_lines(rows: int, seed: int) -> list[bytes]:
    """Lines as programs write them, about 100 bytes each, with numbers and addresses that do not repeat."""
    chance = random.Random(seed)
    words, programs = WORDS, PROGRAMS
    lines = []
    for row in range(rows):
        text = " ".join(chance.choices(words, k=7))
        address = f"10.0.{chance.randrange(256)}.{chance.randrange(256)}"
        program = programs[row % len(programs)]
        lines.append(
            f"{program}[{chance.randrange(32768)}]: {text} from {address} code {chance.getrandbits(24)}".encode()
        )
    return lines


def chunks(lines: Sequence[bytes], step: int = 650) -> list[bytes]:
    """The lines as pieces of `step` lines each, about 64 KiB."""
    return [b"\n".join(lines[i : i + step]) + b"\n" for i in range(0, len(lines), step)]


def energy_event(number: int) -> bytes:
    """One energy event, as the meters send it; `number` makes it one of a kind."""
    chance = random.Random(number)
    watts = 1700 + chance.randrange(200)
    peaks = ";".join(f"{7 + chance.random():.8f}" for _ in range(10))
    real = ";".join(str(chance.randrange(-900, 10500)) for _ in range(9))
    imaginary = ";".join(str(chance.randrange(-900, 2800)) for _ in range(9))
    return (
        f"Device: ID=1; Fw=16071801; Evt={number}; Alarms: CoilRevesed=OFF; Power: Active={watts}W; Reactive=279var; "
        f"Appearent=403VA; Line: Current={watts / 230:.8f}; Voltage=230.08V; Phase=-43,841rad; Peaks: {peaks}; "
        f"FFT Re: {real}; FFT Img: {imaginary}; UTC Time: 2016-10-4 16:47:50; hz: 49.87; WiFi Strength: -62; Dummy: 20"
    ).encode()

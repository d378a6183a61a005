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

# What the programs of a lab machine write, the frequent ones first. {names} are filled in by `log_lines`.
LOG_TEMPLATES = (
    'nginx[{pid}]: 10.0.3.{host} - - "GET /api/v1/readings?sensor={sensor}&step=10s HTTP/1.1" 200 {size} {ms}ms',
    "mqtt-bridge[{pid}]: publish lab2/{sensor}/temperature qos=1 payload={value} retained=0 took {ms} ms",
    "bench-ctl[{pid}]: bench-{bench} supply set to {volt} V, measured {value} V, limit 2.0 A, output enabled",
    "sshd[{session}]: Accepted publickey for student{user} from 10.0.3.{host} port {port} ssh2: ED25519 SHA256:pY3r",
    "systemd[1]: Started Session {session} of User student{user}; slice user-10{user}.slice, runtime directory ready",
    "kernel: [{uptime}] usb 1-1.{bench}: new full-speed USB device number {user} using xhci_hcd, product CP2102N",
    "sshd[{session}]: pam_unix(sshd:session): session opened for user student{user}(uid=10{user}) by (uid=0)",
    "dhclient[{pid}]: DHCPACK of 10.0.3.{host} from 10.0.0.1 (xid=0x{session:x}), bound, renewal in {size} seconds",
    "CRON[{session}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1) finished in {ms} ms, status 0",
    "wpa_supplicant[{pid}]: wlan0: CTRL-EVENT-SIGNAL-CHANGE above=1 signal=-{user} noise=-95 txrate={size}00",
    "bench-ctl[{pid}]: warning: bench-{bench} current {value} A is near its limit of 2.0 A, fan at {user} percent",
    "mqtt-bridge[{pid}]: error: sensor {sensor} sent a frame with a wrong checksum ({size}), waiting for the next one",
)


def walk(rows: int, seed: int, start: float = 21.0, step: float = 0.03) -> NDArray[np.float64]:
    """A sensor's values: a random walk, rounded to 0.01 as a cheap sensor reports them."""
    steps = np.random.default_rng(seed).normal(0.0, step, rows)
    values: NDArray[np.float64] = np.round(start + np.cumsum(steps), 2)
    return values


def influx_templates(sender: int, fields: int, points: int = 5000, count: int = 20) -> list[bytes]:
    """Requests as Telegraf writes them: 100 hosts, 5 CPUs, 10 seconds, `fields` fields a line."""
    names = ("user", "system", "idle", "iowait", "irq", "softirq", "steal", "nice", "guest", "guest_nice")[:fields]
    series = [f"cpu,cpu=cpu{cpu},host=bench-{sender}-{host:03d},room=lab2" for host in range(100) for cpu in range(5)]
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
    return [request(path, templates[i % len(templates)].replace(b"@", b"%d" % (tens + i))) for i in range(requests)]


def log_lines(rows: int, seed: int) -> list[bytes]:
    """Lines as programs write them, about 100 bytes each: a dozen texts, frequent and rare, whose numbers vary."""
    chance = random.Random(seed)
    weights = [1 / (place + 1) for place in range(len(LOG_TEMPLATES))]
    pids = [chance.randrange(300, 32768) for _ in range(6)]
    sensors = [f"esp-{chance.randrange(1 << 16):04x}" for _ in range(40)]
    lines = []
    for row, template in enumerate(chance.choices(LOG_TEMPLATES, weights, k=rows)):
        filled = template.format(
            pid=chance.choice(pids),
            host=chance.randrange(10, 60),
            sensor=chance.choice(sensors),
            size=chance.randrange(200, 1200),
            ms=chance.randrange(1, 40),
            value=chance.randrange(1800, 2400) / 100,
            volt=chance.choice((3.3, 5.0, 12.0)),
            bench=chance.randrange(1, 13),
            user=chance.randrange(10, 90),
            port=chance.randrange(32768, 61000),
            session=2000 + row // 8,
            uptime=f"{row / 50:.6f}",
        )
        lines.append(filled.encode())
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

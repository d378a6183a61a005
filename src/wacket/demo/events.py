"""PURE: energy events as the meters of document 002 write them, from three kinds of load."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

# Active power (W), share of it that is reactive: a kettle, a motor, electronics.
LOADS = ((1760.0, 0.05), (640.0, 0.55), (85.0, 0.3))


def energy_event(now: int, chance: Random) -> str:
    """One event, on one line, for `now` (µs since 1970)."""
    usual, share = chance.choice(LOADS)
    active = usual * chance.gauss(1, 0.01)
    reactive = active * share
    apparent = (active**2 + reactive**2) ** 0.5
    voltage = chance.gauss(230, 0.4)
    current = apparent / voltage
    peaks = ";".join(f"{current * 2**0.5 * chance.gauss(1, 0.01):.4f}" for _ in range(10))
    real = ";".join(str(chance.randint(-600, 600)) for _ in range(9))
    imaginary = ";".join(str(chance.randint(-600, 600)) for _ in range(9))
    when = datetime.fromtimestamp(now / 1_000_000, UTC)
    moment = f"{when.year}-{when.month}-{when.day} {when:%H:%M:%S}"
    return (
        f"Device: ID=1; Fw=16071801; Evt=2; Alarms: CoilRevesed=OFF; "
        f"Power: Active={active:.0f}W; Reactive={reactive:.0f}var; Appearent={apparent:.0f}VA; "
        f"Line: Current={current:.4f}; Voltage={voltage:.2f}V; Phase=-43,841rad; "
        f"Peaks: {peaks}; FFT Re: {real}; FFT Img: {imaginary}; "
        f"UTC Time: {moment}; hz: {chance.gauss(50, 0.02):.2f}; "
        f"WiFi Strength: {chance.randint(-70, -55)}; Dummy: 20"
    )

"""The devices on USB: how many, and a log when one is attached or removed, with the serial port that it made."""

from __future__ import annotations

from typing import Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Log, Point

PERIOD = 15.0
DEVICES = "/sys/bus/usb/devices"
HUB = "09"  # the class of what only has more ports
MOST = 200
LONGEST = 80  # characters of what a device says of itself


class Device(NamedTuple):
    place: str
    number: str  # another one each time that something is attached
    vendor: str
    product: str
    name: str
    serial: str
    tty: str

    def __str__(self) -> str:
        named = f"{self.name} ({self.vendor}:{self.product}) at {self.place}"
        return f"{named} as /dev/{self.tty}" if self.tty else named


def collect(context: Context) -> Iterator[Point | Log]:
    names = context.names(DEVICES)
    if not names:
        raise Absent("no USB here")
    devices = {device.number: device for device in found(context, names)}
    yield Point("usb", {"devices": len(devices)})
    before = context.kept.get("devices")
    context.kept["devices"] = devices
    if before is None:
        listed = [device._asdict() for device in devices.values()]
        yield Log(f"{len(devices)} devices are attached", "info", {"devices": listed})
        return
    for number in sorted(set(devices).difference(before)):
        yield Log(f"attached: {devices[number]}", "info", devices[number]._asdict())
    for number in sorted(set(before).difference(devices)):
        yield Log(f"removed: {before[number]}", "warn", before[number]._asdict())


def found(context: Context, names: list[str]) -> Iterator[Device]:
    """Without the hubs; a name with a colon is one of a device's interfaces."""
    for place in [name for name in names if ":" not in name][:MOST]:
        said = {
            file: context.word(f"{DEVICES}/{place}/{file}")[:LONGEST] for file in ("busnum", "devnum", "bDeviceClass")
        }
        if said["devnum"] and said["bDeviceClass"] != HUB:
            yield device(context, place, f"{said['busnum']}-{said['devnum']}", names)


def device(context: Context, place: str, number: str, names: list[str]) -> Device:
    vendor, product, maker, name, serial = (
        context.word(f"{DEVICES}/{place}/{file}")[:LONGEST]
        for file in ("idVendor", "idProduct", "manufacturer", "product", "serial")
    )
    interfaces = [other for other in names if other.startswith(f"{place}:")]
    whole = f"{maker} {name}".strip() or "a device without a name"
    return Device(place, number, vendor, product, whole, serial, tty(context, interfaces))


def tty(context: Context, interfaces: list[str]) -> str:
    """The serial port of a board: the interface's own folder holds ttyUSB0, or a folder tty with ttyACM0."""
    for interface in interfaces:
        folder = f"{DEVICES}/{interface}"
        for name in (*context.names(folder), *context.names(f"{folder}/tty")):
            if name.startswith("tty") and name != "tty":
                return name
    return ""

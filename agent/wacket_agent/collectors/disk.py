"""How full each file system is. Leaves out what is no disk (as proc), and what is mounted for or by containers.

Each file system is asked in a thread of its own for a short time only: one whose server is gone never answers, and
must not keep the others from being told.
"""

from __future__ import annotations

import os
import re
from typing import Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context, percent
from wacket_agent.collectors._limited import Stuck
from wacket_agent.lines import Log, Point

PERIOD = 60.0
LIMIT = 30.0
EACH = 2.0  # seconds
MOST = 100

NO_DISKS = frozenset(
    """autofs bdev binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devfs devpts devtmpfs efivarfs fuse.gvfsd-fuse
    fuse.lxcfs fuse.portal fusectl hugetlbfs iso9660 mqueue nsfs overlay proc pstore ramfs rpc_pipefs securityfs
    selinuxfs squashfs sysfs tmpfs tracefs""".split()  # noqa: SIM905 - a list of so many words is no clearer
)
LEFT_OUT = (
    "/var/lib/docker/",
    "/var/lib/containers/",
    "/var/lib/kubelet/",
    "/run/",
    "/snap/",
    "/proc/",
    "/sys/",
    # What Docker mounts into each container:
    "/etc/hostname",
    "/etc/hosts",
    "/etc/resolv.conf",
)
PLUGGED_IN = "/run/media/"

_ESCAPED = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    device: str
    path: str
    kind: str


def collect(context: Context) -> Iterator[Point | Log]:
    silent = []
    for mount in (from_proc if context.on_linux else from_psutil)(context)[:MOST]:
        path = context.path(mount.path)
        try:
            fields = context.within(EACH, f"disk {path}", lambda path=path: space(path))
        except Stuck as stuck:
            silent.append(f"{mount.path} ({mount.kind} {mount.device}): {stuck}")
        except OSError:
            continue  # it was unmounted meanwhile, or is another account's own
        else:
            yield Point("disk", fields, {"mount": mount.path})
    if context.changed("silent", silent, before=[]):
        yield Log(f"no answer from: {'; '.join(silent)}", "error") if silent else Log("all file systems answer again")


def from_proc(context: Context) -> list[Mount]:
    """Each device once, at the place where it was mounted first."""
    in_sight: dict[str, Mount] = {}  # what is mounted later hides what was at that place
    for line in context.read("/proc/self/mounts").splitlines():
        device, path, kind = (unescaped(word) for word in line.split(" ")[:3])
        in_sight[path] = Mount(device, path, kind)
    devices: dict[str, Mount] = {}
    for mount in in_sight.values():
        if is_told(mount.path, mount.kind):
            devices.setdefault(mount.device, mount)
    return list(devices.values())


def is_told(path: str, kind: str) -> bool:
    """The root is, whatever it is on: in a container and on a board that starts from the network it is all there is."""
    if path == "/":
        return True
    return kind not in NO_DISKS and (path.startswith(PLUGGED_IN) or not path.startswith(LEFT_OUT))


def from_psutil(context: Context) -> list[Mount]:
    try:
        disks = context.psutil().disk_partitions()
    except Absent:
        return [Mount("", os.path.abspath(os.sep), "")]  # noqa: PTH100 - the one that there is everywhere
    found = [Mount(disk.device, disk.mountpoint, disk.fstype) for disk in disks]
    # On macOS one container of APFS shows as many volumes; what people know as their disk is these two.
    own = [mount for mount in found if not mount.path.startswith("/System/Volumes/") or mount.path.endswith("/Data")]
    return [mount for mount in own if mount.kind and mount.kind not in NO_DISKS]


def space(path: str) -> dict[str, float | None]:
    """What the file system says of itself. Asks the kernel, which may never answer."""
    if not hasattr(os, "statvfs"):
        import shutil

        total, used, free = shutil.disk_usage(path)
        return {"used_percent": percent(used, total), "total_bytes": total, "free_bytes": free}
    told = os.statvfs(path)
    used = told.f_blocks - told.f_bfree
    return {
        # As df has it: of what ordinary accounts may use.
        "used_percent": percent(used, used + told.f_bavail),
        "total_bytes": told.f_blocks * told.f_frsize,
        "free_bytes": told.f_bavail * told.f_frsize,
        "inodes_used_percent": percent(told.f_files - told.f_ffree, told.f_files),
    }


def unescaped(word: str) -> str:
    r"""The kernel writes blanks and the like as \040."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), word)

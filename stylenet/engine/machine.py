"""What memory this machine, or the container on it, has left, and what this process took."""

import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path("/")
# Where control groups say their limit and what is used of it, and what of that is given back
# when it is needed, in `memory.stat`: version 2, then version 1.
_GROUPS = (
    ("sys/fs/cgroup", "max", "current", "inactive_file"),
    ("sys/fs/cgroup/memory", "limit_in_bytes", "usage_in_bytes", "total_inactive_file"),
)


def free_memory(root=ROOT):
    """Bytes that can still be had here: of the machine, or of a control group if that is less.

    Args:
        root: of the file system.

    Returns:
        int, or None where nobody says.
    """
    known = [_of_machine(root), *_of_groups(root)]
    return min((max(0, free) for free in known if free is not None), default=None)


def _of_machine(root):
    """What Linux says is available; in versions that do not, what is free or easily made so."""
    with suppress(OSError, ValueError, KeyError):
        lines = (root / "proc/meminfo").read_text().splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, rest in (x.split(":") for x in lines)}
        if "MemAvailable" in kilobytes:
            return 1024 * kilobytes["MemAvailable"]
        return 1024 * sum(kilobytes.get(name, 0) for name in ("MemFree", "Buffers", "Cached"))
    return None


def _of_groups(root):
    """What is left to each control group that this process is in, and to those around it."""
    paths = {""}
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers or "memory" in controllers.split(","):
                parts = Path(path).parts[1:]
                paths |= {"/".join(parts[:depth]) for depth in range(len(parts) + 1)}
    for folder, limit, usage, idle in _GROUPS:
        for path in paths:
            with suppress(OSError, ValueError):  # "max" where there is no limit
                group = root / folder / path
                most = int((group / f"memory.{limit}").read_text())
                used = int((group / f"memory.{usage}").read_text())
                yield most - used + _idle(group / "memory.stat", idle)


def _idle(path, name):
    """Bytes of files that are held, and given back when they are needed."""
    with suppress(OSError, ValueError):
        for line in path.read_text().splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
    return 0


def peak_memory():
    """The most memory this process has held so far, in bytes; None where nobody can say."""
    with suppress(OSError, IndexError):  # only Linux has it; its ru_maxrss knows the parent's, too
        status = Path("/proc/self/status").read_text()
        return 1024 * int(status.split("VmHWM:")[1].split()[0])
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

"""What memory is left, of the machine or of its container, and what a process took."""

import subprocess
import sys

import numpy as np
import pytest

from stylenet.engine.machine import free_memory

GB = 10**9


def test_free_memory_is_known_or_not():
    free = free_memory()
    assert free is None or free > 1e6


@pytest.fixture
def machine(tmp_path):
    """Makes files below a root: machine({path: text})."""

    def make(files):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    return make


HOST = {"proc/meminfo": "MemTotal: 9000000 kB\nMemAvailable: 8000000 kB\n"}
SECOND = {
    "proc/self/cgroup": "0::/user/run\n",
    "sys/fs/cgroup/user/run/memory.max": "max\n",
    "sys/fs/cgroup/user/memory.max": f"{3 * GB}\n",  # of the group around it
    "sys/fs/cgroup/user/memory.current": f"{2 * GB}\n",
    "sys/fs/cgroup/user/memory.stat": f"anon 7\ninactive_file {GB // 2}\n",
}
FIRST = {
    "proc/self/cgroup": "5:cpu:/\n4:memory:/docker\n",
    "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": f"{GB}\n",
    "sys/fs/cgroup/memory/docker/memory.usage_in_bytes": f"{GB // 4}\n",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        (HOST, 8_000_000 * 1024),
        ({"proc/meminfo": "MemFree: 5 kB\nBuffers: 2 kB\nCached: 3 kB\n"}, 10 * 1024),
        ({"proc/meminfo": "nothing of the kind"}, None),
        (HOST | SECOND, 3 * GB // 2),
        (HOST | FIRST, GB - GB // 4),
        (FIRST, GB - GB // 4),
        (HOST | FIRST | {"sys/fs/cgroup/memory/docker/memory.limit_in_bytes": f"{2**63}"}, None),
    ],
    ids=range(8),
)
def test_the_least_of_machine_and_control_groups(machine, files, expected):
    if expected is None and files:
        expected = free_memory(machine({k: v for k, v in files.items() if "cgroup" not in k}))
    assert free_memory(machine(files)) == expected


def test_the_peak_is_this_processs_own():
    """A child of a larger process is not told its parent's."""
    block = np.ones(400_000_000, np.uint8)
    code = (
        "from stylenet.engine.machine import peak_memory; before = peak_memory();"
        "block = bytearray(100_000_000); print(before, peak_memory())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before < block.nbytes
    assert after - before == pytest.approx(100e6, rel=0.1)

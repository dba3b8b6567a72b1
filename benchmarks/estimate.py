"""What `--dry-run` says a run takes beside what it takes: one table from one run.

python -m benchmarks.estimate [--only default whole tiles]
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tqdm.auto import tqdm

from benchmarks.full_width import write_random_network

_PATTERNS = {
    "time": r"time +about ([\d.]+) (s|min|h)",
    "memory": r"memory +about ([\d.]+) (GB)",
    "disk": r"disk +about ([\d.]+) (MB)",
    "temporary": r"and ([\d.]+) (MB) of temporary",
}
_UNITS = {"s": 1, "min": 60, "h": 3600, "GB": 1e9, "MB": 1e6}
_POLL = 0.05  # seconds


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimate", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    wanted = parser.parse_args().only
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_random_network(folder / "full.mat")
        print("| run | figure | said before | measured | said / measured |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        for name in tqdm(wanted, unit="run"):
            words = [str(word).format(folder=folder) for word in CASES[name]]
            for figure, said, measured, unit in _compared(words, folder):
                ratio = f"{said / measured:.2f}" if measured else ""
                row = f"| {name} | {figure} | {said:.4g} {unit} | {measured:.4g} {unit} | {ratio} |"
                print(row, flush=True)


_FEW = ["--iterations", 8]
CASES = {
    "default": [],
    "whole": ["--network", "{folder}/full.mat", "--width", 1024, "--tile", "off", *_FEW],
    "tiles": ["--width", 1500, "--tile", 256, *_FEW],
}


def _compared(words, folder):
    """Figure, as the dry run said it, as the run had it, and the unit of both."""
    output = folder / "output" / "result.png"
    words = [*words, "--output", str(output), "--overwrite"]
    text = _run([*words, "--dry-run"], folder)[0]
    _, seconds, peak, temporary = _run(words, folder)
    files = sum(path.stat().st_size for path in output.parent.iterdir())
    real = {"time": seconds, "memory": peak, "disk": files, "temporary": temporary}
    for figure, pattern in _PATTERNS.items():
        found = re.search(pattern, text)
        if found:
            unit = _UNITS[found[2]]
            yield figure, float(found[1]), real[figure] / unit, found[2]


def _run(words, folder):
    """(text, seconds, peak bytes, most bytes of temporary files) of a process of its own."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "TMPDIR": str(scratch)}
    begin, most = time.perf_counter(), 0
    with (folder / "text").open("w+") as text:
        process = subprocess.Popen(
            [sys.executable, "main1.py", *words], env=environment, stdout=text
        )
        done = 0
        while not done:
            most = max(most, _bytes_below(scratch))
            time.sleep(_POLL)
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - begin
        process.returncode = status
        if status:
            raise RuntimeError(f"main1.py {' '.join(words)} failed")
        text.seek(0)
        return text.read(), seconds, usage.ru_maxrss * 1024, most


def _bytes_below(folder):
    """Of all files in a folder, which come and go."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512  # what is written, not what it will be
        except FileNotFoundError:
            continue
    return total


if __name__ == "__main__":
    main()

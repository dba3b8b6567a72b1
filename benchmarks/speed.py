"""Speed, start and memory with the full-width VGG-19: one table of ratios from one run.

python -m benchmarks.speed [--steps 6]

Every step is followed by a matrix product and told in units of it: what else the machine computes
slows both alike.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from benchmarks.full_width import FLOP_PER_PIXEL, PRODUCT, measured, write_random_network

_FIRST_STEP = "iteration     1 "


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--steps", type=int, default=6, help="steps to time at each size")
    steps = parser.parse_args().steps
    with tempfile.TemporaryDirectory() as folder, tqdm(total=7, unit="figure") as bar:
        network, published = Path(folder) / "full.mat", Path(folder) / "published.mat"
        write_random_network(network)
        write_random_network(published, whole=True)
        figures = {}
        for name, measure in (
            ("import", seconds_to_import),
            ("start", lambda: seconds_to_first_step(network, folder)),
            ("published", lambda: seconds_to_first_step(published, folder)),
            (256, lambda: measured(network, 256, 4 * steps)),
            (512, lambda: measured(network, 512, steps)),
            ("bfloat16", lambda: measured(network, 512, steps, "bfloat16")),
            (1024, lambda: measured(network, 1024, steps)),
        ):
            figures[name] = measure()
            bar.update()
    for line in table(figures):
        print(line)


def table(figures):
    """The lines of the table, from name -> Measured, or the seconds of a start."""
    small, middle, large = (figures[size] for size in (256, 512, 1024))
    share = FLOP_PER_PIXEL * 512**2 / (2 * PRODUCT**3 * middle.products)
    growth = large.products / small.products / 16
    rate = FLOP_PER_PIXEL * 512**2 / middle.seconds / share
    memory = (large.peak - small.peak) / (1024**2 - 256**2) * 1e6
    return [
        "| figure | measured |",
        "| --- | --- |",
        f"| float32 matrix product | {rate / 1e9:.0f} GFLOP/s |",
        f"| step at 512 x 512, float32 | {middle.seconds:.2f} s |",
        f"| its share of the matrix product's rate | {share:.2f} |",
        f"| bfloat16 step / float32 step | {figures['bfloat16'].products / middle.products:.2f} |",
        f"| time per pixel, 1024 x 1024 / 256 x 256 | {growth:.2f} |",
        f"| step at 1024 x 1024, float32 | {large.seconds:.2f} s |",
        f"| peak memory at 1024 x 1024, whole process | {large.peak / 1e9:.2f} GB |",
        f"| memory per megapixel beyond 256 x 256 | {memory / 1e9:.2f} GB |",
        f"| from the shell to the first step, 256 px | {figures['start']:.1f} s |",
        f"| the same, file packed and as large as published | {figures['published']:.1f} s |",
        f"| `import tensorflow` alone | {figures['import']:.1f} s |",
    ]


def seconds_to_import(rounds=3):
    """Median seconds of a process that imports TensorFlow and ends."""
    command = [sys.executable, "-c", "import tensorflow"]
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begin)
    return np.median(times)


def seconds_to_first_step(network, folder, rounds=3):
    """Median seconds from `python main1.py` to the moment its bar shows the first step done."""
    return np.median([_seconds_to_first_step(network, folder) for _ in range(rounds)])


def _seconds_to_first_step(network, folder):
    arguments = ["main1.py", "--network", str(network), "--width", "256", "--scales", "1"]
    arguments += ["--iterations", "2", "--output", str(Path(folder) / "first.png")]
    arguments += ["--print-iterations", "1", "--overwrite"]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-u", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    times = [time.perf_counter() - begin for line in process.stdout if _FIRST_STEP in line]
    if process.wait() or not times:
        raise RuntimeError("main1.py did not come to its first step")
    return times[0]


if __name__ == "__main__":
    main()

"""Speed, start and memory with the full-width VGG-19: one table of ratios from one run.

python -m benchmarks.speed [--steps 6]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm.auto import tqdm

from benchmarks.full_width import FLOP_PER_PIXEL, measured, write_random_network

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
            ("product", lambda: (matrix_product_rate(), 0)),
            ("start", lambda: (seconds_to_first_step(network, folder), 0)),
            ("published", lambda: (seconds_to_first_step(published, folder), 0)),
            (256, lambda: measured(network, 256, 2 * steps)),
            (512, lambda: measured(network, 512, steps)),
            ("bfloat16", lambda: measured(network, 512, steps, "bfloat16")),
            (1024, lambda: measured(network, 1024, steps)),
        ):
            figures[name] = measure()
            bar.update()
    for line in table(figures):
        print(line)


def table(figures):
    """The lines of the table, from name or size -> (seconds or rate, bytes)."""
    seconds = {name: figure[0] for name, figure in figures.items()}
    share = FLOP_PER_PIXEL * 512**2 / seconds[512] / seconds["product"]
    growth = seconds[1024] / seconds[256] / 16
    return [
        "| figure | measured |",
        "| --- | --- |",
        f"| float32 matrix product | {seconds['product'] / 1e9:.0f} GFLOP/s |",
        f"| step at 512 x 512, float32 | {seconds[512]:.2f} s |",
        f"| its share of the matrix product's rate | {share:.2f} |",
        f"| bfloat16 step / float32 step | {seconds['bfloat16'] / seconds[512]:.2f} |",
        f"| time per pixel, 1024 x 1024 / 256 x 256 | {growth:.2f} |",
        f"| step at 1024 x 1024, float32 | {seconds[1024]:.2f} s |",
        f"| peak memory at 1024 x 1024 | {figures[1024][1] / 1e9:.2f} GB |",
        f"| memory per megapixel beyond 256 x 256 | {_per_megapixel(figures) / 1e9:.2f} GB |",
        f"| from the shell to the first step, 256 px | {seconds['start']:.1f} s |",
        f"| the same, file packed and as large as published | {seconds['published']:.1f} s |",
    ]


def matrix_product_rate(size=3000, rounds=8):
    """The best rate of a float32 matrix product in TensorFlow, FLOP per second."""
    a = tf.constant(np.random.default_rng(0).standard_normal((size, size), np.float32))
    best = np.inf
    for _ in range(rounds):
        begin = time.perf_counter()
        tf.linalg.matmul(a, a).numpy()
        best = min(best, time.perf_counter() - begin)
    return 2 * size**3 / best


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


def _per_megapixel(figures):
    return (figures[1024][1] - figures[256][1]) / (1024**2 - 256**2) * 1e6


if __name__ == "__main__":
    main()

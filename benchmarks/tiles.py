"""Pictures in tiles with the full-width VGG-19: one table from one run.

python -m benchmarks.tiles [--sample 1] [--largest 64] [--only difference memory time]

A step of a large picture takes long. With `--sample N` every N-th tile of it alone is computed:
memory is that of all tiles, which come one after the other, and time is scaled by the pixels.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tqdm.auto import tqdm

from benchmarks.full_width import measured, write_random_network

MEGAPIXELS = 1_000_000
COUNTED_BYTES = 5 * 3 * 4  # a pixel of image, gradient, two moments, content
STATISTICS = ("gram", "mean-std", "wasserstein")

_PICTURE = """
import sys
import numpy as np
from CNNStyleNet import CNNStyleNet
def picture(height, width, seed):
    noise = np.random.default_rng(seed).standard_normal((height, width, 3), np.float32)
    rows, columns = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    noise *= 12
    noise += 127 + 90 * np.sin(rows / np.float32(7) + columns / np.float32(11) + seed)
    return np.clip(noise, 0, 255, out=noise).astype(np.float32, copy=False)
"""

_DIFFERENCE = (
    _PICTURE
    + """
path, statistic = sys.argv[1:]
found = []
for tile in ("off", 256):
    options = {"epochs": 1, "scales": 1, "precision": "float32", "tile": tile}
    options |= {"style_statistic": statistic, "initial": "style"}
    with CNNStyleNet(picture(741, 1003, 0), picture(300, 400, 1), path, **options) as net:
        net.fit([lambda record: None])
        net._problem.set_image(picture(741, 1003, 2)[None] - net._norm_mean_matrix)
        _, gradient = net._problem.state(net._problem.gradient_op)
        found.append(np.array(gradient))
whole, tiled = found
print(np.abs(tiled - whole).max() / np.abs(whole).max())
"""
)

_STEP = (
    _PICTURE
    + """
import resource, time
from stylenet import tiled, tiled_targets
from stylenet.optimizers import Problem
path, side, tile, sample = sys.argv[1], *map(int, sys.argv[2:])
every_tile, work = tiled.tiles_of, {"all": 0, "done": 0}
def some_tiles(height, width, size, halo):
    tiles = every_tile(height, width, size, halo)
    # From the middle of each share, so that tiles at the border are as many as they are.
    return tiles[sample // 2 :: sample] or tiles[:1]
tiled.tiles_of = tiled_targets.tiles_of = some_tiles
step = Problem.state
class Done(Exception):
    pass
def timed(self, *ops, feed=None):
    begin = time.perf_counter()
    result = step(self, *ops, feed=feed)
    seconds = time.perf_counter() - begin
    for halo, passes in zip(self.tiles._halos, (1, 2)):  # the gradient goes there and back
        for name, tiles in (("all", every_tile), ("done", some_tiles)):
            crops = tiles(side, side, tile, halo)
            work[name] += passes * sum(tile.crop.pixels for tile in crops)
    print(seconds * work["all"] / work["done"], end=" ")
    return result
Problem.state = timed
def stop(record):
    raise Done
options = {"epochs": 1, "scales": 1, "precision": "float32", "tile": tile}
options |= {"style_scales": [min(1.0, 1000 / side)]}
try:
    with CNNStyleNet(picture(side, side, 0), picture(1000, 1000, 1), path, **options) as net:
        net.fit([stop])
except Done:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__)
    parser.add_argument("--sample", type=int, default=1, help="compute every N-th tile alone")
    parser.add_argument("--largest", type=int, default=64, help="megapixels of the timed step")
    kinds = {"difference": _difference, "memory": _memory, "time": _time}
    parser.add_argument("--only", nargs="+", choices=kinds, default=list(kinds))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        network = Path(folder) / "full.mat"
        write_random_network(network)
        print("| figure | measured |\n| --- | --- |", flush=True)
        for kind in tqdm(arguments.only, unit="figure"):
            for name, value in kinds[kind](network, arguments):
                print(f"| {name} | {value} |", flush=True)


def _difference(network, arguments):
    for statistic in STATISTICS:
        (difference,) = _run(_DIFFERENCE, network, statistic)
        yield f"gradient, largest difference tiled - whole, {statistic}", f"{difference:.1e}"


def _memory(network, arguments):
    rest = {}
    for side in (4000, 6000):
        _, peak = _run(_STEP, network, side, 512, arguments.sample)
        pixels = side * side
        rest[side] = peak - COUNTED_BYTES * pixels
        name = f"{pixels / MEGAPIXELS:.0f} MP at a tile of 512"
        yield f"peak memory, {name}", f"{peak / 1e9:.2f} GB"
        yield f"peak memory but for the picture's five arrays, {name}", f"{rest[side] / 1e9:.2f} GB"
    yield "36 MP / 16 MP of the latter", f"{rest[6000] / rest[4000]:.3f}"


def _time(network, arguments):
    whole, _ = measured(network, 1000, 2)
    side = round((arguments.largest * MEGAPIXELS) ** 0.5)
    seconds, peak = _run(_STEP, network, side, 1024, arguments.sample)
    yield "step at 1 MP in one piece", f"{whole:.1f} s"
    yield f"step at {arguments.largest} MP at a tile of 1024", f"{seconds:.0f} s"
    yield "peak memory of it", f"{peak / 1e9:.2f} GB"
    ratio = seconds / side**2 / (whole / MEGAPIXELS)
    yield "time per pixel in tiles / in one piece", f"{ratio:.2f}"


def _run(script, *arguments):
    """The numbers a script prints, run in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()

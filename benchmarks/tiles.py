"""Pictures in tiles with the full-width VGG-19: one table from one run.

python -m benchmarks.tiles [--sample 1] [--largest 64] [--only difference memory time]

Memory and time are those of whole processes, `python main1.py` on files. A step of a large picture
takes long: with `--sample N` every N-th tile of it alone is computed. Memory is that of all tiles,
which come one after the other, and time is scaled by the pixels.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm.auto import tqdm

from benchmarks.full_width import measured, write_random_network
from MLPreProcess import to_bytes

MEGAPIXELS = 1_000_000
COUNTED_BYTES = 5 * 3 * 4  # a pixel of image, gradient, two moments, content
STATISTICS = ("gram", "mean-std", "wasserstein")

_DIFFERENCE = """
import sys
import numpy as np
from benchmarks.tiles import picture
from CNNStyleNet import CNNStyleNet
path, statistic = sys.argv[1:]
found = []
for tile in ("off", 256):
    options = {"epochs": 1, "scales": 1, "precision": "float32", "tile": tile}
    options |= {"style_statistic": statistic, "initial": "style"}
    with CNNStyleNet(picture(741, 1003, 0), picture(300, 400, 1), path, **options) as net:
        net.fit([lambda record: None])
        net.graph.set_image(picture(741, 1003, 2)[None] - net._norm_mean_matrix)
        _, gradient = net.engines.now.evaluate(net.graph.gradient_op)
        found.append(np.array(gradient))
whole, tiled = found
print(np.abs(tiled - whole).max() / np.abs(whole).max())
"""

# A run by the command line, of two steps. Of the second, which is there because the result of the
# first is held from then on, one tile of each pass is computed.
_RUN = """
import sys, time
import main1
from stylenet.engine import tiled_picture, tiled_targets
from stylenet.engine.machine import peak_memory
from stylenet.engine.tiled import Tiled
sample, *arguments = sys.argv[1:]
sample = int(sample)
tiles_of, aligned = tiled_picture.tiles_of, tiled_picture._aligned
units, take = tiled_picture.TiledPicture._units, Tiled.step
work, steps = {"all": 0, "done": 0}, []
def some(tiles, sample):
    # From the middle of each share, so that tiles at the border are as many as they are.
    return tiles[sample // 2 :: sample] or tiles[:1]
def some_units(self, tiles):
    chosen = some(tiles, len(tiles) if steps else sample)
    passes = 2 if tiles is self._tiles[1] else 1  # the gradient goes there and back
    for name, counted in (("all", tiles), ("done", chosen)):
        work[name] += passes * sum(tile.crop.pixels for tile in counted)
    return units(self, chosen)
def timed(self, *arguments):
    begin = time.perf_counter()
    take(self, *arguments)
    steps.append((time.perf_counter() - begin) * work["all"] / work["done"])
def all_of(shape):
    whole = aligned(shape)
    whole.fill(0)  # the tiles left out would leave it without memory
    return whole
tiled_picture._aligned = all_of
tiled_targets.tiles_of = lambda *grid: some(tiles_of(*grid), sample)
tiled_picture.TiledPicture._units, Tiled.step = some_units, timed
if main1.main(arguments):
    sys.exit("the run failed")
print(steps[0], peak_memory())
"""


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
        _, peak = _two_steps(network, side, 512, arguments.sample)
        pixels = side * side
        rest[side] = peak - COUNTED_BYTES * pixels
        name = f"{pixels / MEGAPIXELS:.0f} MP at a tile of 512"
        yield f"peak memory, {name}", f"{peak / 1e9:.2f} GB"
        yield f"peak memory but for the picture's five arrays, {name}", f"{rest[side] / 1e9:.2f} GB"
    yield "36 MP / 16 MP of the latter", f"{rest[6000] / rest[4000]:.3f}"


def _time(network, arguments):
    whole = measured(network, 1000, 2).seconds
    side = round((arguments.largest * MEGAPIXELS) ** 0.5)
    seconds, peak = _two_steps(network, side, 1024, arguments.sample)
    yield "step at 1 MP in one piece", f"{whole:.1f} s"
    yield f"step at {arguments.largest} MP at a tile of 1024", f"{seconds:.0f} s"
    yield "peak memory of it", f"{peak / 1e9:.2f} GB"
    ratio = seconds / side**2 / (whole / MEGAPIXELS)
    yield "time per pixel in tiles / in one piece", f"{ratio:.2f}"


def _two_steps(network, side, tile, sample):
    """(seconds of a step, peak bytes) of a run whose result has side x side pixels."""
    folder = network.parent
    content, style, output = (folder / name for name in ("content.bmp", "style.bmp", "result.tif"))
    write_picture(content, picture(side, side, 0))
    write_picture(style, picture(1000, 1000, 1))
    options = {"content": content, "styles": style, "network": network, "output": output}
    options |= {"tile": tile, "iterations": 2, "scales": 1, "precision": "float32"}
    options |= {"optimizer": "adam"}  # whose step is timed from inside
    options |= {"style-scales": min(1.0, 1000 / side)}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return _run(_RUN, sample, "--overwrite", *words)


def picture(height, width, seed):
    """Waves with noise, float32 (height, width, 3), 0-255."""
    noise = np.random.default_rng(seed).standard_normal((height, width, 3), np.float32)
    rows, columns = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    noise *= 12
    noise += 127 + 90 * np.sin(rows / np.float32(7) + columns / np.float32(11) + seed)
    return np.clip(noise, 0, 255, out=noise)


def write_picture(path, image):
    """Write a picture as it lies in memory, which takes no time."""
    Image.fromarray(to_bytes(image)).save(path)


def _run(script, *arguments):
    """The numbers on the last line a script prints, run in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


if __name__ == "__main__":
    main()

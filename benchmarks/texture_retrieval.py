"""How well do a network's Gram matrices know one picture from another?

    python -m benchmarks.texture_retrieval --network stylenet/models/NAME.mat [OTHER.mat ...]

Nine patches of 128 x 128 pixels from each of 185 pictures that no network here was trained on: 15
photographs that come with scikit-image and 170 procedural ones of ten kinds kept for this test.
For each patch the nearest of all other patches is sought, by the Gram matrices of a style layer;
the figure is the share of patches whose nearest neighbour is from the same picture. Networks with
random kernels are measured beside the given ones. Needs PyTorch, scikit-image and, for the network
of full width, 3.6 GB of memory.
"""

import argparse
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from skimage import data, transform
from tqdm.auto import tqdm

from stylenet.network.network_file import read_network
from tools.textures import HELD_OUT_KINDS, make_picture
from tools.training.network import STYLE_LAYERS, features, gram
from tools.training.random_network import FULL, QUARTER, random_network

PATCH, SIDE = 128, 3  # pixels; SIDE x SIDE patches of a picture
SEEDS = range(101, 118)  # of each held-out kind
PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "cell", "chelsea", "coffee", "coins", "grass", "gravel",
    "hubble_deep_field", "immunohistochemistry", "moon", "stereo_motorcycle", "retina", "rocket",
)  # fmt: skip


def photograph(name):
    """A photograph of scikit-image's wheel as uint8 (H, W, 3), its sides at least 384 pixels."""
    picture = getattr(data, name)()
    picture = picture[0] if isinstance(picture, tuple) else picture
    picture = np.stack([picture] * 3, -1) if picture.ndim == 2 else picture[..., :3]
    short = min(picture.shape[:2])
    if short < SIDE * PATCH:
        height, width = (int(np.ceil(n * SIDE * PATCH / short)) for n in picture.shape[:2])
        picture = transform.resize(picture, (height, width), preserve_range=True)
    return np.asarray(picture, np.uint8)


def draw(job):
    """(kind, seed) -> held-out picture."""
    kind, seed = job
    return make_picture(seed, kind)


def patches_of(picture):
    """A picture (H, W, 3) -> SIDE * SIDE separate patches from its middle 512 x 512 pixels."""
    top, left = (max(n - 512, 0) // 2 for n in picture.shape[:2])
    middle = picture[top : top + 512, left : left + 512]
    rows, columns = (np.linspace(0, n - PATCH, SIDE).astype(int) for n in middle.shape[:2])
    return [middle[r : r + PATCH, c : c + PATCH] for r in rows for c in columns]


def test_patches(workers=2):
    """All patches uint8 (n, PATCH, PATCH, 3) and the number of the picture each is from (n,)."""
    jobs = [(kind, seed) for kind in HELD_OUT_KINDS for seed in SEEDS]
    pictures = [photograph(name) for name in PHOTOGRAPHS]
    with Pool(workers) as pool:
        pictures += list(tqdm(pool.imap(draw, jobs), "drawing test pictures", total=len(jobs)))
    patches = np.stack([patch for picture in pictures for patch in patches_of(picture)])
    return patches, np.repeat(np.arange(len(pictures)), SIDE * SIDE)


def gram_rows(folded, patches, batch=24):
    """{style layer: (n, C (C + 1) / 2)}: upper triangles of the Gram matrices of the patches."""
    rows = {}
    for start in range(0, len(patches), batch):
        pictures = torch.from_numpy(patches[start : start + batch]).permute(0, 3, 1, 2).float()
        with torch.no_grad():
            found = features(folded, pictures.contiguous(memory_format=torch.channels_last))
        for name in STYLE_LAYERS:
            matrices = gram(found[name])
            upper = torch.triu_indices(*matrices.shape[1:])
            if name not in rows:
                rows[name] = np.empty((len(patches), upper.shape[1]), np.float32)
            rows[name][start : start + batch] = matrices[:, upper[0], upper[1]].numpy()
    return rows


def distances(rows, block=4096):
    """Mean squared distances (n, n) between the standardised square Gram matrices of rows.

    So many entries of the matrices at a time, as rows of a wide layer take a gigabyte.
    """
    width = int(np.sqrt(2 * rows.shape[1]))
    first, second = np.triu_indices(width)
    count = np.where(first == second, 1, 2)  # an entry off the diagonal stands in the square twice
    products = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], block):
        part = rows[:, start : start + block]
        spread = part.std(0)
        scale = np.sqrt(count[start : start + block]) / width
        part = (part - part.mean(0)) / np.where(spread > 1e-9, spread, 1) * scale
        products += part @ part.T
    squares = products.diagonal()
    return squares[:, None] + squares[None] - 2 * products


def share_found(between, owners):
    """The share of patches whose nearest other patch is from the same picture."""
    between = between + np.diag(np.full(len(between), np.inf))
    return float((owners[between.argmin(1)] == owners).mean())


def retrieval(folded, patches, owners):
    """The figures of the five style layers and of all five together."""
    between = [distances(rows) for rows in gram_rows(folded, patches).values()]
    return [share_found(one, owners) for one in between] + [share_found(sum(between), owners)]


def main():
    """Print the table, one row for each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", nargs="+", default=[], help=".mat files to measure")
    arguments = parser.parse_args()
    patches, owners = test_patches()
    networks = {
        "random, quarter width": lambda: random_network(QUARTER),
        "random, full width": lambda: random_network(FULL),
    } | {Path(path).stem: lambda path=path: _folded(path) for path in arguments.network}
    print(f"{'':32}" + "".join(f"{name:>9}" for name in (*STYLE_LAYERS, "all")))
    for name, load in networks.items():
        figures = retrieval(load(), patches, owners)
        print(f"{name:32}" + "".join(f"{figure:9.3f}" for figure in figures), flush=True)


def _folded(path):
    network = read_network(path)
    return {name: (network.kernels[name], network.biases[name]) for name in network.kernels}


if __name__ == "__main__":
    main()

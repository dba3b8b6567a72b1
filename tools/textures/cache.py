"""The training pictures in one file, drawn once and kept."""

from multiprocessing import Pool
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from tools.textures import SIZE, make_picture, training_list


def draw(job):
    """(seed, kind) -> picture, for a worker."""
    return make_picture(*job)


def training_pictures(folder, n, workers=2):
    """The first n training pictures, uint8 (n, SIZE, SIZE, 3), drawn if the folder lacks them."""
    path = Path(folder) / f"pictures_{n}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures = np.empty((n, SIZE, SIZE, 3), np.uint8)
        with Pool(workers) as pool:
            drawn = pool.imap(draw, training_list(n), chunksize=4)
            for i, picture in enumerate(tqdm(drawn, "drawing pictures", total=n)):
                pictures[i] = picture
        partial = path.with_suffix(".partial.npy")
        np.save(partial, pictures)
        partial.replace(path)
    return np.load(path, mmap_mode="r")

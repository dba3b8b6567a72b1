"""Write the sample pictures: `python -m tools.samples [--out images]`."""

import argparse
from pathlib import Path

from tqdm.auto import tqdm

from . import dots, glass, lane, scene, still_life, swirls, woodblock

_PICTURES = {
    "content_harbour.jpg": scene.render,
    "content_still_life.jpg": still_life.render,
    "content_lane.jpg": lane.render,
    "style_swirls.jpg": swirls.render,
    "style_glass.jpg": glass.render,
    "style_woodblock.jpg": woodblock.render,
    "style_dots.jpg": dots.render,
}
_MAX_BYTES = {"content": 200_000, "style": 450_000}


def _save(picture, path):
    """Save as JPEG at quality 92, or the best lower one that keeps the file small."""
    for quality in range(92, 60, -2):
        picture.save(path, quality=quality, subsampling=0 if quality > 88 else 2)
        if path.stat().st_size <= _MAX_BYTES[path.stem.split("_")[0]]:
            return


def main():
    """Render every picture with its fixed seed and write it to the output folder."""
    parser = argparse.ArgumentParser(prog="python -m tools.samples", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("images"), help="folder to write to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, render in tqdm(_PICTURES.items(), unit="picture"):
        _save(render(), out / name)


if __name__ == "__main__":
    main()

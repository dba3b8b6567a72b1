"""Paints the pictures of the README from images/, with fixed seeds.

    python -m tools.figures [NAME …]

NAME is a figure, or `course` for all of the course; everything without one. What the figures of the
course measure goes to images/course/numbers.json, and `python -m tools.readme` takes it from there.
"""

import argparse
import json
import tempfile
import time
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tqdm.auto import tqdm

import main1
import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.disk.whole_files import write_whole
from stylenet.options.presets import PRESETS
from tools.canvas import GAP, labelled, table, thumbnail
from tools.course import (
    content_layers,
    feature_maps,
    film,
    gradient,
    gram_matrices,
    idea,
    loss_curves,
    relative,
    student,
    textures,
    total_variation,
)
from tools.course.runs import Scale

IMAGES = Path("images")
CONTENTS = ("content_harbour", "content_still_life", "content_lane")
STYLES = ("style_swirls", "style_glass", "style_woodblock", "style_dots")

HERO = ("style_glass", "style_swirls", "style_woodblock", "style_dots")  # the first large
CELL = 396, 266  # pixels of a small picture of the hero

# The figures of the course, in its order: how each is drawn, and the format it is kept in.
COURSE = {
    "idea": (idea.draw, ".png"),
    "feature_maps": (feature_maps.draw, ".jpg"),
    "content_layers": (content_layers.draw, ".jpg"),
    "gram_matrices": (gram_matrices.draw, ".jpg"),
    "textures": (textures.draw, ".jpg"),
    "relative": (relative.draw, ".jpg"),
    "total_variation": (total_variation.draw, ".jpg"),
    "gradient": (gradient.draw, ".jpg"),
    "film": (film.draw, ".jpg"),
    "loss_curves": (loss_curves.draw, ".png"),
    "student": (student.draw, ".jpg"),
}

SHORT = {"width": 224, "epochs": 30}  # runs of the gallery of knobs

# Title, style pictures, and what is turned, for each row of the gallery of knobs.
KNOBS = {
    "content weight": [({"weight_image_content": w}, f"{w:g}") for w in (0.5, 5, 50)],
    "style scale": [({"style_scales": (s,)}, f"{s:g}") for s in (0.5, 1, 2)],
    "style layers": [
        ({"style_layers": layers}, layers)
        for layers in ("relu1_1,relu2_1", "relu3_1", "relu4_1,relu5_1")
    ],
    "statistic": [({"style_statistic": s}, s) for s in ("gram", "mean-std", "wasserstein")],
    "colour": [
        ({}, "the style's"),
        ({"preserve_colors": "ycbcr"}, "preserve-colors"),
        ({"match_colors": "linear"}, "match-colors"),
    ],
    "smoothness": [
        ({"pooling": "avg"}, "pooling avg"),
        ({"weight_regularization": 0}, "tv-weight 0"),
        ({"weight_regularization": 1000}, "tv-weight 1000"),
    ],
}


def main():
    """Make the figures named, or all."""
    figures = {"masks": masks, "default_run": default_run, "hero": hero, "grid": grid}
    figures |= {"knobs": knobs, "presets": presets}
    figures |= {name: partial(course, name) for name in COURSE}
    parser = argparse.ArgumentParser(prog="python -m tools.figures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*figures, "course", []])
    names = parser.parse_args().names or figures
    wanted = chain.from_iterable(COURSE if name == "course" else [name] for name in names)
    for name in tqdm([*wanted], unit="figure"):
        figures[name]()


def course(name, scale=Scale(), folder=IMAGES / "course"):  # noqa: B008
    """A figure of the course, and what it measured."""
    draw, suffix = COURSE[name]
    begin = time.perf_counter()
    picture, numbers = draw(scale)
    seconds = time.perf_counter() - begin
    picture.save(folder / f"{name}{suffix}", quality=88, optimize=True)
    keep_numbers(folder / "numbers.json", name, {"seed": 0, "seconds": seconds, **numbers})


def keep_numbers(path, name, numbers):
    """Put what a figure measured into the file of all, three significant digits each."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known[name] = {key: float(f"{value:.3g}") for key, value in numbers.items()}
    write_whole(path, (json.dumps(dict(sorted(known.items())), indent=1) + "\n").encode())


def masks():
    """Two masks of the harbour: the sky with a soft lower edge, and the rest."""
    y, x = np.mgrid[0:344, 0:512]
    horizon = 118 - 22 * np.cos(x / 90)
    sky = np.clip((horizon - y) / 24 + 0.5, 0, 1) * 255
    for name, mask in (("mask_sky", sky), ("mask_rest", 255 - sky)):
        pictures.write_image(IMAGES / f"{name}.png", np.repeat(mask[..., np.newaxis], 3, axis=2))


def default_run():
    """The summary of `python main1.py`."""
    with tempfile.TemporaryDirectory() as folder:
        main1.main(["--output", str(Path(folder) / "result.png")])
        summary = Image.open(Path(folder) / "result_summary.png").convert("RGB")
        report = json.loads((Path(folder) / "result_run.json").read_text("utf-8"))
    summary.thumbnail((1500, 1500))
    _save(summary, "default_run.jpg")
    numbers = {"seed": report["seed"], "seconds": report["seconds_total"], **report["losses"]}
    keep_numbers(IMAGES / "course" / "numbers.json", "default_run", numbers)


def hero():
    """One photo in four styles, one of them large, and the styles in a corner."""
    width, height = CELL
    large, *others = HERO
    cells = [pictures.read_image(IMAGES / f"{CONTENTS[0]}.jpg")]
    cells += [painted(CONTENTS[0], [style], width=width) for style in others]
    cells = [_cut(image, CELL) for image in cells]
    big = 2 * width + GAP, 2 * height + GAP
    left = _cut(painted(CONTENTS[0], [large], width=big[0]), big)
    half = (width - GAP) // 2, (height - GAP) // 2
    styles = [_cut(pictures.read_image(IMAGES / f"{style}.jpg"), half) for style in HERO]
    corner = table([styles[:2], styles[2:]])
    top = table([[left, table([[cell] for cell in cells[:2]])]])
    _save(table([[top], [table([[*cells[2:], corner]])]]), "hero.jpg")


def _cut(image, size):
    """A picture (H, W, 3), 0-255, as a Pillow picture of a size, cut where it is longer."""
    return ImageOps.fit(Image.fromarray(pictures.to_bytes(image)), size, Image.Resampling.LANCZOS)


def grid():
    """Every content in every style."""
    styles = [thumbnail(pictures.read_image(IMAGES / f"{name}.jpg"), 170) for name in STYLES]
    rows = [[Image.new("RGB", (170, 170), "white"), *styles]]
    with tqdm(total=len(CONTENTS) * len(STYLES), unit="picture") as bar:
        for content in CONTENTS:
            row = [thumbnail(pictures.read_image(IMAGES / f"{content}.jpg"), 170)]
            for style in STYLES:
                image = painted(content, [style], width=384 if "still" not in content else 300)
                row.append(thumbnail(image, 300))
                bar.update()
            rows.append(row)
    _save(table(rows), "grid.jpg")


def presets():
    """What each preset makes of the first samples: the thumbnails of the page."""
    for name in tqdm(PRESETS, unit="preset"):
        image = painted(CONTENTS[0], STYLES[:1], preset=name, width=256)
        pictures.write_image(IMAGES / "presets" / f"{name}.jpg", image)


def knobs():
    """One knob a row: three settings of each, small and short."""
    rows = []
    for title, settings in tqdm(KNOBS.items(), unit="row"):
        results = [painted(CONTENTS[0], STYLES[:1], **SHORT, **s) for s, _ in settings]
        results = [thumbnail(image, 320) for image in results]
        labels = [f"{title}: {label}" for _, label in settings]
        rows.append([labelled(*pair) for pair in zip(results, labels, strict=True)])
    rows.append(_row_of_styles())
    _save(table(rows), "knobs.jpg")


def _row_of_styles():
    """Two styles: blended, another for each layer, another for each region."""
    pair = ("style_glass", "style_dots")
    masks = [str(IMAGES / "mask_sky.png"), str(IMAGES / "mask_rest.png")]
    by_layer = "relu1_1:style_dots,relu2_1:style_dots,relu3_1:style_glass,relu4_1:style_glass"
    settings = [
        ({}, "two styles: blended"),
        ({"style_layers": by_layer}, "dots in 1-2, glass in 3-4"),
        ({"content_masks": masks}, "glass above, dots below"),
    ]
    results = [painted(CONTENTS[0], pair, **SHORT, **keywords) for keywords, _ in settings]
    return [
        labelled(thumbnail(image, 320), label)
        for image, (_, label) in zip(results, settings, strict=True)
    ]


def painted(content, styles, **options):
    """The result of a run on sample pictures, by name."""
    paths = [str(IMAGES / f"{style}.jpg") for style in styles]
    with CNNStyleNet(str(IMAGES / f"{content}.jpg"), paths, **options) as net:
        return net.fit([]).result.image()


def _save(picture, name):
    picture.save(IMAGES / name, quality=88)


if __name__ == "__main__":
    main()

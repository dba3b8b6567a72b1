"""Paints the pictures of the README from images/, with fixed seeds.

    python -m tools.figures [NAME …]

NAME is one of masks, default_run, grid, knobs; all of them without one.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tqdm.auto import tqdm

import main1
import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet

IMAGES = Path("images")
CONTENTS = ("content_harbour", "content_still_life", "content_lane")
STYLES = ("style_swirls", "style_glass", "style_woodblock", "style_dots")
GAP, LABEL = 6, 20  # pixels between pictures, and for a line of text

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
    "pooling, total variation": [
        ({"pooling": "avg"}, "pooling avg"),
        ({"weight_regularization": 0}, "tv-weight 0"),
        ({"weight_regularization": 1000}, "tv-weight 1000"),
    ],
}


def main():
    """Make the figures named, or all."""
    figures = {"masks": masks, "default_run": default_run, "grid": grid, "knobs": knobs}
    parser = argparse.ArgumentParser(prog="python -m tools.figures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*figures, []])
    for name in parser.parse_args().names or figures:
        figures[name]()


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
    summary.thumbnail((1500, 1500))
    _save(summary, "default_run.jpg")


def grid():
    """Every content in every style."""
    styles = [_thumbnail(pictures.read_image(IMAGES / f"{name}.jpg"), 170) for name in STYLES]
    rows = [[Image.new("RGB", (170, 170), "white"), *styles]]
    with tqdm(total=len(CONTENTS) * len(STYLES), unit="picture") as bar:
        for content in CONTENTS:
            row = [_thumbnail(pictures.read_image(IMAGES / f"{content}.jpg"), 170)]
            for style in STYLES:
                image = painted(content, [style], width=384 if "still" not in content else 300)
                row.append(_thumbnail(image, 300))
                bar.update()
            rows.append(row)
    _save(_table(rows), "grid.jpg")


def knobs():
    """One knob a row: three settings of each."""
    rows = []
    for title, settings in tqdm(KNOBS.items(), unit="row"):
        results = [painted(CONTENTS[0], STYLES[:1], width=320, **s) for s, _ in settings]
        results = [_thumbnail(image, 320) for image in results]
        labels = [f"{title}: {label}" for _, label in settings]
        rows.append([_labelled(*pair) for pair in zip(results, labels, strict=True)])
    rows.append(_row_of_styles())
    _save(_table(rows), "knobs.jpg")


def _row_of_styles():
    """Two styles: blended, another for each layer, another for each region."""
    pair = ("style_glass", "style_dots")
    masks = [str(IMAGES / "mask_sky.png"), str(IMAGES / "mask_rest.png")]
    by_layer = "relu1_1:style_dots,relu2_1:style_dots,relu3_1:style_glass,relu4_1:style_glass"
    settings = [
        ({}, "two styles: blended"),
        ({"style_layers": by_layer}, "two styles: dots in layers 1-2, glass in 3-4"),
        ({"content_masks": masks}, "two styles: glass above, dots below"),
    ]
    results = [painted(CONTENTS[0], pair, width=320, **keywords) for keywords, _ in settings]
    return [
        _labelled(_thumbnail(image, 320), label)
        for image, (_, label) in zip(results, settings, strict=True)
    ]


def painted(content, styles, **options):
    """The result of a run on sample pictures, by name, with the embedded network."""
    paths = [str(IMAGES / f"{style}.jpg") for style in styles]
    with CNNStyleNet(str(IMAGES / f"{content}.jpg"), paths, **options) as net:
        return net.fit([])._result("fit")


def _thumbnail(image, size):
    picture = Image.fromarray(pictures.to_bytes(image))
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    return picture


def _labelled(picture, text):
    canvas = Image.new("RGB", (picture.width, picture.height + LABEL), "white")
    canvas.paste(picture, (0, 0))
    font = ImageFont.load_default(13)
    ImageDraw.Draw(canvas).text((2, picture.height + 3), text, "#333333", font)
    return canvas


def _table(rows):
    """Rows of pictures as one, each column as wide as its widest."""
    widths = [max(row[i].width for row in rows) for i in range(len(rows[0]))]
    heights = [max(picture.height for picture in row) for row in rows]
    size = (sum(widths) + GAP * (len(widths) - 1), sum(heights) + GAP * (len(heights) - 1))
    canvas = Image.new("RGB", size, "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture, width in zip(row, widths, strict=True):
            offset = (width - picture.width) // 2, (height - picture.height) // 2
            canvas.paste(picture, (left + offset[0], top + offset[1]))
            left += width + GAP
        top += height + GAP
    return canvas


def _save(picture, name):
    picture.save(IMAGES / name, quality=88)


if __name__ == "__main__":
    main()

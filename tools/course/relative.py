"""Two pairs under absolute losses, of two strengths, and under relative ones."""

import numpy as np

from MLPreProcess import read_image
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import descend, net_of, sample

PAIRS = (("content_harbour", "style_woodblock"), ("content_lane", "style_glass"))
WIDER = 4 / 3  # than the other figures
SHOWN = 215  # pixels of a picture in the figure
ABSOLUTE = {"normalization": "neural-style"}
LOSSES = {
    "absolute, 5 : 500": ABSOLUTE,
    "absolute, 5 : 5000": ABSOLUTE | {"weight_image_style": 5000},
    "relative, 5 : 500": {},
}


def draw(scale):
    """(figure, 100 mean A^2 / mean P^2 of each pair: what is asked for of style, of content)."""
    width = round(WIDER * scale.width)
    rows, numbers = [], {}
    for content, style in PAIRS:
        pair = {"content": content, "styles": [style], "width": width}
        row = [thumbnail(read_image(sample(name)), SHOWN) for name in (content, style)]
        row = [
            labelled(picture, name.split("_")[1])
            for picture, name in zip(row, (content, style), strict=True)
        ]
        for title, options in LOSSES.items():
            image = descend(scale, **options, **pair)[-1].image
            row.append(labelled(thumbnail(image, SHOWN), title))
        rows.append(row)
        numbers[content.removeprefix("content_")] = _asked(scale, pair)
    return table(rows), numbers


def _asked(scale, pair):
    """beta mean A^2 / (alpha mean P^2), beta / alpha = 100, the mean over the style layers."""
    with net_of(scale, **pair) as net:
        net.model()
        features, grams = net.extract_content_features(), net.extract_style_features()
    (answers,) = features.values()
    style = np.mean([(gram[0] ** 2).mean() for gram in grams.values()])
    return float(100 * style / (answers**2).mean())

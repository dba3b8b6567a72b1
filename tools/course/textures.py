"""Texture from noise with the first style layer, the first two … all five; no content."""

from MLPreProcess import read_image
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import FROM_NOISE, LAYERS, net_of, sample

STYLES = ("style_swirls", "style_glass")
SHOWN = 190  # pixels of a picture in the figure
ALONE = {"weight_image_content": 0, "weight_regularization": 10} | FROM_NOISE
TIMES = 2  # as many steps as other runs: nothing is there to begin with


def draw(scale):
    """(figure, style loss at the end over that of the noise at the start, in per cent)."""
    rows, numbers = [], {}
    for style in STYLES:
        row = [labelled(thumbnail(read_image(sample(style)), SHOWN), style.removeprefix("style_"))]
        with net_of(scale, styles=[style], epochs=TIMES * scale.steps, **ALONE) as net:
            for depth in range(1, len(LAYERS) + 1):
                records = []
                net.set_style_layers(LAYERS[:depth]).fit([records.append])
                label = "layer 1" if depth == 1 else f"layers 1-{depth}"
                row.append(labelled(thumbnail(records[-1].image, SHOWN), label))
                share = records[-1].losses.style / records[0].losses.style
                numbers[f"{style.removeprefix('style_')}_{depth}"] = 100 * share
        rows.append(row)
    return table(rows), numbers

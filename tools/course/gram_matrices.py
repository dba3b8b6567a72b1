"""Gram matrices of two halves of one style and of another style, as heat maps."""

import numpy as np
from matplotlib.figure import Figure

from MLPreProcess import read_image
from tools.canvas import as_picture
from tools.course.runs import LAYERS, net_of, sample

PAIR = ("style_dots", "style_glass")
TITLES = ("dots, left half", "dots, right half", "glass")
SHOWN = LAYERS[::2]
CHANNELS = 40  # of a layer that are drawn, those with the strongest answers


def draw(scale):
    """(figure, relative distances between the halves and between the styles)."""
    dots, glass = (read_image(sample(name)) for name in PAIR)
    middle = dots.shape[1] // 2
    styles = [dots[:, :middle], dots[:, middle:], glass]
    # A half is looked at half as wide, so that its strokes have the size they have in the whole.
    with net_of(scale, styles=styles, style_scales=(0.5, 0.5, 1)) as net:
        grams = net.model().extract_style_features()
    numbers = {}
    for layer in SHOWN:
        left, right, other = grams[layer]
        numbers[f"halves_{layer}"] = _distance(right, left)
        numbers[f"styles_{layer}"] = _distance(other, left)
    return _heat_maps({layer: grams[layer] for layer in SHOWN}), numbers


def _distance(gram, target):
    return float(np.linalg.norm(gram - target) / np.linalg.norm(target))


def _heat_maps(grams):
    """A row a layer, a column a picture; each row on one scale, of the roots of the entries."""
    figure = Figure(figsize=(6.6, 6.8))
    axes = figure.subplots(len(grams), len(TITLES))
    for row, (layer, matrices) in zip(axes, grams.items(), strict=True):
        strength = np.sum([np.diag(matrix) for matrix in matrices], axis=0)
        strongest = np.argsort(-strength)[:CHANNELS]
        roots = [np.sqrt(matrix[np.ix_(strongest, strongest)]) for matrix in matrices]
        for place, root in zip(row, roots, strict=True):
            place.imshow(root, cmap="magma", vmin=0, vmax=np.percentile(roots, 99))
            place.set_xticks([])
            place.set_yticks([])
        row[0].set_ylabel(f"{layer}, {len(strongest)} of {len(strength)} channels")
    for place, title in zip(axes[0], TITLES, strict=True):
        place.set_title(title, fontsize=10)
    figure.tight_layout()
    return as_picture(figure)

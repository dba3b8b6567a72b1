"""The same run with the total variation term at three weights."""

import numpy as np

from MLPreProcess import read_image, resize_to_width
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import CONTENT, descend, sample

WEIGHTS = (0, 100, 1000)


def draw(scale):
    """(figure, total variation of the results and of the content)."""
    results = {w: descend(scale, weight_regularization=w)[-1].image for w in WEIGHTS}
    pictures = [
        labelled(thumbnail(image, scale.width), f"gamma = {weight}")
        for weight, image in results.items()
    ]
    numbers = {f"weight_{weight}": _variation(image) for weight, image in results.items()}
    content = resize_to_width(read_image(sample(CONTENT)), scale.width)
    return table([pictures]), numbers | {"content": _variation(content)}


def _variation(image):
    """Equation 7, in NumPy."""
    return float((np.diff(image, axis=0) ** 2).mean() + (np.diff(image, axis=1) ** 2).mean())

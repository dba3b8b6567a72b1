"""The content rebuilt from noise, from one layer at a time."""

from MLPreProcess import read_image, resize_to_width
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import CONTENT, FROM_NOISE, LAYERS, descend, mean_distance, sample

ALONE = {"weight_image_style": 0, "weight_regularization": 0} | FROM_NOISE
TIMES = 2  # as many steps as other runs: a late layer says little of each pixel


def draw(scale):
    """(figure, mean distance of each to the content in grey levels, and the steps)."""
    content = resize_to_width(read_image(sample(CONTENT)), scale.width)
    shown, numbers = [labelled(thumbnail(content, scale.width), "the harbour")], {}
    for layer in LAYERS:
        steps = TIMES * scale.steps
        image = descend(scale, content_layers=layer, epochs=steps, **ALONE)[-1].image
        shown.append(labelled(thumbnail(image, scale.width), f"from {layer}"))
        numbers[layer] = mean_distance(image, content)
    return table([shown[:3], shown[3:]]), numbers | {"steps": steps}

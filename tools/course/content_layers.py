"""The content rebuilt from noise, from one layer at a time."""

from MLPreProcess import read_image, resize_to_width
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import CONTENT, LAYERS, descend, mean_distance, sample

ALONE = {"weight_image_style": 0, "weight_regularization": 0, "scales": 1}
NETWORK = {"vgg_mat_file": "vgg19"}  # whose early layers keep all of a picture


def draw(scale):
    """(figure, mean distance of each to the content in grey levels, and the steps)."""
    content = resize_to_width(read_image(sample(CONTENT)), scale.width)
    shown, numbers = [labelled(thumbnail(content, scale.width), "the harbour")], {}
    for layer in LAYERS:
        image = descend(scale, content_layers=layer, **ALONE, **NETWORK)[-1].image
        shown.append(labelled(thumbnail(image, scale.width), f"from {layer}"))
        numbers[layer] = mean_distance(image, content)
    return table([shown[:3], shown[3:]]), numbers | {"steps": scale.steps}

"""The units of the training: pixels and answers that come to about 1."""

MEAN_PIXEL = (123.68, 116.779, 103.939)  # RGB, that VGG-19 was trained with
INPUT_SCALE = 1 / 64  # of pixels less the mean pixel


def relu_name(name):
    """conv1_1 -> relu1_1."""
    return name.replace("conv", "relu")

"""VGG-19 in PyTorch: the teacher as it is, and a student of other widths with maps to its answers.

All answers are divided by their root mean square over the training pictures, layer by layer, which
ReLU lets one do: then every weight and every error is of the order of 1.
"""

import torch
from torch import nn
from torch.nn import functional

from stylenet.network.layers import CONVOLUTION_NAMES
from tools.student.scales import INPUT_SCALE, relu_name

POOLED = ("conv1_2", "conv2_2", "conv3_4", "conv4_4")  # the fifth pooling has nothing behind it


def bordered(answers):
    """(B, C, H, W) with its border once more, the padding that the product paints with."""
    return functional.pad(answers, (1, 1, 1, 1), mode="replicate")


def features(weights, pictures):
    """The answers of a network.

    Args:
        weights: convolution name -> (kernel (out, in, 3, 3), bias (out,)).
        pictures: (B, 3, H, W), pixels less the mean pixel, times INPUT_SCALE.

    Returns:
        relu name -> (B, C, h, w).
    """
    found, current = {}, pictures
    for name in CONVOLUTION_NAMES:
        current = functional.relu(functional.conv2d(bordered(current), *weights[name]))
        found[relu_name(name)] = current
        if name in POOLED:
            current = functional.max_pool2d(current, 2)
    return found


class Student(nn.Module):
    """A narrow VGG-19, and for each layer the linear map from its answers to the teacher's.

    Args:
        weights: convolution name -> (kernel, bias), see `stylenet.network.layers`.
        maps: relu name -> (teacher's channels, student's channels).
    """

    def __init__(self, weights, maps):
        super().__init__()
        self.kernels = nn.ParameterDict({name: kernel for name, (kernel, _) in weights.items()})
        self.biases = nn.ParameterDict({name: bias for name, (_, bias) in weights.items()})
        self.maps = nn.ParameterDict(maps)

    def weights(self):
        """Convolution name -> (kernel, bias)."""
        return {name: (self.kernels[name], self.biases[name]) for name in self.kernels}

    def forward(self, pictures):
        """Relu name -> answers (B, c, h, w) of the student, not mapped."""
        return features(self.weights(), pictures)


def mapped(answers, to_teacher):
    """Answers (B, c, h, w) in the teacher's channels, (B, C, h, w), by their map (C, c)."""
    return torch.einsum("ij,bjhw->bihw", to_teacher, answers)


def rescaled(weights, sizes):
    """A network whose answers are divided by `sizes`, relu name -> float; the input as `features`'.

    Args:
        weights: of a network whose input is pixels less the mean pixel.
    """
    scaled, before = {}, 1 / INPUT_SCALE
    for name, (kernel, bias) in weights.items():
        size = sizes[relu_name(name)]
        scaled[name] = (kernel * (before / size), bias / size)
        before = size
    return scaled

"""A narrow VGG-19 with batch normalisation, and the plain VGG-19 it is folded into.

A folded network is a dict: layer name -> (kernel (3, 3, in, out), bias (out,)), float32 NumPy.
"""

import torch
from torch import nn
from torch.nn import functional

# Channels of the 16 convolutions: a quarter of VGG-19's.
WIDTHS = {
    "conv1_1": 16, "conv1_2": 16,
    "conv2_1": 32, "conv2_2": 32,
    "conv3_1": 64, "conv3_2": 64, "conv3_3": 64, "conv3_4": 64,
    "conv4_1": 128, "conv4_2": 128, "conv4_3": 128, "conv4_4": 128,
    "conv5_1": 128, "conv5_2": 128, "conv5_3": 128, "conv5_4": 128,
}  # fmt: skip
POOLED = ("conv1_2", "conv2_2", "conv3_4", "conv4_4")
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_LAYER = "relu4_2"
MEAN_PIXEL = (123.68, 116.779, 103.939)
NOISE = 0.5  # beside a copied channel, of He's spread
BLUR = [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]]
INPUT_SCALE = 1 / 64  # training sees values around 1; folded into conv1_1 afterwards


class Blurred(nn.Module):
    """A 3 x 3 convolution before a pooling: it mixes channels and blurs, and does nothing else.

    The largest of four blurred values hardly depends on which of them it is, so the gradient comes
    back smooth; without it, pictures painted by max pooling are full of grain (Zhang 2019).
    """

    def __init__(self, channels, width):
        super().__init__()
        self.mix = nn.Conv2d(channels, width, 1, bias=False)
        self.register_buffer("blur", torch.tensor(BLUR).view(1, 1, 3, 3), persistent=False)

    @property
    def weight(self):
        """The kernel (out, in, 3, 3)."""
        return self.mix.weight * self.blur

    def forward(self, features):
        """Features (B, in, H, W) -> (B, out, H, W)."""
        return functional.conv2d(features, self.weight, padding=1)


class NarrowVGG(nn.Module):
    """VGG-19's convolutions at WIDTHS, each followed by batch normalisation and ReLU."""

    def __init__(self):
        super().__init__()
        self.convolutions, self.norms = nn.ModuleDict(), nn.ModuleDict()
        channels = 3
        for name, width in WIDTHS.items():
            if name in POOLED:
                self.convolutions[name] = Blurred(channels, width)
                pass_on(self.convolutions[name].mix.weight.data)
            else:
                self.convolutions[name] = nn.Conv2d(channels, width, 3, padding=1, bias=False)
                pass_on(self.convolutions[name].weight.data)
            self.norms[name] = nn.BatchNorm2d(width, momentum=0.02)
            nn.init.constant_(self.norms[name].bias, 0.5)  # ReLU lets most of a copy through
            channels = width

    def forward(self, pictures):
        """Pictures (B, 3, H, W), 0..255 -> {relu name: features (B, C, h, w)}, last features."""
        mean = torch.tensor(MEAN_PIXEL).view(1, 3, 1, 1)
        x = (pictures - mean) * INPUT_SCALE
        found = {}
        for name, convolution in self.convolutions.items():
            x = functional.relu(self.norms[name](convolution(x)))
            if name.endswith("_1") or name == "conv4_2":
                found[name.replace("conv", "relu")] = x
            if name in POOLED:
                x = functional.max_pool2d(x, 2)
        return found, x


def pass_on(kernel):
    """Let a kernel (out, in, h, w) begin as a copy of its input, with some noise (He 2015).

    Channels without an input of their own begin random. A layer so begun keeps what is where; ones
    that begin random scramble it, and the content is lost on the way to relu4_2.
    """
    nn.init.kaiming_normal_(kernel)
    shared = min(kernel.shape[:2])
    kernel[:shared] *= NOISE
    middle = kernel.shape[-1] // 2
    kernel[range(shared), range(shared), middle, middle] += 1


def fold(network):
    """Batch normalisation folded into the convolutions: y = g (k*x - m) / sqrt(v + eps) + b."""
    folded, scale = {}, INPUT_SCALE
    for name, convolution in network.convolutions.items():
        norm = network.norms[name]
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = convolution.weight * gain.view(-1, 1, 1, 1) * scale
        bias = norm.bias - gain * norm.running_mean
        hwio = kernel.detach().permute(2, 3, 1, 0).contiguous().numpy()
        folded[name] = (hwio, bias.detach().numpy().copy())
        scale = 1
    return folded


def features(folded, pictures, last="conv5_1"):
    """Run a folded network: pictures (B, 3, H, W), 0..255 -> {relu name: features} up to `last`."""
    x, found = pictures - torch.tensor(MEAN_PIXEL).view(1, 3, 1, 1), {}
    for name, (kernel, bias) in folded.items():
        weight = torch.as_tensor(kernel).permute(3, 2, 0, 1)
        x = functional.relu(functional.conv2d(x, weight, torch.as_tensor(bias), padding=1))
        found[name.replace("conv", "relu")] = x
        if name == last:
            return found
        if name in POOLED:
            x = functional.max_pool2d(x, 2)
    return found


def rescale(folded, factors):
    """Multiply the features of each layer by factors[name] and undo it in the next kernel."""
    scaled, before = {}, 1.0
    for name, (kernel, bias) in folded.items():
        factor = factors.get(name, 1.0)
        scaled[name] = (
            (kernel * (factor / before)).astype("float32"),
            (bias * factor).astype("float32"),
        )
        before = factor
    return scaled


def gram(features_of_layer):
    """Features (B, C, h, w) -> Gram matrices (B, C, C) divided by the number of positions."""
    rows = features_of_layer.flatten(2)
    return rows @ rows.transpose(1, 2) / rows.shape[2]

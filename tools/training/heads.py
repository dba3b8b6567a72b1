"""What the network is asked: which picture, at which size, looking how."""

import torch
from torch import nn
from torch.nn import functional

from tools.training.network import CONTENT_LAYER, INPUT_SCALE, STYLE_LAYERS, WIDTHS, gram

EMBEDDING = 128


class GramHead(nn.Module):
    """Square roots of a Gram matrix's upper triangle -> EMBEDDING -> class."""

    def __init__(self, width, classes):
        super().__init__()
        self.register_buffer("corner", torch.triu_indices(width, width), persistent=False)
        entries = self.corner.shape[1]
        self.norm = nn.BatchNorm1d(entries)
        self.embed = nn.Linear(entries, EMBEDDING)
        self.classify = nn.Linear(EMBEDDING, classes)

    def forward(self, features):
        """Features (B, C, h, w) -> logits (B, classes)."""
        upper = gram(features)[:, self.corner[0], self.corner[1]]
        known = self.norm(torch.sqrt(upper + 1e-4))
        return self.classify(self.embed(known))


class Heads(nn.Module):
    """A Gram head for each style layer and a plain one for the mean of the last features."""

    def __init__(self, classes):
        super().__init__()
        self.grams = nn.ModuleDict()
        for name in STYLE_LAYERS:
            width = WIDTHS[name.replace("relu", "conv")]
            self.grams[name] = GramHead(width, classes)
        self.last = nn.Linear(WIDTHS["conv5_4"], classes)

    def forward(self, found, last):
        """Features of the style layers and the last ones -> a list of logits."""
        answers = [self.grams[name](found[name]) for name in STYLE_LAYERS]
        return [*answers, self.last(last.mean((2, 3)))]


class Redraw(nn.Module):
    """The picture from its content features, each position its own block of 8 x 8 pixels.

    Without it the content layer knows textures only, and a painting keeps no edge of its content.
    """

    BLOCK = 8  # pixels of the picture to one position of the content layer

    def __init__(self):
        super().__init__()
        width = WIDTHS[CONTENT_LAYER.replace("relu", "conv")]
        self.draw = nn.Conv2d(width, 3 * self.BLOCK**2, 1)

    def forward(self, found, pictures):
        """Mean squared error of colours and of their differences from pixel to pixel."""
        drawn = functional.pixel_shuffle(self.draw(found[CONTENT_LAYER]), self.BLOCK)
        wrong = drawn - (pictures - 128) * INPUT_SCALE
        down, across = wrong[:, :, 1:] - wrong[:, :, :-1], wrong[..., 1:] - wrong[..., :-1]
        return (wrong**2).mean() + 2 * ((down**2).mean() + (across**2).mean())

"""Style transfer with a folded network, and the scales of its layers that make the loss well set.

ReLU lets a layer's output be multiplied by a factor when the next kernel is divided by it. The
network sees the same; only the size of each loss term changes. `balance` chooses the factors so
that the terms of neural-style's loss begin as large as AT_START says.
"""

import numpy as np
import torch

from tools.training.network import (
    CONTENT_LAYER,
    MEAN_PIXEL,
    STYLE_LAYERS,
    features,
    gram,
    rescale,
)

CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT, RATE, START = 5.0, 500.0, 100.0, 10.0, 0.256
# The loss terms of a nearly flat picture, chosen so that content, style and total variation end a
# default run at about .7 : .25 : .05, as with the real network.
AT_START = {
    "content": 7e6,
    "relu1_1": 1.2e7,
    "relu2_1": 1.2e7,
    "relu3_1": 7e6,
    "relu4_1": 4e6,
    "relu5_1": 2e6,
}


def as_tensor(picture):
    """uint8 (H, W, 3) -> float32 (1, 3, H, W)."""
    return torch.from_numpy(np.array(picture, np.float32)).permute(2, 0, 1)[None].contiguous()


def style_grams(found):
    """{style layer: FtF / (C N)} of found features."""
    return {name: gram(found[name])[0] / found[name].shape[1] for name in STYLE_LAYERS}


def loss_terms(found, picture, wanted_content, wanted_grams):
    """neural-style's terms, weighted: {"content", "tv", each style layer}."""
    terms = {"content": CONTENT_WEIGHT * ((found[CONTENT_LAYER] - wanted_content) ** 2).mean()}
    for name, matrix in style_grams(found).items():
        difference = ((matrix - wanted_grams[name]) ** 2).mean()
        terms[name] = STYLE_WEIGHT / len(STYLE_LAYERS) * difference
    down, across = picture[:, :, 1:] - picture[:, :, :-1], picture[..., 1:] - picture[..., :-1]
    terms["tv"] = TV_WEIGHT * ((down**2).mean() + (across**2).mean())
    return terms


def paint(folded, content, style, steps, seed=0):
    """Adam from noise; uint8 pictures (H, W, 3) -> float32 (H, W, 3), terms of the last step."""
    content, style = as_tensor(content), as_tensor(style)
    mean = torch.tensor(MEAN_PIXEL).view(1, 3, 1, 1)
    with torch.no_grad():
        wanted_content = features(folded, content)[CONTENT_LAYER]
        wanted_grams = style_grams(features(folded, style))
    noise = torch.randn(content.shape, generator=torch.Generator().manual_seed(seed)) * START
    picture = (noise + mean).requires_grad_()
    adam = torch.optim.Adam([picture], lr=RATE)
    for _ in range(steps):
        adam.zero_grad()
        terms = loss_terms(features(folded, picture), picture, wanted_content, wanted_grams)
        sum(terms.values()).backward()
        adam.step()
    result = picture.detach()[0].permute(1, 2, 0).numpy()
    return result, {name: term.item() for name, term in terms.items()}


def corrected(factors, terms, wanted):
    """Factors of the layers moved so that the loss terms come to the wanted sizes.

    The content term grows with the square of its factor, a style term with the fourth power.
    """
    moved = {}
    for name, factor in factors.items():
        term, power = ("content", 2) if name == CONTENT_LAYER else (name, 4)
        moved[name] = factor * float((wanted[term] / terms[term]) ** (1 / power))
    return moved


def scaled_by(folded, factors):
    """The network with the outputs of some layers, by their relu names, multiplied."""
    return rescale(folded, {name.replace("relu", "conv"): f for name, f in factors.items()})


def balance(folded, content, style):
    """Rescaled network whose loss terms begin as AT_START says; uint8 pictures (H, W, 3)."""
    factors = dict.fromkeys((*STYLE_LAYERS, CONTENT_LAYER), 1.0)
    _, terms = paint(folded, content, style, steps=1)
    return scaled_by(folded, corrected(factors, terms, AT_START))

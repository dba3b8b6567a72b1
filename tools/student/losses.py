"""The loss of a painting, each picture of a batch by itself, and what the student is judged by."""

from stylenet.network.layers import CONTENT_LAYER, STYLE_LAYERS
from tools.student.network import mapped

STYLE_WEIGHT = 100.0 / len(STYLE_LAYERS)  # of a layer, beside content 1: the product's defaults
SMALL = 1e-6
# What the error of a layer counts; those that no loss looks at lead to the others.
LAYER_WEIGHTS = dict.fromkeys((*STYLE_LAYERS, CONTENT_LAYER), 1.0) | {"relu5_1": 1.5}
OTHER_WEIGHT = 0.05


def gram(answers):
    """(B, C, h, w) -> Gram matrices (B, C, C) divided by the number of positions."""
    rows = answers.flatten(2)
    return rows @ rows.transpose(1, 2) / rows.shape[2]


def relative(got, wanted):
    """|got - wanted|^2 / |wanted|^2 of each item of a batch: (B,)."""
    error, energy = ((a**2).flatten(1).sum(1) for a in (got - wanted, wanted))
    return error / (energy + SMALL)


def painting_loss(pictures, contents, styles, maps):
    """The student's loss of pictures, without what looks at their pixels: (B,).

    Args:
        pictures, contents, styles: relu name -> its answers (B, c, h, w).
        maps: relu name -> (C, c).
    """
    content = (mapped(found[CONTENT_LAYER], maps[CONTENT_LAYER]) for found in (pictures, contents))
    loss = relative(*content)
    for name in STYLE_LAYERS:
        grams = (maps[name] @ gram(found[name]) @ maps[name].T for found in (pictures, styles))
        loss = loss + STYLE_WEIGHT * relative(*grams)
    return loss


def imitation_loss(found, wanted, maps):
    """How far the student's answers are from the teacher's: (loss, relu name -> relative error).

    Args:
        found: relu name -> (B, c, h, w).
        wanted: relu name -> (B, C, h, w).
        maps: relu name -> (C, c).
    """
    errors = {
        name: ((mapped(found[name], maps[name]) - wanted[name]) ** 2).sum()
        / (wanted[name] ** 2).sum()
        for name in found
    }
    loss = sum(LAYER_WEIGHTS.get(name, OTHER_WEIGHT) * error for name, error in errors.items())
    return loss, errors

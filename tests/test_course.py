"""What the course says beside its figures: the translation of weights between programs."""

from functools import partial

import numpy as np
import pytest

from stylenet.losses.statistics import gram_loss, gram_matrix
from stylenet.losses.terms import content_loss

# Channels and positions of five small layers, as a network narrows and deepens.
SHAPES = ((4, 60), (6, 35), (8, 24), (10, 12), (10, 6))
GIVEN = 3.0, 0.7  # weights of content and style in the other program


@pytest.fixture
def layers():
    """F of the generated picture, P of the content, S of the style: lists of (N, C)."""
    generator = np.random.default_rng(0)
    return [[generator.normal(size=(n, c)) for c, n in SHAPES] for _ in range(3)]


def ours(layers, content_weight, style_weight, layer_weights):
    generated, content, style = ([x[None, :, None] for x in part] for part in layers)
    shares = np.array(layer_weights) / sum(layer_weights)
    distances = [
        float(gram_loss(gram_matrix(f), gram_matrix(s)))
        for f, s in zip(generated, style, strict=True)
    ]
    content_part = float(content_loss(generated[3], content[3]))
    return content_weight * content_part + style_weight * float(shares @ distances)


def gatys(layers):
    generated, content, style = layers
    alpha, beta = GIVEN
    parts = [
        ((f.T @ f - s.T @ s) ** 2).sum() / (4 * c**2 * n**2)
        for f, s, (c, n) in zip(generated, style, SHAPES, strict=True)
    ]
    return alpha * ((generated[3] - content[3]) ** 2).sum() / 2 + beta * sum(parts) / 5


def of_means(layers, divisor, share):
    """Means of differences, with the Gram matrix over `divisor`, each layer counted `share`."""
    generated, content, style = layers
    alpha, beta = GIVEN
    parts = [
        ((f.T @ f / divisor(f) - s.T @ s / divisor(s)) ** 2).mean()
        for f, s in zip(generated, style, strict=True)
    ]
    return alpha * ((generated[3] - content[3]) ** 2).mean() + beta * share * sum(parts)


neural_style = partial(of_means, divisor=np.size, share=1 / 5)
neural_style_pt = partial(of_means, divisor=np.size, share=1)
tutorial = partial(of_means, divisor=len, share=1 / 5)

SQUARES = [c**2 for c, _ in SHAPES]


@pytest.mark.parametrize(
    ("theirs", "content_factor", "style_factor", "layer_weights"),
    [
        (gatys, SHAPES[3][0] * SHAPES[3][1] / 2, sum(SQUARES) / 20, SQUARES),
        (neural_style, 1, 1, [1] * 5),
        (neural_style_pt, 1, 5, [1] * 5),
        (tutorial, 1, sum(SQUARES) / 5, SQUARES),
    ],
)
def test_weights_translate(layers, theirs, content_factor, style_factor, layer_weights):
    """README, step 5: our loss with the weights of its table is the other program's."""
    alpha, beta = GIVEN
    translated = ours(layers, alpha * content_factor, beta * style_factor, layer_weights)
    assert translated == pytest.approx(theirs(layers), rel=1e-4)


def test_weights_of_the_real_network():
    """The numbers of README, step 5, from its own formulas."""
    squares = [c**2 for c in (64, 128, 256, 512, 512)]
    assert sum(squares) == 610304
    entries = 512 * (512 // 8) * (344 // 8)
    assert entries == 1409024
    alpha, beta = entries / 2, 1000 * sum(squares) / 20
    assert (alpha, beta) == (704512, 30515200)
    assert alpha / beta * 500 == pytest.approx(11.5, abs=0.05)
    assert round(1e-2 * sum(squares) / 5) == 1221
    assert [square // squares[0] for square in squares] == [1, 4, 16, 64, 64]
    assert sum((1, 4, 16, 64, 64)) == 149

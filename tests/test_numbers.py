"""Finite pictures or a sentence: odd pictures, absurd weights, gradients that are not numbers."""

import dataclasses
import itertools
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from CNNStyleNet import CNNStyleNet
from stylenet.errors import NotFiniteError, OptionError, StyleNetError
from stylenet.losses.statistics import STATISTICS
from stylenet.options.options import COLOR_SPACES
from stylenet.pictures.color import match_colors, with_colors_of
from tests.conftest import random_image
from tests.test_broken_input import check_sentence

FLAT, BLACK, WHITE = (np.full((20, 31, 3), level, np.float32) for level in (127, 0, 255))
NOISE = random_image(20, 31)
GREY = np.repeat(NOISE[..., :1], 3, axis=2)
ODD_PAIRS = {
    "grey content": (GREY, NOISE),
    "grey style": (NOISE, GREY),
    "constant content": (FLAT, NOISE),
    "constant style": (NOISE, FLAT),
    "constant both": (BLACK, WHITE),
    "equal": (NOISE, NOISE),
    "equal and constant": (FLAT, FLAT),
    "style of one pixel": (NOISE, NOISE[:1, :1]),
    "style smaller than a layer": (NOISE, NOISE[:5, :3]),
    "content of one pixel": (NOISE[:1, :1], NOISE),
    "all of one pixel": (NOISE[:1, :1], WHITE[:1, :1]),
    "one row": (NOISE[:1], NOISE),
    "one column": (NOISE[:, :1], NOISE[:1]),
    "too small for pool4": (NOISE[:7, :9], NOISE),
    "wide as a thread": (np.tile(NOISE, (1, 20, 1))[:3], NOISE),
}


@pytest.mark.parametrize(
    ("statistic", "preset"),
    [
        *((name, "neural-style") for name in STATISTICS),
        *((name, "painting") for name in STATISTICS),
    ],
)
def test_odd_pictures_give_finite_ones(net, statistic, preset):
    options = {"style_statistic": statistic, "preset": preset, "initial": "content"}
    made = net(NOISE, NOISE, epochs=3, **options)
    for name, (content, style) in ODD_PAIRS.items():
        made.sources, made.pictures = replace(made.sources, styles=[style]), None
        made.load_image_content_style(content).fit([])
        assert made.result.record.image.shape == content.shape, name
        assert np.isfinite(made.result.record.image).all(), name
        assert np.isfinite(made._losses_train).all(), name


@pytest.mark.parametrize("space", COLOR_SPACES)
def test_colours_of_constant_and_grey_pictures(space):
    for image, other in itertools.product((FLAT, BLACK, WHITE, GREY, NOISE), repeat=2):
        assert np.isfinite(with_colors_of(image, other, space)).all()
        for how in ("linear", "histogram"):
            assert np.isfinite(match_colors(image, other, how)).all()


TINY, HUGE = 1e-30, 1e15
WEIGHTS = ("weight_image_content", "weight_image_style", "weight_regularization")
ABSURD_OPTIONS = [
    *(dict.fromkeys(WEIGHTS, weight) for weight in (0, TINY, HUGE)),
    {"weight_image_style": HUGE, "optimizer": "lbfgs"},
    *({"preset": "painting"} | dict.fromkeys(WEIGHTS, weight) for weight in (0, TINY, HUGE)),
    {"learning_rate": TINY, "eps": HUGE, "width": 1},
    {"learning_rate": HUGE, "eps": TINY},
    {"learning_rate": 1e9, "style_statistic": "mean-std", "beta1": 0, "beta2": 0},
    {"learning_rate": 1e9, "style_statistic": "wasserstein"},
    {"beta1": 0.999999, "beta2": 0.999999, "average": 0.999999, "style_scales": (TINY,)},
    {"content_layers": f"relu1_1={TINY},relu2_1={HUGE}", "style_layer_weight_exp": TINY},
    {"style_layers": f"relu1_1={TINY},relu2_1={HUGE}", "scales": 16, "seed": 10**40},
    {"n_strides": 16, "n_pool_wndsize": 16, "n_pool_strides": 1, "style_layer_weight_exp": HUGE},
    {"style_scales": (HUGE,)},
    {"width": 10**12},
]


def test_absurd_options_end_in_a_finite_picture_or_a_sentence(net):
    for options in ABSURD_OPTIONS:
        with net(NOISE, NOISE[::-1], **{"epochs": 4, "initial": "content"} | options) as made:
            try:
                made.fit([])
            except StyleNetError as error:
                check_sentence(error)
            if made.result:
                assert np.isfinite(made.result.image()).all(), options


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *itertools.product(
            ("weight_image_content", "weight_image_style", "learning_rate", "eps"),
            (1e16, 1e39, 1e300, 1e-40, -1.0, float("inf"), float("nan")),
        ),
        *itertools.product(("beta1", "beta2", "average"), (1 - 1e-9, 1.0, -0.1, float("nan"))),
        ("scales", 17),
        ("n_pool_wndsize", 10**9),
    ],
)
def test_numbers_that_32_bits_do_not_hold_are_refused(name, value):
    with pytest.raises(OptionError, match="expected") as caught:
        CNNStyleNet(NOISE, NOISE, **{name: value})
    check_sentence(caught.value)


def _root_of_distance(gram_t, target_t):
    """A distance whose gradient is infinite where the two are equal."""
    return tf.sqrt(tf.reduce_sum(tf.math.squared_difference(gram_t, target_t)))


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_gradient_that_is_not_finite_names_its_term(monkeypatch, net, optimizer):
    spiky = dataclasses.replace(STATISTICS["gram"], loss=_root_of_distance)
    monkeypatch.setitem(STATISTICS, "gram", spiky)
    made = net(NOISE, NOISE, initial="content", optimizer=optimizer, scales=1)
    with pytest.raises(NotFiniteError, match="gradient of the style loss is NaN or inf") as error:
        made.fit([])
    check_sentence(error.value)
    pixels = made._session.run(made._image_var)
    np.testing.assert_allclose(pixels[0] + made._norm_mean_matrix, NOISE, atol=1e-3)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_features_that_overflow_are_told_as_the_loss_they_spoil(net, statistic):
    made = net(NOISE, NOISE[::-1], style_statistic=statistic, initial="content").load_model_info()
    made._weights["conv1_1"] = made._weights["conv1_1"] * np.float32(1e30)
    with pytest.raises(
        NotFiniteError, match=r"The (content|style) loss became (nan|inf)"
    ) as caught:
        made.fit([])
    check_sentence(caught.value)

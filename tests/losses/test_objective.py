"""Losses relative to what they ask for, against NumPy; what lies outside 0-255; the border."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from scipy.linalg import sqrtm

from MLPreProcess import resize_to_width, to_bytes
from stylenet.losses.terms import range_loss
from stylenet.network.model_files import EMBEDDED
from stylenet.network.vgg19 import apply_vgg19
from stylenet.options.options import Options
from tests import reference
from tests.conftest import MEAN_PIXEL, random_image

STYLE_LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


@pytest.fixture
def features(narrow_weights):
    """The NumPy network as a function of a picture."""
    return lambda image: reference.vgg19(image - MEAN_PIXEL, *narrow_weights)


def _mean_std(features):
    flat = features.reshape(-1, features.shape[-1])
    return flat.mean(axis=0), flat.std(axis=0)


def _gaussian(features):
    flat = features.reshape(-1, features.shape[-1])
    return flat.mean(axis=0), np.cov(flat.T, bias=True)


def _gram_share(x, s):
    target = reference.gram(s)
    return np.sum((reference.gram(x) - target) ** 2) / np.sum(target**2)


def _mean_std_share(x, s):
    (mean, deviation), (mean_s, deviation_s) = _mean_std(x), _mean_std(s)
    distance = np.sum((mean - mean_s) ** 2 + (deviation - deviation_s) ** 2)
    return distance / np.sum(mean_s**2 + deviation_s**2)


def _wasserstein_share(x, s):
    (mean, spread), (mean_s, spread_s) = _gaussian(x), _gaussian(s)
    root = np.real(sqrtm(spread_s))
    cross = np.trace(np.real(sqrtm(root @ spread @ root)))
    distance = np.sum((mean - mean_s) ** 2) + np.trace(spread) + np.trace(spread_s) - 2 * cross
    return distance / (np.sum(mean_s**2) + np.trace(spread_s))


SHARES = {"gram": _gram_share, "mean-std": _mean_std_share, "wasserstein": _wasserstein_share}
START = random_image(37, 53, seed=9) * 1.6 - 60  # in places outside 0-255


def evaluated(net, **options):
    """The losses at START, of the options given and the plain network."""
    options = {"normalization": "relative", "weight_range": Options.weight_range} | options
    made = net(**{"epochs": 1} | options).fit([])
    return made.losses_of(START)


@pytest.mark.parametrize("statistic", SHARES)
def test_each_term_is_a_part_of_what_it_asks_for(net, content, style, features, statistic):
    got = evaluated(net, style_statistic=statistic)
    ours, theirs = features(START), features(content)
    wanted = features(resize_to_width(style, 53))
    energy = np.mean(theirs["relu4_2"] ** 2)
    difference = np.mean((ours["relu4_2"] - theirs["relu4_2"]) ** 2)
    assert got.content == pytest.approx(5 * difference / energy, rel=1e-4)
    shares = [SHARES[statistic](ours[layer], wanted[layer]) for layer in STYLE_LAYERS]
    tolerance = 1e-3 if statistic == "wasserstein" else 1e-4
    assert got.style == pytest.approx(500 * np.mean(shares), rel=tolerance)
    assert got.tv == pytest.approx(100 * reference.total_variation(START) / energy, rel=1e-4)
    outside = np.mean((START - np.clip(START, 0, 255)) ** 2)
    assert got.range == pytest.approx(Options.weight_range * outside / energy, rel=1e-4)
    assert got.total == pytest.approx(got.content + got.style + got.tv + got.range, rel=1e-5)


def test_a_style_layer_counts_as_its_share_whatever_the_size_of_its_answers(net, features, style):
    got = evaluated(net, style_layers="relu2_1=3,relu5_1=1").parts
    ours, wanted = features(START), features(resize_to_width(style, 53))
    for layer, share in (("relu2_1", 0.75), ("relu5_1", 0.25)):
        expected = 500 * share * _gram_share(ours[layer], wanted[layer])
        assert got[f"style/{layer}"] == pytest.approx(expected, rel=1e-4)


def test_blended_styles_each_count_as_their_share(net, features, style):
    other = random_image(30, 47, seed=8)
    got = evaluated(net, style=[style, other], style_blend_weights=(1, 3))
    ours = features(START)
    expected = 0
    for picture, share in ((style, 0.25), (other, 0.75)):
        wanted = features(resize_to_width(picture, 53))
        expected += share * np.mean([_gram_share(ours[n], wanted[n]) for n in STYLE_LAYERS])
    assert got.style == pytest.approx(500 * expected, rel=1e-3)


def test_two_content_layers_are_each_relative_to_themselves(net, content, features):
    got = evaluated(net, content_layers="relu2_2=1,relu4_2=1")
    ours, theirs = features(START), features(content)
    layers = ("relu2_2", "relu4_2")
    energies = [np.mean(theirs[layer] ** 2) for layer in layers]
    shares = [
        np.mean((ours[layer] - theirs[layer]) ** 2) / energy
        for layer, energy in zip(layers, energies, strict=True)
    ]
    assert got.content == pytest.approx(5 * np.mean(shares), rel=1e-4)
    variation = reference.total_variation(START)
    assert got.tv == pytest.approx(100 * variation / np.mean(energies), rel=1e-4)


@pytest.mark.parametrize("normalization", ["relative", "neural-style"])
@pytest.mark.parametrize("statistic", SHARES)
def test_tiles_have_the_same_losses_and_gradient(net, normalization, statistic):
    found = []
    for tile in ("off", 32):
        made = net(
            normalization=normalization,
            style_statistic=statistic,
            weight_range=100,
            tile=tile,
            epochs=1,
        ).fit([])
        losses = made.losses_of(START)
        made.graph.set_image((START - MEAN_PIXEL)[None])
        _, gradient = made.engines.now.evaluate(made.graph.gradient_op)
        found.append((losses, np.array(gradient)))
    (whole, gradient), (tiled, tiled_gradient) = found
    for name in ("total", "content", "style", "tv", "range"):
        assert getattr(tiled, name) == pytest.approx(getattr(whole, name), rel=2e-5)
    assert np.abs(tiled_gradient - gradient).max() <= 2e-5 * np.abs(gradient).max()


def test_what_lies_outside_by_hand():
    picture = np.array([[[-3.0, 0, 255], [260, 100, 255.5]]])
    expected = (9 + 25 + 0.25) / 6
    got = range_loss(tf.constant(picture[None], tf.float64))
    assert float(got) == pytest.approx(expected, rel=1e-6)


def test_a_convolution_sees_the_border_again(narrow_weights):
    image = random_image(9, 14) - MEAN_PIXEL
    kernels, biases = narrow_weights
    features = image.astype(float)
    for name in ("conv1_1", "conv1_2"):
        padded = np.pad(features, ((1, 1), (1, 1), (0, 0)), mode="edge")
        inner = reference.convolve(padded, kernels[name], biases[name])[1:-1, 1:-1]
        features = np.maximum(inner, 0)
    got = apply_vgg19(tf.constant(image[None]), kernels, biases, padding="replicate")
    np.testing.assert_allclose(got["relu1_2"][0], features, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (3, 2), (17, 33)])
def test_padding_leaves_every_size_as_it_is(narrow_weights, size):
    image = tf.constant(random_image(*size)[None] - MEAN_PIXEL)
    plain, padded = (
        apply_vgg19(image, *narrow_weights, padding=padding) for padding in ("zero", "replicate")
    )
    for name, features in plain.items():
        assert padded[name].shape == features.shape, name


def test_the_saved_picture_loses_next_to_nothing(net):
    """With the loss of what lies outside, what is saved is what was optimised; real network."""
    images = Path(__file__).parents[2] / "images"
    pair = str(images / "content_harbour.jpg"), str(images / "style_swirls.jpg")
    made = net(*pair, EMBEDDED["vgg19"], preset="painting", epochs=40, width=80).fit([])
    kept = made.result.record
    saved = made.losses_of(to_bytes(made.result.image()))
    assert saved.range == 0
    assert saved.total <= 1.03 * kept.losses.total
    cut = np.rint(np.clip(kept.image, 0, 255))
    assert made.losses_of(cut).total == pytest.approx(saved.total, rel=1e-6)

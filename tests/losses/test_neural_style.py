"""neural-style's formulas and words: losses against NumPy, its command line as it is."""

import numpy as np
import pytest
from PIL import Image

import main1
import MLPreProcess as pictures
from tests import reference
from tests.conftest import FLOAT32, fitted, random_image

LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def neural_style_losses(image, content, styles, options, network_features):
    """neural-style's three terms in NumPy, from the formulas of its README and paper."""
    ours, theirs = network_features(image), network_features(content)
    blend = options.get("content_weight_blend", 1.0)
    content_loss = 0.0
    for layer, weight in (("relu4_2", blend), ("relu5_2", 1 - blend)):
        content_loss += 5 * weight * np.mean((ours[layer] - theirs[layer]) ** 2)
    exponent = options.get("style_layer_weight_exp", 1.0)
    layer_weights = exponent ** np.arange(5)
    layer_weights = layer_weights / layer_weights.sum()
    shares = np.array(options.get("style_blend_weights", np.ones(len(styles))), float)
    shares /= shares.sum()
    scales = options.get("style_scales", np.ones(len(styles)))
    style_loss = 0.0
    for picture, share, scale in zip(styles, shares, scales, strict=True):
        width = round(content.shape[1] * scale)
        target = network_features(pictures.resize_to_width(picture, width))
        for layer, weight in zip(LAYERS, layer_weights, strict=True):
            difference = reference.gram(ours[layer]) - reference.gram(target[layer])
            style_loss += 500 * share * weight * np.mean(difference**2)
    return content_loss, style_loss, 100 * reference.total_variation(image.astype(float))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"content_weight_blend": 0.3},
        {"content_weight_blend": 0.0},
        {"style_layer_weight_exp": 2.0},
        {"style_layer_weight_exp": 0.5, "style_blend_weights": (1, 3)},
        {"style_scales": (1.5, 0.4)},
    ],
)
def test_losses_equal_neural_styles_formulas(net, network_features, content, tmp_path, options):
    styles = [random_image(30, 44, seed=11), random_image(51, 33, seed=12)]
    pictures.write_image(tmp_path / "start.png", random_image(37, 53, seed=13))
    start = pictures.read_image(tmp_path / "start.png")
    made = fitted(net, style=styles, initial=str(tmp_path / "start.png"), **options)
    expected = neural_style_losses(start, content, styles, options, network_features)
    got = made.result.history.records[0]
    for name, value in zip(("content", "style", "tv"), expected, strict=True):
        assert got[name] == pytest.approx(value, rel=1e-4), name


def test_the_command_line_seen_in_the_wild(tmp_path, monkeypatch, content, style):
    """Word for word, but for fewer steps: the last --iterations on a command line counts."""
    monkeypatch.chdir(tmp_path)
    pictures.write_image("example.jpg", content)
    pictures.write_image("styles.jpg", style)
    line = (
        "--iterations 5000 --content example.jpg --styles styles.jpg --output result.jpg "
        "--checkpoint-iterations 50 --checkpoint-output temp%s.jpg"
    )
    assert main1.main([*line.split(), *FLOAT32, "--iterations", "100"]) == 0
    assert {path.name for path in tmp_path.glob("temp*")} == {"temp50.jpg", "temp100.jpg"}
    last, result = (np.asarray(Image.open(n)) for n in ("temp100.jpg", "result.jpg"))
    np.testing.assert_array_equal(last, result)
    assert np.any(np.asarray(Image.open("temp50.jpg")) != result)

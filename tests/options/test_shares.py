"""Layers and styles by name, and what each counts."""

import numpy as np
import pytest

import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError
from tests import reference
from tests.conftest import fitted, random_image


def test_content_layers_by_name(net, network_features, content, tmp_path):
    pictures.write_image(tmp_path / "start.png", random_image(37, 53, seed=13))
    start = pictures.read_image(tmp_path / "start.png")
    options = {"initial": str(tmp_path / "start.png"), "content_layers": "relu4_2=1,relu5_2=.5"}
    made = fitted(net, **options)
    ours, theirs = network_features(start), network_features(content)
    means = [np.mean((ours[name] - theirs[name]) ** 2) for name in ("relu4_2", "relu5_2")]
    expected = 5 * (means[0] + 0.5 * means[1]) / 1.5
    assert made._losses_content_train[0] == pytest.approx(expected, rel=1e-4)


def test_another_style_for_each_layer(net, network_features, content, tmp_path):
    """relu1_1 from a.png alone, relu4_1 from the second alone, by name and by number."""
    styles = []
    for number, name in enumerate(("a.png", "b.png")):
        pictures.write_image(tmp_path / name, random_image(40, 30, seed=20 + number))
        styles.append(str(tmp_path / name))
    made = fitted(net, style=styles, style_layers="relu1_1:a=1,relu4_1:2=3")
    ours = network_features(content)
    expected = 0.0
    for layer, path, weight in (("relu1_1", styles[0], 0.25), ("relu4_1", styles[1], 0.75)):
        target = network_features(pictures.resize_to_width(pictures.read_image(path), 53))
        difference = reference.gram(ours[layer]) - reference.gram(target[layer])
        expected += 500 * weight * np.mean(difference**2)
    assert made._losses_style_train[0] == pytest.approx(expected, rel=1e-4)


def test_a_layer_named_twice_counts_twice_at_its_own_depth(net):
    """The exponent goes by the layer's rank, and equal terms are added up."""
    styles = [random_image(20, 30, seed=1), random_image(20, 30, seed=2)]
    layers = "relu1_1:1,relu1_1:2,relu2_1,relu2_1"
    made = fitted(net, style=styles, style_layers=layers, style_layer_weight_exp=0.5)
    shares = {(term.layer, term.style): term.weight for term in made.shares.terms}
    expected = {("relu1_1", 0): 1, ("relu1_1", 1): 1, ("relu2_1", 0): 0.5, ("relu2_1", 1): 0.5}
    assert shares == pytest.approx({place: weight / 3 for place, weight in expected.items()})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"style_layers": "relu1_1:c"}, "expected one of 1, 2 or a number from 1 to 2"),
        ({"style_layers": "relu1_1:3"}, "names the style '3'"),
        ({"style_layers": "relu6_1"}, "not 'relu6_1'"),
        ({"style_layer_weight_exp": 1e200}, "expected a number above 0"),
        ({"style_layers": "relu1_1=x"}, "as the weight of relu1_1"),
        ({"style_layers": "relu1_1=0"}, "not all 0"),
        ({"content_layers": "relu4_2:1"}, "names a style"),
        ({"content_layers": "relu4_2", "content_weight_blend": 0.5}, "give one of them"),
        ({"style_scales": (1.0,)}, "has 1 values for 2 style pictures"),
        ({"style_blend_weights": (1, 2, 3)}, "has 3 values for 2 style pictures"),
        ({"style_blend_weights": (0, 0)}, "are all 0"),
        ({"style_scales": (1, -1)}, "a number above 0"),
        ({"pooling": "median"}, "expected one of max, avg"),
        ({"preserve_colors": "cmyk"}, "expected one of ycbcr"),
        ({"style_statistic": "grams"}, "expected one of gram"),
        ({"checkpoint_output": "a%s.png"}, "go together"),
        ({"checkpoint_iterations": 5}, "go together"),
        ({"match_colors": "start-linear", "initial": "noise"}, "needs a picture to start from"),
        ({"average": 0.5, "optimizer": "lbfgs"}, "--average is of Adam's steps"),
        ({"average": 1.0}, "0 to below 1"),
        ({"content_masks": ["m.png"]}, "--content-mask has 1 values for 2"),
    ],
)
def test_wrong_counts_and_names_are_refused_before_anything_is_read(options, words):
    with pytest.raises(OptionError) as caught:
        CNNStyleNet("missing.png", [np.zeros((1, 1, 3)), np.zeros((1, 1, 3))], **options)
    assert words in str(caught.value)

"""A mask for each style, and the content outside all of them."""

import numpy as np
import pytest
from PIL import Image

import MLPreProcess as pictures
from stylenet.errors import PictureError
from tests import reference
from tests.conftest import fitted, random_image


def _half_mask(left, height=20, width=31):
    mask = np.zeros((height, width, 3), np.float32)
    mask[:, : width // 2] = 255
    return mask if left else 255 - mask


def test_content_outside_every_mask_stays_as_it_was(net, content):
    made = fitted(net, content_masks=[_half_mask(left=True)], initial="noise")
    result = made.result.record.image
    np.testing.assert_allclose(result[:, 32:], content[:, 32:], atol=1e-3)
    assert np.abs(result[:, :20] - content[:, :20]).mean() > 10


def test_each_styles_gram_is_taken_under_its_mask(net, network_features, content):
    """The start is the content: its Grams under two hard masks, from NumPy."""
    styles = [random_image(40, 53, seed=31), random_image(40, 53, seed=32)]
    masks = [np.zeros((37, 53, 3)), np.zeros((37, 53, 3))]
    masks[0][:, :32], masks[1][:, 32:] = 255, 255
    made = fitted(net, style=styles, content_masks=masks, style_layers=["relu1_1"])
    ours = network_features(content)["relu1_1"]
    expected = 0.0
    for style, part in zip(styles, (ours[:, :32], ours[:, 32:]), strict=True):
        difference = reference.gram(part) - reference.gram(network_features(style)["relu1_1"])
        expected += 500 * 0.5 * np.mean(difference**2)
    assert made._losses_style_train[0] == pytest.approx(expected, rel=1e-3)


def test_style_masks_choose_a_part_of_the_style(net, network_features):
    style = random_image(40, 53, seed=33)
    mask = np.zeros((40, 53, 3))
    mask[:, :32] = 255
    made = fitted(net, style=style, style_masks=[mask], style_layers=["relu1_1"])
    expected = reference.gram(network_features(style)["relu1_1"][:, :32])
    np.testing.assert_allclose(made._features_style["relu1_1"][0], expected, rtol=1e-3)


def test_averages_under_soft_masks_are_laid_on_the_content_once(net):
    """The average of the pictures shown is the picture of the average, so both runs agree."""
    soft = np.full((5, 5, 3), 77.0)
    raw = fitted(net, content_masks=[soft]).seen.pictures
    made = fitted(net, content_masks=[soft], average=0.5)
    weights = np.array([0.5**3, 0.5**2, 0.5, 1.0])
    expected = sum(w * raw[i] for i, w in enumerate(weights / weights.sum()))
    np.testing.assert_allclose(made.result.record.image, expected, atol=1e-2)


def test_transparent_parts_of_a_mask_are_black(tmp_path):
    rgba = np.full((4, 6, 4), 255, np.uint8)
    rgba[:, 3:, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "mask.png")
    mask = pictures.as_mask(tmp_path / "mask.png", 4, 6)
    np.testing.assert_array_equal(mask[..., 0], [[1, 1, 1, 0, 0, 0]] * 4)
    np.testing.assert_array_equal(pictures.as_mask(mask[..., 0] * 255, 4, 6), mask)


def test_masks_of_white_change_nothing(net):
    white = np.full((8, 5, 3), 255.0)
    plain = fitted(net).result.history.records
    masked = fitted(net, content_masks=[white], style_masks=[white]).result.history.records
    for before, after in zip(plain, masked, strict=True):
        assert after["total"] == pytest.approx(before["total"], rel=1e-4)


def test_a_black_mask_is_refused(net):
    with pytest.raises(PictureError, match="black all over"):
        fitted(net, content_masks=[np.zeros((4, 4, 3))])

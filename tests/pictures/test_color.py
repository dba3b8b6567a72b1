"""Colours kept and matched."""

import numpy as np
import pytest
from skimage import color

import MLPreProcess as pictures
from stylenet.pictures.color import color_noise, match_colors, with_colors_of
from tests.conftest import fitted, random_image


@pytest.mark.parametrize(
    ("space", "into"),
    [
        ("ycbcr", color.rgb2ycbcr),
        ("lab", color.rgb2lab),
        ("luv", color.rgb2luv),
        ("yuv", color.rgb2yuv),
    ],
)
def test_preserved_colours_have_the_results_lightness(space, into):
    """In a grey enough picture, where nothing leaves the range, each channel is exactly one's."""
    content, painted = (100 + random_image(9, 13, seed=s) / 8 for s in (1, 2))
    mixed = into(with_colors_of(painted, content, space) / 255)
    np.testing.assert_allclose(mixed[..., 0], into(painted / 255)[..., 0], atol=0.15)
    np.testing.assert_allclose(mixed[..., 1:], into(content / 255)[..., 1:], atol=0.15)


def test_preserve_colors_is_rec_601_luma_by_default(net, content, tmp_path):
    made = fitted(net, preserve_colors="ycbcr")
    made.save_output_image(tmp_path / "out.png")
    saved = pictures.read_image(tmp_path / "out.png")
    painted = np.clip(made.result.record.image, 0, 255)
    luma = painted @ [0.299, 0.587, 0.114]
    inside = ((saved > 1) & (saved < 254)).all(axis=2)  # nothing was clipped there
    assert inside.mean() > 0.2
    np.testing.assert_allclose((saved @ [0.299, 0.587, 0.114])[inside], luma[inside], atol=1)


def test_linear_match_moves_mean_and_covariance():
    """Compared where clipping does nothing: pictures of little contrast."""
    image, target = (110 + random_image(30, 41, seed=s) / 9 for s in (3, 4))
    target = target * [1.1, 1.0, 0.9]
    matched = match_colors(image, target, "linear").reshape(-1, 3)
    wanted = target.reshape(-1, 3)
    np.testing.assert_allclose(matched.mean(axis=0), wanted.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(np.cov(matched.T), np.cov(wanted.T), rtol=1e-3)


def test_histogram_match_takes_the_targets_levels():
    image, target = random_image(30, 40, seed=3), random_image(30, 40, seed=4) * 0.5
    matched = match_colors(image, target, "histogram")
    np.testing.assert_allclose(np.sort(matched[..., 0].ravel()), np.sort(target[..., 0].ravel()))


def test_grey_and_constant_pictures_can_be_matched():
    grey = np.full((6, 7, 3), 90, np.float32)
    for how in ("linear", "histogram"):
        assert np.isfinite(match_colors(grey, random_image(8, 9), how)).all()
        assert np.isfinite(match_colors(random_image(8, 9), grey, how)).all()


def test_matched_styles_and_matched_starts_reach_the_run(net, content, style):
    made = fitted(net, match_colors="linear")
    expected = match_colors(pictures.resize_to_width(style, 53), content, "linear")
    np.testing.assert_allclose(made._image_style[0], expected)
    start = fitted(net, match_colors="start-linear").seen.pictures[0]
    expected = match_colors(content, pictures.resize_to_width(style, 53), "linear")
    np.testing.assert_allclose(start, expected, atol=1e-3)


def test_colour_noise_has_the_pictures_moments():
    image = random_image(30, 40) * [1, 0.5, 0.2] + 20
    noise = color_noise(image, 200, 200, np.random.default_rng(0)).reshape(-1, 3)
    pixels = image.reshape(-1, 3)
    np.testing.assert_allclose(noise.mean(axis=0), pixels.mean(axis=0), rtol=0.03)
    np.testing.assert_allclose(np.cov(noise.T), np.cov(pixels.T), rtol=0.1, atol=20)

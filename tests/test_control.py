"""Every option does what it promises: losses and pixels, against NumPy where there is a formula."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from scipy.linalg import sqrtm
from skimage import color

import main1
import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError, PictureError
from stylenet.losses.statistics import (
    mean_and_covariance,
    mean_and_deviation,
    mean_and_deviation_loss,
    wasserstein_loss,
)
from stylenet.options.patterns import fill_pattern, is_pattern
from stylenet.pictures.color import color_noise, match_colors, with_colors_of
from tests import reference
from tests.conftest import FLOAT32, MEAN_PIXEL, Seen, random_image

LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def fitted(net, **options):
    """A net that has painted from the content, with the pictures it showed as `seen`."""
    made = net(**{"epochs": 3, "initial": "content"} | options)
    made.seen = Seen()
    return made.fit([made.seen])


@pytest.fixture
def features(narrow_weights):
    """The NumPy network as a function of a picture."""
    return lambda image: reference.vgg19(image - MEAN_PIXEL, *narrow_weights)


# --- neural-style's formulas ---------------------------------------------------------------------


def neural_style_losses(image, content, styles, options, features):
    """neural-style's three terms in NumPy, from the formulas of its README and paper."""
    ours, theirs = features(image), features(content)
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
        target = features(pictures.resize_to_width(picture, width))
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
def test_losses_equal_neural_styles_formulas(net, features, content, tmp_path, options):
    styles = [random_image(30, 44, seed=11), random_image(51, 33, seed=12)]
    pictures.write_image(tmp_path / "start.png", random_image(37, 53, seed=13))
    start = pictures.read_image(tmp_path / "start.png")
    made = fitted(net, style=styles, initial=str(tmp_path / "start.png"), **options)
    expected = neural_style_losses(start, content, styles, options, features)
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


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("temp%s.jpg", "temp7.jpg"),
        ("a%d.png", "a7.png"),
        ("a%05d.png", "a00007.png"),
        ("a{}.png", "a7.png"),
        ("a{:05}.png", "a00007.png"),
        ("100% of {:03d}.png", "100% of 007.png"),
    ],
)
def test_checkpoint_patterns(pattern, name):
    assert is_pattern(pattern)
    assert str(fill_pattern(pattern, 7)) == name


@pytest.mark.parametrize("pattern", ["a.png", "%s%s.png", "{} %d.png", "%x.png", "{name}.png", ""])
def test_checkpoint_patterns_that_are_none(pattern):
    with pytest.raises(OptionError, match="a file name with one"):
        CNNStyleNet("c", "s", checkpoint_output=pattern, checkpoint_iterations=3)


def test_adams_constants_and_pooling_change_the_run(net):
    plain = fitted(net).result.record.image
    for options in ({"beta1": 0.2}, {"beta2": 0.5}, {"eps": 10.0}, {"pooling": "avg"}):
        assert np.abs(fitted(net, **options).result.record.image - plain).max() > 0.01, options


def test_average_pooling_is_the_mean_of_each_window():
    from stylenet.network.vgg19 import POOLINGS

    features = np.arange(24, dtype=np.float32).reshape(1, 4, 6, 1)
    expected = features.reshape(1, 2, 2, 3, 2, 1).mean(axis=(2, 4))
    np.testing.assert_allclose(POOLINGS["avg"](features, 2, 2, "SAME"), expected)


# --- layers by name ------------------------------------------------------------------------------


def test_content_layers_by_name(net, features, content, tmp_path):
    pictures.write_image(tmp_path / "start.png", random_image(37, 53, seed=13))
    start = pictures.read_image(tmp_path / "start.png")
    options = {"initial": str(tmp_path / "start.png"), "content_layers": "relu4_2=1,relu5_2=.5"}
    made = fitted(net, **options)
    ours, theirs = features(start), features(content)
    means = [np.mean((ours[name] - theirs[name]) ** 2) for name in ("relu4_2", "relu5_2")]
    expected = 5 * (means[0] + 0.5 * means[1]) / 1.5
    assert made._losses_content_train[0] == pytest.approx(expected, rel=1e-4)


def test_another_style_for_each_layer(net, features, content, tmp_path):
    """relu1_1 from a.png alone, relu4_1 from the second alone, by name and by number."""
    styles = []
    for number, name in enumerate(("a.png", "b.png")):
        pictures.write_image(tmp_path / name, random_image(40, 30, seed=20 + number))
        styles.append(str(tmp_path / name))
    made = fitted(net, style=styles, style_layers="relu1_1:a=1,relu4_1:2=3")
    ours = features(content)
    expected = 0.0
    for layer, path, weight in (("relu1_1", styles[0], 0.25), ("relu4_1", styles[1], 0.75)):
        target = features(pictures.resize_to_width(pictures.read_image(path), 53))
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


# --- colour --------------------------------------------------------------------------------------


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


# --- statistics ----------------------------------------------------------------------------------


@pytest.fixture
def maps():
    generator = np.random.default_rng(0)
    mixing = generator.normal(size=(4, 4))
    return [(generator.normal(m, 2, (1, 9, 7, 4)) @ mixing).astype(np.float32) for m in (1, 2)]


def test_mean_and_deviation_equal_numpy(maps):
    positions = [m.reshape(-1, 4) for m in maps]
    statistics = [mean_and_deviation(tf.constant(m)) for m in maps]
    for statistic, flat in zip(statistics, positions, strict=True):
        np.testing.assert_allclose(statistic, [flat.mean(0), flat.std(0)], rtol=1e-4)
    differences = [
        np.mean((f(positions[0], 0) - f(positions[1], 0)) ** 2) for f in (np.mean, np.std)
    ]
    loss = float(mean_and_deviation_loss(*statistics))
    assert loss == pytest.approx(sum(differences), rel=1e-3)


def test_wasserstein_equals_scipy(maps):
    statistics = [mean_and_covariance(tf.constant(m)) for m in maps]
    means, covariances = [], []
    for m in maps:
        flat = m.reshape(-1, 4).astype(float)
        means.append(flat.mean(0))
        covariances.append(np.cov(flat.T, bias=True))
    root = sqrtm(covariances[1])
    bures = np.trace(covariances[0] + covariances[1] - 2 * sqrtm(root @ covariances[0] @ root).real)
    expected = (np.sum((means[0] - means[1]) ** 2) + bures) / 4
    assert float(wasserstein_loss(*statistics)) == pytest.approx(expected, rel=1e-3)
    assert float(wasserstein_loss(statistics[0], statistics[0])) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("of", "loss"),
    [(mean_and_deviation, mean_and_deviation_loss), (mean_and_covariance, wasserstein_loss)],
)
def test_gradients_of_the_statistics_equal_finite_differences(maps, of, loss, masked):
    features, target = (tf.cast(m, tf.float64) for m in maps)
    mask = np.random.default_rng(1).uniform(0, 1, (1, 9, 7, 1)) if masked else None
    goal = of(target)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = loss(of(features, mask), goal)
    gradient = tape.gradient(value, features).numpy()
    assert np.abs(gradient).max() > 0
    for seed in range(4):
        direction = np.random.default_rng(seed).normal(size=gradient.shape)
        ahead, behind = (
            float(loss(of(features + s * direction, mask), goal)) for s in (1e-5, -1e-5)
        )
        assert (ahead - behind) / 2e-5 == pytest.approx((gradient * direction).sum(), rel=1e-4)


@pytest.mark.parametrize("statistic", ["mean-std", "wasserstein"])
def test_statistics_by_name_descend(net, statistic):
    made = fitted(net, style_statistic=statistic, epochs=12, weight_regularization=0)
    assert made._losses_style_train[-1] < 0.9 * made._losses_style_train[0]
    assert np.isfinite(made.result.record.image).all()


# --- regions -------------------------------------------------------------------------------------


def _half_mask(left, height=20, width=31):
    mask = np.zeros((height, width, 3), np.float32)
    mask[:, : width // 2] = 255
    return mask if left else 255 - mask


def test_content_outside_every_mask_stays_as_it_was(net, content):
    made = fitted(net, content_masks=[_half_mask(left=True)], initial="noise")
    result = made.result.record.image
    np.testing.assert_allclose(result[:, 32:], content[:, 32:], atol=1e-3)
    assert np.abs(result[:, :20] - content[:, :20]).mean() > 10


def test_each_styles_gram_is_taken_under_its_mask(net, features, content):
    """The start is the content: its Grams under two hard masks, from NumPy."""
    styles = [random_image(40, 53, seed=31), random_image(40, 53, seed=32)]
    masks = [np.zeros((37, 53, 3)), np.zeros((37, 53, 3))]
    masks[0][:, :32], masks[1][:, 32:] = 255, 255
    made = fitted(net, style=styles, content_masks=masks, style_layers=["relu1_1"])
    ours = features(content)["relu1_1"]
    expected = 0.0
    for style, part in zip(styles, (ours[:, :32], ours[:, 32:]), strict=True):
        difference = reference.gram(part) - reference.gram(features(style)["relu1_1"])
        expected += 500 * 0.5 * np.mean(difference**2)
    assert made._losses_style_train[0] == pytest.approx(expected, rel=1e-3)


def test_style_masks_choose_a_part_of_the_style(net, features):
    style = random_image(40, 53, seed=33)
    mask = np.zeros((40, 53, 3))
    mask[:, :32] = 255
    made = fitted(net, style=style, style_masks=[mask], style_layers=["relu1_1"])
    expected = reference.gram(features(style)["relu1_1"][:, :32])
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


# --- starts and averages -------------------------------------------------------------------------


def test_starts(net, content, style):
    noise = fitted(net, initial="noise", seed=3).seen.pictures[0] - MEAN_PIXEL
    assert noise.std() == pytest.approx(0.256, rel=0.05)
    np.testing.assert_allclose(fitted(net).seen.pictures[0], content, atol=1e-3)
    coloured = fitted(net, initial="style").seen.pictures[0].reshape(-1, 3)
    np.testing.assert_allclose(coloured.mean(axis=0), style.reshape(-1, 3).mean(axis=0), atol=8)
    same = np.random.default_rng(0).standard_normal(content.shape, np.float32) * np.float32(0.256)
    blended = fitted(net, initial_noiseblend=0.25).seen.pictures[0] - MEAN_PIXEL
    np.testing.assert_allclose(blended, 0.75 * (content - MEAN_PIXEL) + 0.25 * same, atol=1e-3)
    # As in neural-style: noise blended with less than all of it lies on the content.
    fallback = fitted(net, initial="noise", initial_noiseblend=0.25).seen.pictures[0]
    np.testing.assert_allclose(fallback - MEAN_PIXEL, blended, atol=1e-4)


def test_colour_noise_has_the_pictures_moments():
    image = random_image(30, 40) * [1, 0.5, 0.2] + 20
    noise = color_noise(image, 200, 200, np.random.default_rng(0)).reshape(-1, 3)
    pixels = image.reshape(-1, 3)
    np.testing.assert_allclose(noise.mean(axis=0), pixels.mean(axis=0), rtol=0.03)
    np.testing.assert_allclose(np.cov(noise.T), np.cov(pixels.T), rtol=0.1, atol=20)


def test_average_of_the_iterates(net):
    """decay .5 after three steps: the weighted mean of the start and the three iterates."""
    raw = fitted(net).seen.pictures
    made = fitted(net, average=0.5)
    weights = np.array([0.5**3, 0.5**2, 0.5, 1.0])
    expected = sum(w * raw[i] for i, w in enumerate(weights / weights.sum()))
    np.testing.assert_allclose(made.result.record.image, expected, atol=1e-2)
    # The losses reported at the end are those of the picture that is saved.
    tv = 100 * reference.total_variation(made.result.record.image.astype(float))
    assert made._losses_total_var_train[-1] == pytest.approx(tv, rel=1e-3)


# --- looking at it -------------------------------------------------------------------------------


def test_tensorboard_events_are_read_back(net, tmp_path):
    made = fitted(net, tensorboard=str(tmp_path / "events"), epochs=4)
    (file,) = (tmp_path / "events").iterdir()
    scalars, images, texts, graphs = {}, 0, [], 0
    for event in tf.compat.v1.train.summary_iterator(str(file)):
        graphs += bool(event.graph_def)
        for value in event.summary.value:
            if value.HasField("simple_value"):
                scalars.setdefault(value.tag, []).append(value.simple_value)
            images += value.HasField("image")
            if value.metadata.plugin_data.plugin_name == "text":
                texts.append(value.tensor.string_val[0].decode())
    assert graphs == 1
    assert images >= 3
    assert "| epochs | 4 |" in texts[0]
    np.testing.assert_allclose(scalars["loss/total"], made._losses_train, rtol=1e-6)
    by_layer = [scalars[f"style/{layer}"] for layer in LAYERS]
    np.testing.assert_allclose(np.sum(by_layer, axis=0), made._losses_style_train, rtol=1e-4)
    np.testing.assert_allclose(scalars["content/relu4_2"], made._losses_content_train, rtol=1e-6)


def test_a_notebook_shows_the_object(net):
    made = net(epochs=2)
    assert "no result yet" in made._repr_html_()
    shown = made.fit([])._repr_html_()
    assert shown.count("data:image/png;base64,") == 3
    assert "iteration     2" in shown


# --- many pictures -------------------------------------------------------------------------------


@pytest.fixture
def photos(tmp_path, monkeypatch, style, narrow_file):
    """A folder to work in, with photos/ of three pictures, one of them broken."""
    monkeypatch.chdir(tmp_path)
    pictures.write_image("photos/a.jpg", random_image(30, 40, seed=1))
    Path("photos/b.png").write_bytes(b"no picture")
    pictures.write_image("photos/c.png", random_image(20, 40, seed=3))
    pictures.write_image("style.png", style)
    Path("net.mat").write_bytes(narrow_file.read_bytes())
    return tmp_path


READ = ["--styles", "style.png", "--network", "net.mat", *FLOAT32]
BATCH = ["--content", "photos", *READ, "--output", "painted", "--iterations", "3"]


def test_a_folder_is_painted_with_one_network(photos, capsys, monkeypatch):
    calls = []
    for name in ("extract_style_features", "load_model_info"):
        original = getattr(CNNStyleNet, name)
        monkeypatch.setattr(
            CNNStyleNet,
            name,
            lambda net, *given, o=original, n=name: (calls.append(n), o(net, *given))[1],
        )
    assert main1.main(BATCH) == 2  # a picture was refused
    err = capsys.readouterr().err
    assert "error: photos/b.png is no picture" in err
    assert Image.open("painted/a.png").size == (40, 30)
    assert Image.open("painted/c.png").size == (40, 20)
    assert not Path("painted/b.png").exists()
    assert calls == ["load_model_info", "extract_style_features"]
    Path("photos/b.png").unlink()
    before = Path("painted/a.png").stat().st_mtime_ns
    assert main1.main(BATCH) == 0
    assert capsys.readouterr().out.count("is finished already") == 2
    assert Path("painted/a.png").stat().st_mtime_ns == before


def test_one_of_many_is_the_same_as_alone(photos):
    assert main1.main(BATCH) == 2
    alone = ["--content", "photos/c.png", *READ, "--output", "c.png", "--iterations", "3"]
    assert main1.main(alone) == 0
    assert Path("c.png").read_bytes() == Path("painted/c.png").read_bytes()


def test_pictures_of_one_name_do_not_meet_whenever_they_come(photos, capsys):
    Path("photos/b.png").unlink()
    pictures.write_image("photos/a_loss.png", random_image(9, 15))
    assert main1.main(BATCH) == 0
    before = Path("painted/a.png").read_bytes()
    assert Image.open("painted/a_loss.png").width > 100  # the plot of a.jpg
    assert Image.open("painted/a_loss_png.png").size == (15, 9)
    pictures.write_image("photos/a.bmp.webp", random_image(9, 11))
    Path("photos/a.bmp.webp").rename("photos/a.webp")
    capsys.readouterr()
    assert main1.main(BATCH) == 0
    assert capsys.readouterr().out.count("is finished already") == 3
    assert Path("painted/a.png").read_bytes() == before
    assert Image.open("painted/a_webp.png").size == (11, 9)


def test_an_unfinished_picture_of_a_folder_is_done_again(photos, monkeypatch):
    Path("photos/b.png").unlink()

    def interrupt(self, *ops, feed=None):
        raise KeyboardInterrupt

    assert main1.main([*BATCH[:-1], "2"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr("stylenet.engine.whole.Whole.state", interrupt)
        assert main1.main(BATCH) == 130
    assert main1.main(BATCH) == 0
    for name in ("a", "c"):
        assert json.loads(Path(f"painted/{name}_run.json").read_text())["iterations"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--content", "photos", "--output", "photos"], "the folder of the contents"),
        (["--content", "photos/a.jpg", "photos/c.png", "--output", "o.png"], "expected a folder"),
        (["--content", "photos/c.png", "--output", "style.png", "--overwrite"], "this run reads"),
        (["--content", "photos", "--output", "p", "--tensorboard", "t"], "is for one picture"),
        (["--content", "photos/a.jpg", "--output", "o" * 250 + ".png"], "is too long"),
        (["--content", "photos/a.jpg", "--output", "o" * 400 + ".png"], "is too long"),
        (["--content", "c" * 400, "--output", "o.png"], "name too long"),
        (
            "--content=photos/a.jpg --checkpoint-output=net.mat/%s.png --output=o.png "
            "--checkpoint-iterations=1",
            "is a file, expected a folder",
        ),
        (
            ["--content", "photos/a.jpg", "--tensorboard", "net.mat", "--output", "o.png"],
            "is a file, expected a folder",
        ),
        (["--content", "photos/a.jpg", "--output", "o.png", "--width", "9" * 18], "GB of memory"),
    ],
)
def test_wrong_outputs_are_refused_and_nothing_is_written(photos, capsys, arguments, words):
    before = sorted(photos.rglob("*"))
    arguments = arguments.split() if isinstance(arguments, str) else arguments
    assert main1.main([*arguments, *READ]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert sorted(photos.rglob("*")) == before


def test_a_loss_that_is_not_finite_does_not_end_the_others(photos, capsys):
    Path("photos/b.png").unlink()
    assert main1.main([*BATCH, "--optimizer", "adam", "--learning-rate", "1e15"]) == 1
    err = capsys.readouterr().err
    assert err.count("loss became") == 2


def test_an_empty_folder_is_told(photos, capsys):
    Path("empty").mkdir()
    assert main1.main(["--content", "empty", *BATCH[2:]]) == 2
    assert "no picture in the folder empty" in capsys.readouterr().err


def test_dry_run_tells_and_writes_nothing(photos, capsys):
    before = sorted(photos.rglob("*"))
    arguments = ["--content", "photos/a.jpg", *READ, "--output", "out.png", "--dry-run"]
    assert main1.main(arguments) == 0
    out = capsys.readouterr().out
    assert "result 40 x 30 px, 60 steps" in out
    assert "steps   60 at 40 x 30" in out
    assert "time    about" in out
    assert "memory  about" in out
    assert "writes  out_run.json" in out
    assert sorted(photos.rglob("*")) == before
    assert main1.main([*arguments, "--tile", "16", "--iterations", "9"]) == 0
    out = capsys.readouterr().out
    assert "tiles   of 16 px" in out
    # Of the features of so small a picture little is kept; the figures are as large as ever.
    assert "disk    about 2.9 MB, and 0.0 MB of temporary files" in out
    assert sorted(photos.rglob("*")) == before


def test_progress_files_stay_with_their_result(photos):
    arguments = ["--content", "photos/a.jpg", *READ, "--iterations", "3"]
    arguments += ["--output", "out.png", "--progress-write", "--progress-plot"]
    assert main1.main(arguments) == 0
    table = np.loadtxt("out_progress.txt", skiprows=1)
    report = json.loads(Path("out_run.json").read_text())
    np.testing.assert_allclose(table[:, 1], [r["total"] for r in report["history"]], rtol=1e-6)
    assert Path("out_loss.png").exists()

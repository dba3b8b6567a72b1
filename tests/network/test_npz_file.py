"""The .npz of codes: read as it was written, the network that comes along, and what is none."""

import io
import zipfile

import numpy as np
import pytest
import tensorflow as tf

import main1
from MLPreProcess import read_image
from stylenet.errors import NetworkFileError
from stylenet.network.layers import CONVOLUTION_NAMES, RELU_NAMES, STYLE_LAYERS
from stylenet.network.model_files import EMBEDDED
from stylenet.network.network_file import read_network
from stylenet.network.vgg19 import apply_vgg19
from tests.conftest import MEAN_PIXEL, NARROW, random_image
from tests.test_broken_input import check_sentence
from tools.npz_network import write_codes

# Red of the first filter in the .mat that VGG publishes, [height][width].
PUBLISHED = [
    [0.39417, 0.37740, -0.04595],
    [0.26713, 0.09986, -0.34101],
    [-0.07574, -0.28034, -0.41602],
]


@pytest.fixture(scope="module")
def parts():
    """Codes, tables and biases of a narrow network."""
    generator = np.random.default_rng(3)
    codes, tables, biases, before = {}, {}, {}, 3
    for name, after in zip(CONVOLUTION_NAMES, NARROW, strict=True):
        codes[name] = generator.integers(0, 256, (3, 3, before, after), np.uint8)
        tables[name] = np.sort(generator.normal(0, 0.2, 256)).astype(np.float32)
        biases[name] = generator.normal(1, 0.1, after).astype(np.float32)
        before = after
    return codes, tables, biases


@pytest.fixture
def file(tmp_path, parts):
    path = tmp_path / "net.npz"
    write_codes(path, *parts, MEAN_PIXEL)
    return path


def test_every_weight_is_what_its_code_stands_for(file, parts):
    codes, tables, biases = parts
    network = read_network(file)
    for name in CONVOLUTION_NAMES:
        place = 2, 1, 0, codes[name].shape[3] - 1
        assert network.kernels[name][place] == tables[name][codes[name][place]]
        assert network.kernels[name].dtype == np.float32
        assert network.kernels[name].shape == codes[name].shape
        np.testing.assert_array_equal(network.biases[name], biases[name])
    np.testing.assert_array_equal(network.mean_pixel, MEAN_PIXEL)


def test_readouts_are_read_where_there_are_any(tmp_path, file, parts):
    readouts = {
        name: np.arange(width**2, dtype=np.float32).reshape(width, -1)
        for name, width in zip(RELU_NAMES, NARROW, strict=True)
    }
    write_codes(tmp_path / "read.npz", *parts, MEAN_PIXEL, readouts)
    plain, read = read_network(file), read_network(tmp_path / "read.npz")
    assert plain.readouts == {}
    assert list(read.readouts) == list(RELU_NAMES)
    np.testing.assert_array_equal(read.readouts["relu3_2"], readouts["relu3_2"])
    assert read.fingerprint != plain.fingerprint
    del readouts["relu2_1"]
    write_codes(tmp_path / "some.npz", *parts, MEAN_PIXEL, readouts)
    with pytest.raises(NetworkFileError, match="relu2_1_readout is missing, where other layers"):
        read_network(tmp_path / "some.npz")


def test_the_same_network_is_the_same_bytes(tmp_path, file, parts):
    write_codes(tmp_path / "again.npz", *parts, MEAN_PIXEL)
    assert (tmp_path / "again.npz").read_bytes() == file.read_bytes()


def test_the_name_of_the_file_does_not_matter(file, tmp_path):
    other = tmp_path / "imagenet-vgg-verydeep-19.mat"
    file.rename(other)
    assert len(read_network(other).kernels) == 16


@pytest.fixture(scope="module")
def vgg19():
    """The network that comes along."""
    return read_network(EMBEDDED["vgg19"])


def test_the_first_filter_is_the_published_one(vgg19):
    np.testing.assert_allclose(vgg19.kernels["conv1_1"][:, :, 0, 0], PUBLISHED, atol=2e-3)
    assert [vgg19.biases[name].size for name in CONVOLUTION_NAMES] == (
        [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
    )
    np.testing.assert_allclose(vgg19.mean_pixel, [123.68, 116.779, 103.939])


def test_features_equal_keras_vgg19(vgg19):
    keras_vgg = tf.keras.applications.VGG19(weights=None, include_top=False)
    convolutions = [layer for layer in keras_vgg.layers if "conv" in layer.name]
    for layer, name in zip(convolutions, CONVOLUTION_NAMES, strict=True):
        layer.set_weights([vgg19.kernels[name], vgg19.biases[name]])
    outputs = [layer.output for layer in convolutions]  # Keras' convolutions include the ReLU
    image = random_image(64, 96)[None] - MEAN_PIXEL
    expected = tf.keras.Model(keras_vgg.input, outputs)(image)
    got = apply_vgg19(tf.constant(image), vgg19.kernels, vgg19.biases)
    for name, theirs in zip(CONVOLUTION_NAMES, expected, strict=True):
        ours = got[name.replace("conv", "relu")]
        assert np.linalg.norm(ours - theirs) <= 1e-4 * np.linalg.norm(theirs), name


def test_the_small_network_answers_as_vgg19_does(vgg19):
    """Of pictures: what its content asks for, and its Gram matrices' sizes, are the teacher's."""
    small = read_network(EMBEDDED["small"])
    for name in ("content_harbour", "style_woodblock"):
        image = read_image(f"images/{name}.jpg")[100:228, 100:260] - MEAN_PIXEL
        batch = tf.constant(image[None], tf.float32)
        theirs = apply_vgg19(batch, vgg19.kernels, vgg19.biases, padding="replicate")
        given = small.kernels, small.biases, small.readouts
        ours = apply_vgg19(batch, *given, padding="replicate")
        for layer in ("relu4_2", *STYLE_LAYERS):
            of_energy = layer == "relu4_2"
            sizes = [
                np.mean(f[layer] ** 2) if of_energy else _gram_size(f[layer])
                for f in (ours, theirs)
            ]
            assert 0.4 < sizes[0] / sizes[1] < 1.6, (name, layer)


def _gram_size(features):
    """Root mean square of the entries of neural-style's Gram matrix."""
    rows = features.numpy().reshape(-1, features.shape[-1])
    return np.sqrt(np.mean((rows.T @ rows / rows.size) ** 2))


def _without(name):
    return lambda arrays: arrays.pop(name)


def _instead(name, array):
    return lambda arrays: arrays.__setitem__(name, array)


def _spoilt(name, value):
    def spoil(arrays):
        arrays[name] = arrays[name].copy()
        arrays[name].flat[0] = value

    return spoil


MISFITS = {
    "no codes": (_without("conv3_2_codes"), "conv3_2_codes is missing"),
    "no table": (_without("conv1_1_table"), "conv1_1_table is missing"),
    "no bias": (_without("conv5_4_bias"), "conv5_4_bias is missing"),
    "no mean": (_without("mean_pixel"), "mean_pixel is missing"),
    "kernels": (
        _instead("conv1_1_codes", np.zeros((2, 3, 3, 3), np.uint8)),
        "uint8 of shape 2x3x3x3, expected uint8 of shape 3x3x3xN",
    ),
    "floats": (
        _instead("conv1_1_codes", np.zeros((3, 3, 3, 2), np.float32)),
        "float32 of shape 3x3x3x2, expected uint8",
    ),
    "readout": (
        _instead("relu1_1_readout", np.zeros((2, 3), np.float32)),
        "relu1_1_readout is an array of float32 of shape 2x3",
    ),
    "nothing": (_instead("conv1_1_codes", np.zeros((3, 3, 3, 0), np.uint8)), "shape 3x3x3x0"),
    "wide": (_instead("conv1_1_codes", np.zeros((3, 3, 3, 5000), np.uint8)), "shape 3x3x3x5000"),
    "columns": (
        _instead("conv1_1_codes", np.asfortranarray(np.zeros((3, 3, 3, 2), np.uint8))),
        "conv1_1_codes",
    ),
    "next layer": (_instead("conv1_2_bias", np.zeros(9, np.float32)), "conv1_2_bias .* of shape 9"),
    "table": (_instead("conv4_1_table", np.zeros(255, np.float32)), "of shape 255, expected"),
    "pickle": (_instead("conv2_1_bias", np.array([None], object)), "conv2_1_bias .* object"),
    "NaN": (_spoilt("conv2_2_table", np.nan), "conv2_2_table is NaN or infinite"),
    "zero": (
        _instead("conv2_2_table", np.zeros(256, np.float32)),
        "conv2_2 is zero all over",
    ),
    "enormous": (
        _instead("conv2_2_table", np.full(256, 1e30, np.float32)),
        r"conv2_2 is a kernel of numbers up to 1e\+30, expected",
    ),
    "infinite": (_spoilt("conv2_2_bias", np.inf), "conv2_2_bias is NaN or infinite"),
    "blue": (_spoilt("mean_pixel", 256), "mean_pixel is not within 0 to 255"),
    "foreign": (lambda arrays: (arrays.clear(), arrays.update(x=np.zeros(3))), "of other things"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_file_that_is_not_quite_it_is_told_in_a_sentence(file, name):
    change, words = MISFITS[name]
    with np.load(file) as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(file, **arrays)  # which pickles objects
    with pytest.raises(NetworkFileError, match=words) as caught:
        read_network(file)
    check_sentence(caught.value)


def test_a_file_that_is_cut_or_damaged_is_told_in_a_sentence(file):
    whole = file.read_bytes()
    for length in range(2, len(whole) - 1, 997):
        file.write_bytes(whole[:length])
        with pytest.raises(NetworkFileError, match="damaged") as caught:
            read_network(file)
        check_sentence(caught.value)
    intact = read_network(EMBEDDED["small"])  # another file reads as ever
    assert len(intact.kernels) == 16
    for place in range(40, len(whole), 1499):
        spoilt = bytearray(whole)
        spoilt[place] ^= 16
        file.write_bytes(spoilt)
        try:
            read_network(file)  # some bytes, such as dates, mean nothing
        except NetworkFileError as error:
            check_sentence(error)


def test_an_array_shorter_than_it_claims(file):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.zeros((3, 3, 3, 2), np.uint8))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("conv1_1_codes.npy", buffer.getvalue()[:-5])
    with pytest.raises(NetworkFileError, match="conv1_1_codes has 49 bytes, expected 54"):
        read_network(file)


def test_the_command_line_takes_such_a_file(file, tmp_path, monkeypatch, capsys):
    from MLPreProcess import write_image

    monkeypatch.chdir(tmp_path)
    write_image("a.png", random_image(20, 31))
    few = ["--content", "a.png", "--styles", "a.png", "--iterations", "1", "--network", "net.npz"]
    assert main1.main([*few, "--output", "b.png"]) == 0
    file.write_bytes(file.read_bytes()[:5000])
    assert main1.main([*few, "--output", "c.png"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: net.npz is cut short")
    assert not (tmp_path / "c.png").exists()

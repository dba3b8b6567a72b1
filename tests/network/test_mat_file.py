"""The reader on every published layout, and on what people really have under this name."""

import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from stylenet.errors import NetworkFileError
from stylenet.network.layers import CONVOLUTION_NAMES, LAYERS, Convolution
from stylenet.network.network_file import read_network
from tests.conftest import MEAN_PIXEL, NARROW, random_weights
from tools.network_file import CONVOLUTION_FIELDS, cell, save_mat, write_network


def _tail():
    """fc6, fc7, fc8 and softmax in small, as the real file has behind pool5."""
    weights = cell([np.zeros((7, 7, 3, 4), np.float32), np.zeros(4, np.float32)])
    layers = []
    for name in ("fc6", "fc7", "fc8"):
        layers += [{"weights": weights, "name": name, "type": "conv"}]
        layers += [{"name": name.replace("fc", "relu"), "type": "relu"}]
    return [*layers[:-1], {"name": "prob", "type": "softmax"}]


@pytest.mark.parametrize("layout", CONVOLUTION_FIELDS)
@pytest.mark.parametrize("tail", [(), _tail()])
def test_reads_every_published_layout(tmp_path, narrow_weights, layout, tail):
    path = tmp_path / "network.mat"
    write_network(path, *narrow_weights, MEAN_PIXEL, layout, tail)
    network = read_network(path)
    kernels, biases = narrow_weights
    assert list(network.kernels) == list(CONVOLUTION_NAMES)
    for name in CONVOLUTION_NAMES:
        np.testing.assert_array_equal(network.kernels[name], kernels[name])
        np.testing.assert_array_equal(network.biases[name], biases[name])
        assert network.kernels[name].dtype == np.float32
    np.testing.assert_allclose(network.mean_pixel, MEAN_PIXEL, rtol=1e-6)


def test_reads_compressed_files_and_biases_as_columns(tmp_path, narrow_weights):
    kernels, biases = narrow_weights
    layers = [
        {"name": layer.name, "weights": cell([kernels[layer.name], biases[layer.name][:, None]])}
        if isinstance(layer, Convolution)
        else {"name": layer.name}
        for layer in LAYERS
    ]
    mean = {"averageImage": MEAN_PIXEL.reshape(1, 1, 3)}
    path = tmp_path / "network.mat"
    content = {"layers": cell(layers), "meta": {"normalization": mean}}
    savemat(path, content, do_compression=True)
    network = read_network(path)
    np.testing.assert_array_equal(network.biases["conv5_4"], biases["conv5_4"])


def test_the_same_network_is_the_same_bytes(tmp_path, narrow_weights):
    paths = [tmp_path / "a.mat", tmp_path / "b.mat"]
    for path in paths:
        write_network(path, *narrow_weights, MEAN_PIXEL)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def _write_bytes(data):
    return lambda path, whole: path.write_bytes(data)


def _zip(path, whole):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")


def _with_mat(content):
    return lambda path, whole: save_mat(path, content)


def _changed(change):
    """A network file with its weights changed in place before writing."""

    def write(path, whole):
        kernels, biases = random_weights(NARROW)
        change(kernels, biases)
        write_network(path, kernels, biases, MEAN_PIXEL)

    return write


def _nan(kernels, biases):
    kernels["conv3_2"][0, 0, 0, 0] = np.nan


def _zero(kernels, biases):
    kernels["conv3_2"][:] = 0


def _infinite(kernels, biases):
    biases["conv1_1"][0] = np.inf


def _wrong_bias(kernels, biases):
    biases["conv2_1"] = np.zeros(9)


def _wrong_channels(kernels, biases):
    kernels["conv2_1"] = np.zeros((3, 3, 9, 3))


def _large_kernel(kernels, biases):
    kernels["conv1_2"] = np.zeros((5, 5, 2, 3))


def _vgg16(path, whole):
    layers = [{"name": layer.name} for layer in LAYERS if not layer.name.endswith("_4")]
    kept = [layer for layer in layers if layer["name"][4:] not in ("3_4", "4_4", "5_4")]
    save_mat(path, {"layers": cell(kept), "meta": {}})


def _no_normalization(path, whole):
    kernels, biases = random_weights(NARROW)
    write_network(path, kernels, biases, MEAN_PIXEL)
    network = path.read_bytes().replace(b"averageImage", b"averageWrong")
    path.write_bytes(network)


BROKEN = {
    "empty": (_write_bytes(b""), "is empty, 0 bytes"),
    "web page": (_write_bytes(b"<!DOCTYPE html><html>login</html>"), "a web page"),
    "web page with byte order mark": (_write_bytes(b"\xef\xbb\xbf\n <html>"), "a web page"),
    "text": (_write_bytes(b"hello" * 100), "no MATLAB 5 file"),
    "keras": (_write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(200)), "Keras weights renamed"),
    "zip": (_zip, "a zip archive"),
    "gzip": (_write_bytes(b"\x1f\x8b\x08" + bytes(200)), "a gzip archive"),
    "pickle": (_write_bytes(b"\x80\x02}q\x00." + bytes(200)), "a Python pickle"),
    "MATLAB 7.3": (_write_bytes(b"MATLAB 7.3 MAT-file".ljust(600)), "a MATLAB 7.3 file"),
    "header only": (lambda path, whole: path.write_bytes(whole[:128]), "layers is missing"),
    "cut in the header": (lambda path, whole: path.write_bytes(whole[:60]), "no MATLAB 5 file"),
    "cut in a tag": (lambda path, whole: path.write_bytes(whole[:131]), "cut short or damaged"),
    "cut in half": (
        lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
        "cut short or damaged",
    ),
    "cut by a byte": (lambda path, whole: path.write_bytes(whole[:-1]), "cut short or damaged"),
    "damaged inside": (
        lambda path, whole: path.write_bytes(whole[:200] + b"\xff" * 64 + whole[264:]),
        "damaged inside",
    ),
    "other variables": (_with_mat({"x": np.zeros(3)}), "layers is missing"),
    "layers as numbers": (_with_mat({"layers": np.zeros(43)}), "expected a cell array"),
    "layers as texts": (_with_mat({"layers": cell(["conv1_1"])}), "expected a struct"),
    "layers without names": (_with_mat({"layers": cell([{"type": "conv"}])}), "name is missing"),
    "names as numbers": (_with_mat({"layers": cell([{"name": 1.0}])}), "expected a name"),
    "VGG-16": (_vgg16, "VGG-16 has 13"),
    "zero": (_changed(_zero), "conv3_2.weights is zero all over"),
    "NaN": (_changed(_nan), "conv3_2.weights is NaN or infinite"),
    "infinite": (_changed(_infinite), "conv1_1.weights is NaN or infinite"),
    "wrong bias": (_changed(_wrong_bias), "with 9 biases"),
    "wrong channels": (_changed(_wrong_channels), "shape 3x3x9x3"),
    "large kernel": (_changed(_large_kernel), "shape 5x5x2x3"),
    "no mean pixel": (_no_normalization, "averageImage is missing"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_broken_file_gets_its_own_sentence(tmp_path, narrow_file, case):
    write, words = BROKEN[case]
    path = tmp_path / "imagenet-vgg-verydeep-19.mat"
    write(path, narrow_file.read_bytes())
    with pytest.raises(NetworkFileError) as caught:
        read_network(path)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "--download-network" in message
    assert "\n" not in message


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(NetworkFileError, match="no network file"):
        read_network(tmp_path / "nothing.mat")
    with pytest.raises(NetworkFileError, match="is a folder"):
        read_network(tmp_path)

"""Our reader of MATLAB 5 files against SciPy's, and what it passes over."""

import tracemalloc

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from stylenet.network.mat5 import MOST_ARRAY_BYTES, Cell, Unread, read_mat5
from stylenet.network.network_file import read_network
from tests.conftest import MEAN_PIXEL
from tools.network_file import cell, write_network

NUMBERS = {
    f"{kind}_{'x'.join(map(str, shape))}": (np.arange(np.prod(shape)) % 100)
    .reshape(shape)
    .astype(kind)
    for kind in ("f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")
    for shape in ((1, 1), (2, 3), (3, 2, 2, 4), (0, 3), (1, 5))
}


@pytest.fixture(params=[False, True], ids=["plain", "packed"])
def read(request, tmp_path):
    """Variables -> what we and SciPy read of them."""

    def through_a_file(variables):
        path = tmp_path / "some.mat"
        savemat(path, variables, do_compression=request.param)
        with path.open("rb") as file:
            return read_mat5(file, list(variables)), loadmat(path)

    return through_a_file


def test_numbers_of_every_type_and_shape(read):
    ours, theirs = read(NUMBERS)
    assert set(ours) == set(NUMBERS)
    for name in NUMBERS:
        np.testing.assert_array_equal(ours[name], theirs[name])
        assert ours[name].dtype == theirs[name].dtype


def test_texts_cells_and_structs(read):
    inner = {"text": "naïve ∂x", "empty": "", "numbers": np.eye(2), "cell": cell(["a", 1.0])}
    variables = {"outer": {"inner": inner, "flag": True}, "cells": cell([cell([]), inner])}
    ours, theirs = read(variables)
    assert ours["outer"]["inner"]["text"] == theirs["outer"]["inner"][0, 0]["text"][0, 0][0]
    assert ours["outer"]["inner"]["text"] == "naïve ∂x"
    np.testing.assert_array_equal(ours["outer"]["flag"], [[1]])
    assert isinstance(ours["cells"], Cell)
    assert ours["cells"].shape == (1, 2)
    assert ours["cells"].items[0].items == []
    np.testing.assert_array_equal(ours["cells"].items[1]["numbers"], np.eye(2))
    assert ours["cells"].items[1]["cell"].items[0] == "a"


def test_what_is_not_wanted_is_named_only(read):
    ours, _ = read({"complex": np.eye(2) * 1j, "several": np.array(["ab", "cd"])})
    assert ours["complex"] == Unread("something that is no plain array, text, cell or struct")
    assert ours["several"] == Unread("several texts")


def test_big_endian_numbers(tmp_path):
    """A file of the other byte order, by hand: x = [1 2] as int16 of class double."""
    words = [14, 48 + 8, 6, 8, 6, 0, 5, 8, 1, 2]
    data = b"".join(word.to_bytes(4, "big") for word in words)
    data += b"\0\x01\0\x01x\0\0\0" + b"\0\x04\0\x03\0\x01\0\x02"  # name and data in their tags
    data = data[:4] + (len(data) - 8).to_bytes(4, "big") + data[8:]
    path = tmp_path / "big.mat"
    path.write_bytes(b"MATLAB 5.0".ljust(124) + b"\x01\0MI" + data)
    with path.open("rb") as file:
        np.testing.assert_array_equal(read_mat5(file, ["x"])["x"], [[1, 2]])
    np.testing.assert_array_equal(loadmat(path)["x"], [[1, 2]])


def test_full_size_fc7_is_passed_over(tmp_path, narrow_weights):
    """Behind pool5 the real file has 500 MB that no run looks at; they take no memory."""
    weights = cell([np.zeros((1, 1, 4096, 4096), np.float32), np.zeros(4096, np.float32)])
    tail = [{"name": name, "type": "conv", "weights": weights} for name in ("fc7", "fc8")]
    path = tmp_path / "network.mat"
    write_network(path, *narrow_weights, MEAN_PIXEL, tail=tail)
    plain = loadmat(path, variable_names=["layers", "meta"])
    savemat(path, {name: plain[name] for name in ("layers", "meta")}, do_compression=True)
    del plain, weights, tail
    tracemalloc.start()
    network = read_network(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(network.kernels["conv5_4"], narrow_weights[0]["conv5_4"])
    assert peak < MOST_ARRAY_BYTES / 4

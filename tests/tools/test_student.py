"""What the training of the small network does without PyTorch: writing it."""

import numpy as np
import pytest

from stylenet.network.layers import CONVOLUTION_NAMES, RELU_NAMES
from stylenet.network.network_file import read_network
from tests import reference
from tests.conftest import MEAN_PIXEL, NARROW, random_image, random_weights
from tools.student.export import export, readout, rounded
from tools.student.scales import INPUT_SCALE, relu_name

TEACHERS, OWN = 12, 5  # channels


@pytest.mark.parametrize("of_style", [False, True])
def test_losses_through_a_readout_are_those_of_all_channels(of_style):
    generator = np.random.default_rng(0)
    to_teacher = generator.normal(size=(TEACHERS, OWN)).astype(np.float32)
    read = readout(to_teacher, of_style)
    answers, others = generator.normal(size=(2, 40, OWN))
    if of_style:  # neural-style's Gram matrices
        losses = [np.mean(_gram_difference(answers, others, m)) for m in (read, to_teacher)]
    else:
        losses = [np.mean(((answers - others) @ m.T) ** 2) for m in (read, to_teacher)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def _gram_difference(answers, others, matrix):
    grams = [(a @ matrix.T).T @ (a @ matrix.T) / (len(a) * len(matrix)) for a in (answers, others)]
    return (grams[0] - grams[1]) ** 2


def test_weights_are_rounded_to_near_values():
    kernel = np.random.default_rng(1).normal(size=(3, 3, 16, 16)).astype(np.float32)
    table, codes = rounded(kernel)
    assert codes.shape == kernel.shape
    assert codes.dtype == np.uint8
    error = table[codes] - kernel
    assert np.sqrt(np.mean(error**2)) < 0.008  # what 256 even steps over 7 deviations make
    nearest = np.abs(kernel.ravel()[:200, None] - table).argmin(1)
    assert np.mean(nearest == codes.ravel()[:200]) > 0.98  # ties apart


def test_a_written_student_answers_in_the_teachers_units(tmp_path):
    """Its answers times what they were divided by, read out by a map that is the unit matrix."""
    kernels, biases = random_weights(NARROW, seed=6)
    sizes = {name: 1.5 + number for number, name in enumerate(RELU_NAMES)}
    maps = {relu_name(name): np.eye(biases[name].size, dtype=np.float32) for name in kernels}
    export(tmp_path / "student.npz", kernels, biases, maps, sizes)
    network = read_network(tmp_path / "student.npz")
    image = random_image(20, 28) - MEAN_PIXEL
    expected = reference.vgg19(image * INPUT_SCALE, kernels, biases)
    got = reference.vgg19(image, network.kernels, network.biases)
    for name in CONVOLUTION_NAMES:
        relu = relu_name(name)
        wanted = expected[relu] * sizes[relu]
        error = np.linalg.norm(got[relu] - wanted) / np.linalg.norm(wanted)
        assert error < 0.1, relu  # of rounding, which adds up with depth
        np.testing.assert_allclose(network.readouts[relu], maps[relu], atol=1e-6)

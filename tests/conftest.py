"""What several tests use: a narrow VGG-19 as a .mat file, small pictures that are not square."""

import multiprocessing
import os
from contextlib import ExitStack
from multiprocessing.forkserver import ensure_running
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
# Processes that tests start take the code beside the tests, not one that is installed.
os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
# As many as a cluster's workers have, for how many there are decides the last digits of a sum.
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"

from stylenet.network import model_files
from stylenet.network.layers import CONVOLUTION_NAMES
from stylenet.results.figures import save_figure
from tests import reference
from tools.network_file import write_network

MEAN_PIXEL = np.array([123.68, 116.779, 103.939], np.float32)
NARROW = [2, 3, 3, 2] + [4, 3, 2, 3] * 3
FLOAT32 = ["--precision", "float32"]  # of a command line whose results are the same everywhere


def pytest_addoption(parser):
    parser.addoption(
        "--other-processor",
        action="store_true",
        help="choose `--precision auto` as on a processor with bfloat16, or as on one without "
        "where this one has it",
    )


def random_weights(channels, seed=0):
    """He-initialised kernels (3, 3, in, out) and small biases, dicts by layer name."""
    generator = np.random.default_rng(seed)
    kernels, biases = {}, {}
    before = 3
    for name, after in zip(CONVOLUTION_NAMES, channels, strict=True):
        spread = np.sqrt(2 / (9 * before))
        kernels[name] = generator.normal(0, spread, (3, 3, before, after)).astype(np.float32)
        biases[name] = generator.normal(1, 0.1, after).astype(np.float32)
        before = after
    return kernels, biases


def random_image(height, width, seed=0):
    """A smooth picture with some noise, float32 (height, width, 3), 0-255."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    phases = generator.uniform(0, 6, 3)
    waves = [np.sin(x / 7 + y / (5 + i) + phase) for i, phase in enumerate(phases)]
    noise = generator.normal(0, 12, (height, width, 3))
    return np.clip(127 + 90 * np.stack(waves, axis=2) + noise, 0, 255).astype(np.float32)


class Seen:
    """A callback that keeps every picture, and keeps the progress bar away."""

    def __init__(self):
        self.pictures = []

    def __call__(self, record):
        self.pictures.append(record.image)


@pytest.fixture(scope="session")
def narrow_weights():
    return random_weights(NARROW)


@pytest.fixture(scope="session")
def narrow_file(tmp_path_factory, narrow_weights):
    path = tmp_path_factory.mktemp("network") / "narrow.mat"
    write_network(path, *narrow_weights, MEAN_PIXEL)
    return path


@pytest.fixture(scope="session")
def wider_file(tmp_path_factory):
    """A network of some channels more, for what shows several of a layer."""
    path = tmp_path_factory.mktemp("network") / "wider.mat"
    write_network(path, *random_weights([8] * len(NARROW)), MEAN_PIXEL)
    return path


@pytest.fixture(scope="session", autouse=True)
def narrow_default(narrow_file):
    """The default network is the narrow one, in processes that tests start too: it is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(model_files.ENVIRONMENT_VARIABLE, str(narrow_file))
        yield


@pytest.fixture
def no_named_network(monkeypatch, tmp_path):
    """No network is named or was downloaded; what paints is the one that comes along."""
    monkeypatch.delenv(model_files.ENVIRONMENT_VARIABLE)
    monkeypatch.setattr(model_files, "cache_folder", lambda: tmp_path)


@pytest.fixture
def narrow_small(monkeypatch, wider_file):
    """`--network small` is as quick as the narrow one."""
    monkeypatch.setitem(model_files.EMBEDDED, "small", wider_file)


@pytest.fixture(scope="session", autouse=True)
def quick_plots():
    """Plots of few dots, for writing them takes as long as a run of a small picture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(save_figure.__kwdefaults__, "dpi", 40)
        yield


@pytest.fixture(scope="session")
def forkserver():
    """Makes processes that need not import TensorFlow."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["CNNStyleNet", "main1", "distributed"])
    ensure_running()  # before Dask has a say in what is imported
    return context


@pytest.fixture(scope="session", autouse=True)
def other_processor(request):
    """Where it is asked for, the processor has bfloat16 if the real one has not, or has not."""
    if not request.config.getoption("--other-processor"):
        yield
        return
    from stylenet.network import sessions

    native = sessions._processor_flags() & {"avx512_bf16", "amx_bf16"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "_processor_flags", lambda: set() if native else {"avx512_bf16"})
        yield


@pytest.fixture(scope="session")
def content():
    return _fixed(random_image(37, 53, seed=1))


@pytest.fixture(scope="session")
def style():
    return _fixed(random_image(41, 30, seed=2))


def _fixed(image):
    """A picture that no test can change for the others."""
    image.flags.writeable = False
    return image


# Few steps of Adam at a falling rate on neural-style's formula, the same on every processor.
PLAIN = {
    "preset": "neural-style",
    "epochs": 5,
    "learning_rate_end": None,
    "precision": "float32",
}


def narrow_net(content, style, network, **options):
    """A net with the options of PLAIN where no others are given."""
    from CNNStyleNet import CNNStyleNet  # here, for not every process of pytest needs TensorFlow

    return CNNStyleNet(content, style, network, **PLAIN | options)


@pytest.fixture
def net(content, style, narrow_file):
    """Makes nets on the narrow network, net(**options), and closes them."""
    with ExitStack() as stack:

        def make(content=content, style=style, network=narrow_file, **options):
            return stack.enter_context(narrow_net(content, style, network, **options))

        yield make


@pytest.fixture(scope="session")
def fitted_net(content, style, narrow_file):
    """What `net().fit([])` gives, for tests that leave it as it is."""
    with narrow_net(content, style, narrow_file) as net:
        yield net.fit([])


def fitted(net, **options):
    """A net that has painted from the content, with the pictures it showed as `seen`."""
    made = net(**{"epochs": 3, "initial": "content"} | options)
    made.seen = Seen()
    return made.fit([made.seen])


@pytest.fixture
def network_features(narrow_weights):
    """The NumPy network as a function of a picture."""
    return lambda image: reference.vgg19(image - MEAN_PIXEL, *narrow_weights)

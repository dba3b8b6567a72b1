"""Whatever is given to us ends in a sentence of ours or in something valid, and leaves no trace."""

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.numpy import array_shapes, arrays

import MLPreProcess as pictures
from stylenet.errors import NetworkFileError, OptionError, PictureError
from stylenet.network.layers import CONVOLUTION_NAMES
from stylenet.network.network_file import read_network
from stylenet.options.options import Options, specs
from tests import broken

ROOT = Path(__file__).parents[1]
OFTEN = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def outcome_of_picture(path):
    """Refused or valid, in a word; anything else is raised."""
    try:
        image = pictures.read_image(path)
        size = pictures.picture_size(path)
    except PictureError as error:
        check_sentence(error)
        return "refused"
    assert image.dtype == np.float32
    assert image.shape == (*size, 3)
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert image.max() <= 255
    return "valid"


def outcome_of_network(path):
    try:
        network = read_network(path)
    except NetworkFileError as error:
        check_sentence(error)
        assert str(path) in str(error)
        return "refused"
    assert tuple(network.kernels) == tuple(network.biases) == CONVOLUTION_NAMES
    weights = [*network.kernels.values(), *network.biases.values(), network.mean_pixel]
    assert all(np.isfinite(array).all() for array in weights)
    return "valid"


def check_sentence(error):
    """One line that a person can read."""
    text = str(error)
    assert text.isprintable(), text
    assert text.endswith("."), text
    assert len(text) < 600, text


def outcomes(folder, files, outcome, name):
    """How every file ends, name -> "refused" or "valid"; none leaves a trace in the folder."""
    path, seen = folder / name, {}
    assert list(folder.iterdir()) == []
    for what, data in files.items():
        path.write_bytes(data)
        try:
            seen[what] = outcome(path)
        except Exception as error:
            raise AssertionError(f"{what}: {type(error).__name__}: {error}") from error
        assert [file.name for file in folder.iterdir()] == [name], what
    path.unlink()
    return seen


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder that is the current one, where a bait would leave its trace."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_whole_files_are_valid(here, narrow_file):
    seen = outcomes(here, broken.whole_pictures(), outcome_of_picture, "picture.png")
    assert set(seen.values()) == {"valid"}
    whole = narrow_file.read_bytes()
    both = {"plain": whole, "packed": broken.packed(whole)}
    assert set(outcomes(here, both, outcome_of_network, "net.mat").values()) == {"valid"}


def test_broken_pictures(here):
    seen = outcomes(here, broken.broken_pictures(), outcome_of_picture, "picture.png")
    assert len(seen) >= 400
    assert list(seen.values()).count("refused") >= 200


def test_broken_networks(here, narrow_file):
    files = broken.broken_networks(narrow_file.read_bytes())
    seen = outcomes(here, files, outcome_of_network, "net.mat")
    assert len(seen) >= 200
    # A flipped bit in a plain file can make another weight of the same shape, which nobody can see.
    assert {what.split(", ")[0] for what, how in seen.items() if how == "valid"} <= {
        "plain",
        "head",
    }


def test_other_files_are_neither_picture_nor_network(here):
    files = broken.other_files()
    assert len(files) >= 30
    for outcome, name in ((outcome_of_picture, "a.png"), (outcome_of_network, "a.mat")):
        assert set(outcomes(here, files, outcome, name).values()) == {"refused"}


def test_odd_networks_are_refused(here):
    files = broken.odd_networks()
    assert len(files) >= 90
    assert set(outcomes(here, files, outcome_of_network, "net.mat").values()) == {"refused"}


@pytest.mark.parametrize("name", CONVOLUTION_NAMES)
def test_the_layer_that_is_not_finite_is_named(here, name):
    (here / "net.mat").write_bytes(broken.odd_networks()[f"nan in {name}"])
    with pytest.raises(NetworkFileError, match=rf"layers\.{name}\.weights is NaN or infinite"):
        read_network("net.mat")


LIMITED = """
import json, resource, sys, time
from pathlib import Path
limit = 2 * 10**9
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
import MLPreProcess as pictures
from stylenet.errors import StyleNetError
from stylenet.network.network_file import read_network
seen = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    begin = time.monotonic()
    try:
        read = pictures.read_image if path.suffix == ".png" else read_network
        words = "valid: {}".format(read(path).shape)
    except StyleNetError as error:
        words = str(error)
    seen[path.name] = words, time.monotonic() - begin
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seen, peak]))
"""


def test_giant_claims_take_neither_memory_nor_time(here):
    """One process that may not have 2 GB reads them all, and the largest picture that is read."""
    claims = broken.giant_pictures()
    for name, (data, _) in claims.items():
        (here / f"{name}.png").write_bytes(data)
    networks = broken.giant_networks()
    for name, data in networks.items():
        (here / f"{name}.mat").write_bytes(data)
    largest = zlib.compress(bytes(8000 * (1 + 10_000)), 1)
    (here / "valid.png").write_bytes(broken.png(10_000, 8000, colour=0, pixels=largest))
    command = [sys.executable, "-c", LIMITED, str(here)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    seen, peak = json.loads(done.stdout)
    assert len(seen) == len(claims) + len(networks) + 1 >= 30
    assert seen.pop("valid.png")[0] == "valid: (8000, 10000, 3)"
    for name, (words, seconds) in seen.items():
        assert "valid" not in words, name
        assert "Memory" not in words, name
        assert seconds < 30, name  # a hang, not a measurement
    for name, (_, size) in claims.items():
        assert size in seen[f"{name}.png"][0], name
    assert peak < 2 * 10**9


# --- anything at all ------------------------------------------------------------------------------

EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), min_size=1, max_size=4
)


def edited(data, edits):
    """Some stretches replaced by others; `place` is a share of the length."""
    for place, length, new in edits:
        start = int(place * len(data))
        data = data[:start] + new + data[start + length :]
    return data


@OFTEN
@given(kind=st.sampled_from(sorted(broken.FORMATS)), edits=EDITS)
def test_any_edit_of_a_picture(tmp_path, kind, edits):
    path = tmp_path / "picture.png"
    path.write_bytes(edited(broken.whole_pictures()[kind], edits))
    outcome_of_picture(path)


@OFTEN
@given(edits=EDITS, squeezed=st.booleans(), fix=st.booleans())
def test_any_edit_of_a_network(tmp_path, narrow_file, edits, squeezed, fix):
    whole = narrow_file.read_bytes()
    data = edited(whole[136:], edits)
    # With its outermost length mended, the damage is met deeper inside.
    length = len(data).to_bytes(4, "little") if fix else whole[132:136]
    data = whole[:132] + length + data
    path = tmp_path / "net.mat"
    path.write_bytes(broken.packed(data) if squeezed and fix else data)
    outcome_of_network(path)


@OFTEN
@given(data=st.binary(max_size=400), head=st.sampled_from([b"", b"\0\x01IM", b"\1\0MI"]))
def test_any_bytes(tmp_path, data, head):
    path = tmp_path / "file"
    path.write_bytes(b"MATLAB 5.0".ljust(124) + head + data if head else data)
    outcome_of_network(path)
    outcome_of_picture(path)


@OFTEN
@given(
    st.one_of(
        arrays(
            st.sampled_from(["?", "i1", "u8", "f2", "f8", "c8", "O", "S2", "U2", "M8[s]"]).map(
                np.dtype
            ),
            array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
            fill=st.nothing(),
        ),
        arrays(np.float64, st.tuples(*[st.integers(1, 3)] * 2, st.just(3))),
        st.lists(st.lists(st.integers(), max_size=3), max_size=3),
        st.none() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
    )
)
def test_any_array_is_a_picture_or_refused(value):
    try:
        image = pictures.as_image(value)
    except PictureError as error:
        assert "\n" not in str(error)
        return
    assert image.dtype == np.float32
    assert image.shape[2:] == (3,)
    assert np.isfinite(image).all()


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, _, spec in specs()])
@OFTEN
@given(
    st.one_of(
        st.text(max_size=12),
        st.floats(),
        st.integers(),
        st.lists(st.floats() | st.text(max_size=3), max_size=3),
        st.sampled_from(["1e400", "-0", "1e-400", "0x10", "１２", "relu1_1=1e400", "%s%s", "\0"]),
    )
)
def test_any_value_of_an_option(name, spec, value):
    try:
        Options(**{name: value})
    except OptionError as error:
        assert (spec.flag or name) in str(error)

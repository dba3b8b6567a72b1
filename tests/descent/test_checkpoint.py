"""A stopped run goes on as if it had never stopped, and a broken state harms nothing."""

import dataclasses
import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest

import main1
import MLPreProcess as pictures
from stylenet.descent import checkpoint
from stylenet.descent.averaging import IterateAverage
from stylenet.descent.callbacks import SaveState
from stylenet.descent.checkpoint import RunState, StateFile
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.errors import NotFiniteError, OutputError, StateError
from stylenet.pictures.sizes import pyramid, sizes_from
from tests.conftest import FLOAT32, MEAN_PIXEL, Seen, narrow_net, random_image
from tools.network_file import write_network

KILLS = 20
LARGE = random_image(130, 141, seed=1)
RUN = {"content": LARGE, "epochs": 8, "scales": 2}


class Stop:
    """A callback that ends the run after the record of a step, as Ctrl-C does."""

    def __init__(self, iteration):
        self.iteration = iteration

    def __call__(self, record):
        if record.iteration == self.iteration:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def early_state(style, narrow_file, tmp_path_factory):
    """The state of that run after its first step."""
    with narrow_net(style=style, network=narrow_file, **RUN) as made:
        return stopped_at(made, 1, tmp_path_factory.mktemp("early") / "state.npz")


def stopped_at(made, iteration, path):
    """The state on disk of a run that ended after a step."""
    file = StateFile(path)
    with pytest.raises(KeyboardInterrupt):
        made.fit([Stop(iteration), SaveState(made.run_state, file, 1e9)])
    return file.read()[0]


def plain_history(made):
    return [{k: v for k, v in r.items() if k != "seconds"} for r in made.result.history.records]


@pytest.mark.parametrize(
    "options", [{}, {"average": 0.9}, {"preset": "painting", "lbfgs_memory": 2}]
)
def test_stopped_and_gone_on_is_never_stopped(net, tmp_path, options):
    """Bit for bit, wherever it stops: at once, inside a size, at its last step, at the very end."""
    whole = net(**RUN, **options).fit([Seen()])
    expected = whole.result.record.image, plain_history(whole)
    gone_on = net(**RUN, **options)
    for iteration in (0, 2, 3, 6, 7, 8):
        state = stopped_at(whole, iteration, tmp_path / f"{iteration}.npz")
        gone_on.fit([Seen()], state)
        np.testing.assert_array_equal(gone_on.result.record.image, expected[0])
        assert plain_history(gone_on) == expected[1]


def test_a_state_can_be_gone_on_with_more_than_once(net):
    """It is nobody's to change: neither the run it is of nor one that goes on from it does."""
    states = []
    made = net(**RUN, preset="painting")

    def keep(record):
        if record.iteration == 4:
            states.append(made.run_state())

    expected = made.fit([keep]).result.record.image
    for _ in range(2):
        again = net(**RUN, preset="painting").fit([], states[0]).result.record.image
        np.testing.assert_array_equal(again, expected)


def test_a_state_says_how_far_it_is(net, tmp_path):
    state = stopped_at(net(**RUN), 6, tmp_path / "state.npz")
    assert [tuple(size) for size in state.sizes] == [(65, 70, 6), (130, 141, 2)]
    assert (state.done, state.iteration, len(state.history)) == (1, 7, 7)
    assert set(state.arrays) >= {"image", "m", "v", "beta1_power", "beta2_power"}
    assert state.arrays["beta1_power"] == pytest.approx(0.9**8)
    assert {array.shape for name, array in state.arrays.items() if name in ("image", "m", "v")} == {
        (1, 130, 141, 3)
    }


def test_more_steps_may_be_wanted_of_a_run_that_is_finished(net):
    made = net(**RUN).fit([Seen()])
    longer = net(**RUN | {"epochs": 14}).fit([Seen()], made.run_state())
    assert [r["iteration"] for r in longer.result.history.records] == list(range(15))
    assert longer._losses_train[-1] < made._losses_train[-1]
    with pytest.raises(StateError, match="was to take 8 steps, got --iterations 5"):
        net(**RUN | {"epochs": 5}).fit([], made.run_state())


def test_sizes_of_a_run_gone_on_with():
    for iterations in (1, 7, 100, 101):
        for scales in (None, 1, 2, 3):
            sizes = pyramid(300, 400, iterations, scales)
            for begun in range(len(sizes) + 1):
                assert sizes_from(sizes[:begun], 300, 400, iterations, scales) == sizes
    assert sizes_from([(150, 200, 4), (300, 400, 4)], 300, 400, 20, 2)[1] == (300, 400, 16)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"weight_image_style": 9.0}, r"--style-weight 500\.0, got 9\.0"),
        ({"learning_rate": 3.0}, "--learning-rate 10"),
        ({"seed": 4}, "--seed 0, got 4"),
        ({"scales": 1}, "--scales 2, got 1"),
        ({"content": LARGE[::-1]}, "content picture is not what"),
        ({"style": random_image(41, 30, seed=5)}, "style picture is not what"),
    ],
)
def test_another_run_is_refused_by_name(net, early_state, changed, named):
    with pytest.raises(StateError, match=named):
        net(**RUN | changed).fit([], early_state)


def test_another_network_is_refused(net, early_state, tmp_path, narrow_weights):
    kernels, biases = narrow_weights
    other = tmp_path / "other.mat"
    write_network(other, kernels, biases | {"conv5_4": biases["conv5_4"] + 1}, MEAN_PIXEL)
    with pytest.raises(StateError, match="network is not what"):
        net(**RUN, network=other).fit([], early_state)


# --- the file ------------------------------------------------------------------------------------


def made_up(number):
    arrays = {"image": np.full((1, 2, 3, 3), number, np.float32)}
    return RunState({"options": {}}, [[2, 3, 9]], number, [], 1.5, arrays)


@pytest.fixture
def two_states(tmp_path):
    """A file with a state after 2 steps and, before it, one after 1."""
    file = StateFile(tmp_path / "state.npz")
    file.write(made_up(1))
    file.write(made_up(2))
    return file


def test_a_state_comes_back_as_it_was(two_states):
    state, warning = two_states.read()
    assert warning is None
    assert dataclasses.replace(state, arrays={}) == dataclasses.replace(made_up(2), arrays={})
    np.testing.assert_array_equal(state.arrays["image"], made_up(2).arrays["image"])


def test_a_damaged_state_is_told_and_the_one_before_used(two_states):
    """Cut at any length, or one bit turned anywhere: never a state that was not written."""
    good = two_states.path.read_bytes()
    cut = [good[:length] for length in range(0, len(good), 41)]
    turned = [
        good[:i] + bytes([good[i] ^ 1 << i % 8]) + good[i + 1 :] for i in range(0, len(good), 7)
    ]
    older = 0
    for bad in [*cut, *turned]:
        two_states.path.write_bytes(bad)
        state, warning = two_states.read()
        if warning:
            older += 1
            assert "is damaged" in warning
            assert "saved after 1 steps" in warning
        expected = made_up(1 if warning else 2)
        assert state.done == expected.done
        np.testing.assert_array_equal(state.arrays["image"], expected.arrays["image"])
    assert older > len(cut) + len(turned) / 2  # the rest hit bytes that say nothing, as dates


def test_a_kill_between_the_two_renames_loses_nothing(two_states):
    two_states.path.unlink()
    state, warning = two_states.read()
    assert state.done == 1
    assert "There is no state" in warning


def test_a_state_of_a_later_version_is_told(two_states, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 3)
    two_states.write(made_up(3))
    monkeypatch.undo()
    state, warning = two_states.read()
    assert state.done == 2
    assert "of format 3, expected 2" in warning


def test_no_state_that_is_whole(tmp_path):
    (tmp_path / "state.npz").write_bytes(b"nothing")
    with pytest.raises(StateError, match=r"is damaged .* There is no older state"):
        StateFile(tmp_path / "state.npz").read()


def test_a_pickle_in_a_state_is_not_opened(tmp_path):
    path = tmp_path / "state.npz"
    np.savez(path, info=np.array([{"a": print}], object))
    with pytest.raises(StateError, match="is damaged"):
        StateFile(path).read()


def test_no_state_is_saved_of_pixels_that_are_no_numbers(net, tmp_path):
    file = StateFile(tmp_path / "state.npz")
    made = net(**RUN)
    with pytest.raises(NotFiniteError), SaveState(made.run_state, file, 1e9):
        raise NotFiniteError
    assert not file.exists()


def test_a_state_that_cannot_be_written_does_not_stop_the_run(net, tmp_path, monkeypatch, capsys):
    def full_disk(*_):
        raise OutputError("state.npz cannot be written (No space left on device).")

    monkeypatch.setattr(StateFile, "write", full_disk)
    made = net(**RUN)
    made.fit([SaveState(made.run_state, StateFile(tmp_path / "state.npz"), 1e-9)])
    assert len(made.result.history.records) == 9
    assert capsys.readouterr().out.count("No space left on device") == 1


# --- the program ---------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path, monkeypatch, narrow_file, style):
    """The arguments of a run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    pictures.write_image("content.png", LARGE)
    pictures.write_image("style.png", style)
    files = ["--content", "content.png", "--styles", "style.png", "--network", str(narrow_file)]
    return [*files, *FLOAT32, "--iterations", "12", "--output", "out.png"]


def run_file(name):
    return json.loads(Path(f"{name}_run.json").read_text("utf-8"))


def test_resume_through_the_command_line(command, capsys, monkeypatch):
    assert main1.main([*command, "--resume"]) == 0
    assert "There is no state out_state.npz; beginning anew." in capsys.readouterr().out
    assert main1.main([*command, "--resume"]) == 0
    assert "content.png is finished already" in capsys.readouterr().out
    assert main1.main([*command, "--resume", "--iterations", "15"]) == 0
    assert run_file("out")["iterations"] == 15
    assert main1.main([*command, "--resume", "--iterations", "20", "--tv-weight", "7"]) == 2
    assert "had --tv-weight 100.0, got 7.0" in capsys.readouterr().err
    assert run_file("out")["iterations"] == 15
    assert main1.main([*command]) == 2
    assert "exists already" in capsys.readouterr().err


def test_interrupted_says_how_to_go_on(command, capsys, monkeypatch):
    steps = iter(range(100))

    def interrupt(self, record):
        if next(steps) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(StopBetweenSteps, "__call__", interrupt)
    assert main1.main(command) == 130
    assert "interrupted; the same command with --resume goes on." in capsys.readouterr().err
    assert run_file("out")["iterations"] == 5
    assert main1.main([*command, "--resume"]) == 0
    assert run_file("out")["iterations"] == 12


def test_a_folder_goes_on_where_it_stopped(command, capsys, monkeypatch):
    Path("in").mkdir()
    for name in ("a", "b"):
        pictures.write_image(f"in/{name}.png", random_image(70, 66, seed=ord(name)))
    command = [*command, "--content", "in", "--output", "out"]
    steps = iter(range(100))

    def interrupt(self, record):
        if next(steps) == 12 + 6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StopBetweenSteps, "__call__", interrupt)
        assert main1.main(command) == 130
    assert main1.main([*command, "--resume"]) == 0
    assert "a.png is finished already" in capsys.readouterr().out
    assert [run_file(f"out/{name}")["iterations"] for name in ("a", "b")] == [12, 12]


def test_from_run_repeats_a_run_to_the_byte(command, capsys):
    noise = "--initial", "noise", "--seed", "3"
    assert main1.main([*command, *noise, "--style-layers", "relu2_1=2,relu3_1"]) == 0
    again = ["--from-run", "out_run.json", "--output", "again.png"]
    assert main1.main(again) == 0
    assert Path("again.png").read_bytes() == Path("out.png").read_bytes()
    assert main1.main([*again, "--overwrite", "--seed", "4"]) == 0
    assert Path("again.png").read_bytes() != Path("out.png").read_bytes()
    pictures.write_image("content.png", random_image(130, 141, seed=2))
    assert main1.main([*again, "--overwrite"]) == 2
    assert "content picture is not what the earlier run had" in capsys.readouterr().err


def test_from_run_in_another_folder_finds_what_was_read(command, monkeypatch, tmp_path):
    pictures.write_image("start.png", random_image(130, 141, seed=4))
    assert main1.main([*command, "--initial", "start.png"]) == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main1.main(["--from-run", "../out_run.json", "--output", "again.png"]) == 0
    assert Path("again.png").read_bytes() == Path("../out.png").read_bytes()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"options": 3}', "\x00"])
def test_from_run_of_what_is_no_run_file(command, capsys, content):
    Path("x.json").write_text(content)
    assert main1.main(["--from-run", "x.json", "--output", "again.png"]) == 2
    assert "expected the run file of an earlier run" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-3", "soon"])
def test_save_every_must_be_a_time(command, capsys, value):
    assert main1.main([*command, "--save-every", value]) == 2
    assert f"--save-every is {value}, expected a number above 0" in capsys.readouterr().err


def test_killed_at_random_moments_it_ends_with_the_same_bytes(command, forkserver):
    """SIGKILL, which no program can answer, in loading, in steps, in writing."""
    command = [*command, "--iterations", "100", "--save-every", "0.01"]
    command += ["--style-layers", "relu1_1", "--content-layers", "relu1_2"]  # soon at its steps
    assert main1.main(command) == 0
    moments, kills, finished = random.Random(0), 0, 0
    again = [*command, "--output", "killed.png", "--resume"]
    while kills < KILLS or finished == 0:
        process = forkserver.Process(target=main1.main, args=(again,))
        process.start()
        process.join(moments.uniform(0.1, 1) if kills < KILLS else None)
        if process.is_alive():
            process.kill()
            process.join()
            kills += 1
            continue
        assert process.exitcode == 0
        finished += 1
        assert Path("killed.png").read_bytes() == Path("out.png").read_bytes()
        for path in Path().glob("killed*"):
            path.unlink()


def test_averages_in_tiles_go_on_with_the_same_bytes(net, tmp_path):
    """In tiles a picture is told before its step is taken; it counts once all the same."""
    options = RUN | {"average": 0.5, "tile": 64}
    first, second = net(**options), net(**options)
    whole = first.fit([]).result.record.image
    for iteration in (0, 3, 6, 7):
        state = stopped_at(first, iteration, tmp_path / f"{iteration}.npz")
        second.fit([], state)
        np.testing.assert_array_equal(second.result.record.image, whole)


@pytest.mark.parametrize("tile", ["off", 64])
def test_there_is_no_state_of_an_average_that_broke_off(net, monkeypatch, tile):
    made, calls = net(**RUN, average=0.5, tile=tile), itertools.count()
    add = IterateAverage.__call__

    def interrupted(average, image):
        if next(calls) == 5:  # of the third picture, its second average
            raise KeyboardInterrupt
        return add(average, image)

    monkeypatch.setattr(IterateAverage, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made.fit([])
    assert made.run_state() is None

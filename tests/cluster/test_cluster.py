"""More than one machine: the same bytes whoever did the work, and a sentence where nobody can."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import dask
import numpy as np
import pytest

import main1
import MLPreProcess as pictures
import stylenet
from stylenet.cluster.cluster import Cluster
from stylenet.cluster.runs import assignment_of, run_all
from stylenet.cluster.worker import FEWEST_STEPS, check_versions, versions
from stylenet.descent.checkpoint import StateFile
from stylenet.engine.memory import Workers, choose_shared_tile
from stylenet.engine.tile_grid import tiles_of
from stylenet.errors import ClusterError, NotFiniteError, OptionError
from tests.conftest import FLOAT32, random_image

ROOT = Path(__file__).parents[2]
RUN = {"content": random_image(110, 141, seed=1), "epochs": 3, "scales": 1}
TILED = RUN | {"tile": 48}
WHOLE = RUN | {"tile": "off"}


@pytest.fixture(scope="module")
def cluster():
    with Cluster(local_workers=2) as cluster:
        yield cluster


def reached(made, cluster=None, callbacks=()):
    """The result of a fit, and its losses."""
    with made:
        made.work_on(cluster).fit(callbacks)
        return made.result.record.image, made._losses_train


def processes(cluster):
    """Process id of every worker."""
    return list(cluster._client.run(os.getpid).values())


def wait_for_both(cluster):
    """Until the workers are two again, which every piece of work sees to."""
    end = time.monotonic() + 120
    while len(processes(cluster)) < 2:
        assert time.monotonic() < end
        cluster.result(cluster.submit(int))
        time.sleep(0.2)


class KillAWorker:
    """A callback that kills a worker at the third tile of a step, and tells nobody."""

    def __init__(self, cluster):
        self._cluster, self.killed = cluster, 0

    def __call__(self, record):
        pass

    def on_tile(self, done, total):
        if done == 3 and not self.killed:
            os.kill(processes(self._cluster)[0], signal.SIGKILL)
            self.killed += 1


def test_tiles_on_workers_give_the_bytes_of_tiles_here(cluster, net):
    masks = [random_image(30, 40, seed=5)]
    options = TILED | {"content_masks": masks, "style_masks": masks, "epochs": 2, "scales": 2}
    ours, theirs = reached(net(**options)), reached(net(**options), cluster)
    np.testing.assert_array_equal(theirs[0], ours[0])
    assert theirs[1] == ours[1]


def test_after_the_cluster_the_work_is_done_here(net):
    made = net(**TILED)
    with Cluster(local_workers=1) as cluster:
        made.work_on(cluster).fit([])
        there = made.losses_of(made.result.image())
    made.work_on(None)
    assert made.losses_of(made.result.image()) == there
    made.extract_content_features()


def test_a_worker_killed_in_the_middle_of_a_step_changes_no_byte(cluster, net):
    """And comes back, also where Dask itself has given it up by then."""
    killer = KillAWorker(cluster)
    ours = reached(net(**TILED))
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "10ms"}):
        theirs = reached(net(**TILED), cluster, [killer])
    assert killer.killed == 1
    np.testing.assert_array_equal(theirs[0], ours[0])
    wait_for_both(cluster)


def assignment(net, cluster):
    """The assignment of a net's run, whose result is the net's."""
    net.load_model_info().load_image_content_style()
    return assignment_of(net, cluster, attrgetter("result"))


def stages_of(assignments, cluster, seconds=60.0):
    """Everything that comes back of runs, by their numbers."""
    stages = {number: [] for number in range(len(assignments))}
    numbered = ((number, *given) for number, given in enumerate(assignments))
    run_all(cluster, numbered, seconds, lambda number, stage: stages[number].append(stage))
    return stages


def test_runs_elsewhere_are_as_each_here(cluster, net):
    weights = (100, 2500)
    nets = [net(**WHOLE, weight_image_style=weight) for weight in weights]
    stages = stages_of([assignment(made, cluster) for made in nets], cluster)
    for number, weight in enumerate(weights):
        alone, losses = reached(net(**WHOLE, weight_image_style=weight))
        result = stages[number][-1].result
        assert result.history.column("total") == losses
        np.testing.assert_array_equal(result.record.image, alone)


def test_a_run_that_fails_harms_no_other(cluster, net):
    broken, whole = (net(**WHOLE).load_model_info() for _ in range(2))
    broken._weights["conv1_1"] = broken._weights["conv1_1"] * np.float32(1e30)
    spoiled = replace(broken.network(), fingerprint="another network")
    broken.load_image_content_style().load_model_info(spoiled)
    given = assignment_of(broken, cluster, attrgetter("result"))
    stages = stages_of([given, assignment(whole, cluster)], cluster)
    assert isinstance(stages[0][-1].error, NotFiniteError)
    assert len(stages[1][-1].result.history.records) == RUN["epochs"] + 1


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_run_handed_from_worker_to_worker_ends_with_the_same_bytes(cluster, net, optimizer):
    """Every stint is as short as can be, and a worker dies after the first."""
    options = WHOLE | {"epochs": 2 * FEWEST_STEPS + 20, "optimizer": optimizer}
    ((whole,),) = stages_of([assignment(net(**options), cluster)], cluster).values()
    stages = []

    def on_stage(key, stage):
        stages.append(stage)
        if len(stages) == 1:
            os.kill(processes(cluster)[0], signal.SIGKILL)

    run_all(cluster, [("run", *assignment(net(**options), cluster))], 0, on_stage)
    assert len(stages) > 1
    assert [stage.finished for stage in stages] == [False] * (len(stages) - 1) + [True]
    reached = stages[-1].result.record.image
    np.testing.assert_array_equal(reached, whole.result.record.image)


def test_a_worker_of_another_version_is_refused_by_name(cluster, monkeypatch):
    wait_for_both(cluster)
    address = next(iter(cluster._client.nthreads()))

    def claim(version):
        import stylenet.cluster.worker

        stylenet.cluster.worker.__version__ = version

    cluster._client.run(claim, "0.0.1", workers=[address])
    try:
        words = f"{address} has CNN-StyleNet 0.0.1, expected {stylenet.__version__}"
        scheduler = cluster._client.scheduler.address
        with pytest.raises(ClusterError, match=words), Cluster(scheduler):
            pass
        with pytest.raises(ClusterError, match=words):
            cluster.bring("a place", lambda: None)
    finally:
        cluster._client.run(claim, stylenet.__version__, workers=[address])


@pytest.mark.parametrize("name", ["CNN-StyleNet", "TensorFlow"])
def test_each_version_counts(name):
    ours = versions()
    check_versions("tcp://there:1", ours, ours)
    with pytest.raises(ClusterError, match=f"tcp://there:1 has {name} 0.1, expected"):
        check_versions("tcp://there:1", ours | {name: "0.1"}, ours)
    with pytest.raises(ClusterError, match="has CNN-StyleNet none"):
        check_versions("tcp://there:1", {}, ours)


def test_one_picture_in_one_piece_cannot_be_shared(cluster, net):
    with pytest.raises(OptionError, match="share one picture tile by tile, got --tile off"):
        net(tile="off").work_on(cluster)
    with pytest.raises(OptionError, match="no exact tiles"):
        net(tile="auto", n_pool_wndsize=3).work_on(cluster)


@pytest.mark.parametrize("count", [1, 2, 8, 64])
def test_auto_takes_the_tiles_with_which_the_workers_are_done_first(narrow_weights, count):
    shape, halo = (2000, 3000), 112
    size, _ = choose_shared_tile("auto", shape, [], halo, narrow_weights[1], Workers(count, 0, 0))

    def turns(size):
        """Pixels that the worker with the most tiles looks at, dealt out one by one."""
        crops = sorted(tile.crop.pixels for tile in tiles_of(*shape, size, halo))
        return len(crops[::count]) * crops[-1]

    assert turns(size) == min(map(turns, (128, 256, 512, 1024)))


# --- the program ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch, narrow_file):
    (tmp_path / "photos").mkdir()
    for number in range(2):
        picture = random_image(37, 53, seed=number)
        pictures.write_image(tmp_path / "photos" / f"{number}.png", picture)
    (tmp_path / "photos" / "broken.png").write_bytes(b"none")
    pictures.write_image(tmp_path / "style.png", random_image(41, 30, seed=9))
    shutil.copy(narrow_file, tmp_path / "net.mat")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*extra):
    arguments = ["--styles", "style.png", "--network", "net.mat", "--iterations", "4"]
    return main1.main([*arguments, *FLOAT32, *extra])


def test_a_folder_on_workers_is_as_a_folder_here(cluster, folder, capsys):
    address = cluster._client.scheduler.address
    progress = "--progress-write"
    assert run("--content", "photos", "--output", "here", progress) == 2
    here = capsys.readouterr()
    assert run("--content", "photos", "--output", "there", "--scheduler", address, progress) == 2
    there = capsys.readouterr()
    assert "dashboard at http" in there.out
    (error,) = (line for line in here.err.splitlines() if line.startswith("error:"))
    assert error in there.err.splitlines()
    names = sorted(path.name for path in Path("here").iterdir())
    assert names == sorted(path.name for path in Path("there").iterdir())
    for number in range(2):
        name = f"{number}.png"
        assert Path("there", name).read_bytes() == Path("here", name).read_bytes()
        table = f"{number}_progress.txt"
        assert Path("there", table).read_bytes() == Path("here", table).read_bytes()
    Path("photos", "broken.png").unlink()
    assert run("--content", "photos", "--output", "there", "--scheduler", address) == 0
    assert "photos/0.png is finished already" in capsys.readouterr().out


MISTAKES = {
    "nobody there": (["--scheduler", "tcp://127.0.0.1:9"], "No scheduler answers at tcp://127"),
    "no address": (["--scheduler", "nonsense://x"], "No scheduler answers at nonsense://x"),
    "both": (["--scheduler", "tcp://a:1", "--local-workers", "2"], "give one of them"),
    "no worker": (["--local-workers", "0"], "--local-workers is 0, expected a whole number, 1"),
    "words": (["--local-workers", "two"], "--local-workers is two, expected a whole number"),
    "TLS without files": (["--scheduler", "tls://a:1"], "tls://a:1 needs certificates"),
    "one piece": (["--local-workers", "2", "--tile", "off"], "tile by tile, got --tile off"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_one_line_and_exit_code_2(folder, capfd, monkeypatch, case):
    monkeypatch.setattr("stylenet.cluster.cluster.CONNECT_SECONDS", 1)
    extra, words = MISTAKES[case]
    assert run("--content", "photos/0.png", "--output", "out.png", *extra) == 2
    err = capfd.readouterr().err
    assert words in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert not Path("out.png").exists()


def test_without_dask_a_sentence_says_how_to_get_it(folder, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for name in ("stylenet.cluster.cluster", "stylenet.cluster.worker"):
        monkeypatch.delitem(sys.modules, name)
    assert run("--content", "photos/0.png", "--output", "out.png", "--local-workers", "2") == 2
    assert "run `pip install '.[cluster]'`" in capfd.readouterr().err


@pytest.fixture
def scheduler():
    """A scheduler with one worker, in processes of their own."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    command += ["--dashboard-address", ":0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    line = next(line for line in process.stderr if "Scheduler at:" in line)
    address = line.split()[-1]
    threading.Thread(target=process.stderr.read, daemon=True).start()
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    worker = subprocess.Popen([*command, "--no-dashboard"], env=environment, stderr=-3)
    yield address, process
    for one in (process, worker):
        one.kill()
        one.wait()


def test_a_scheduler_that_goes_away_ends_the_run_with_a_state(folder, scheduler, capfd):
    address, process = scheduler
    arguments = ["--content", "photos/0.png", "--tile", "32", "--scales", "1"]
    arguments += ["--iterations", "3000", "--save-every", "0.1"]

    def kill_when_begun():
        while not Path("out_state.npz.previous").exists():  # the first may be that of the start
            time.sleep(0.05)
        process.kill()

    threading.Thread(target=kill_when_begun, daemon=True).start()
    assert run(*arguments, "--output", "out.png", "--scheduler", address) == 1
    (line,) = (line for line in capfd.readouterr().err.splitlines() if "error" in line.lower())
    assert line == (
        f"error: The scheduler {address} went away in the middle of the run; the same command "
        "with --resume goes on."
    )
    state = StateFile("out_state.npz").read()[0]
    assert 0 < state.iteration < 3000

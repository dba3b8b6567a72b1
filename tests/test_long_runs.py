"""Nothing grows with the number of steps or of objects, and two objects do not meet."""

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

import main1
from MLPreProcess import write_image
from stylenet.losses.statistics import STATISTICS
from tests.conftest import narrow_net, random_image

ROOT = Path(__file__).parents[1]

MEMORY = """
import os, sys
from pathlib import Path
from CNNStyleNet import CNNStyleNet
from tests.conftest import random_image

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

seen = {}
def look(record):
    if record.iteration in (100, 2000):
        seen[record.iteration] = resident()

options = {"scales": 1, "precision": "float32", "epochs": 2000}
options |= {"style_layers": "relu1_1", "content_layers": "relu1_2"}  # a short way to the loss
with CNNStyleNet(random_image(9, 11), random_image(7, 8), sys.argv[1], **options) as net:
    net.fit([look])
print(seen[2000] / seen[100])
"""

LEFTOVERS = """
import gc, os, sys, threading
from CNNStyleNet import CNNStyleNet
from tests.conftest import random_image

def held():
    gc.collect()
    return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

def one(run):
    with CNNStyleNet(random_image(8, 9), random_image(7, 9), sys.argv[1], epochs=1) as net:
        net.fit([]) if run else net.model()

one(True)
before = held()
for number in range(20):
    one(number in (0, 19))
print(before == held(), before, held(), threading.active_count())
"""


def _python(code, *arguments):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_memory_after_2000_steps_is_that_after_100(narrow_file):
    assert float(_python(MEMORY, narrow_file)) < 1.05


def test_20_objects_leave_no_file_and_no_thread(narrow_file):
    line = _python(LEFTOVERS, narrow_file)
    assert line.startswith("True"), line
    assert line.endswith(" 1"), line


def _painted(net, seed):
    content, style = random_image(21, 30, seed), random_image(17, 26, seed + 1)
    options = {"scales": 1, "initial": "content", "epochs": 25, "seed": seed}
    return net(content, style, **options).fit([]).result.record.image


def test_two_objects_in_two_threads_give_what_they_give_alone(net):
    alone = [_painted(net, seed) for seed in (1, 5)]
    together = {}

    def paint(seed):
        together[seed] = _painted(net, seed)

    threads = [threading.Thread(target=paint, args=(seed,)) for seed in (1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(together[1], alone[0])
    np.testing.assert_array_equal(together[5], alone[1])


@pytest.mark.parametrize("statistic", STATISTICS)
def test_no_graph_outlives_its_net(content, style, narrow_file, statistic):
    with narrow_net(content, style, narrow_file, epochs=1, style_statistic=statistic) as made:
        graph = weakref.ref(made.fit([]).session.graph)
    del made
    gc.collect()
    assert graph() is None


def test_memory_does_not_grow_with_the_pictures_of_a_folder(tmp_path, monkeypatch, narrow_file):
    for number in range(40):
        write_image(tmp_path / "in" / f"{number}.png", random_image(40, 60, seed=number))
    write_image(tmp_path / "style.png", random_image(40, 60, seed=99))
    paint, held = main1.paint_one, []

    def counted(*given):
        paint(*given)
        gc.collect()
        held.append(int(Path("/proc/self/statm").read_text().split()[1]))

    monkeypatch.setattr(main1, "paint_one", counted)
    words = ["--content", str(tmp_path / "in"), "--styles", str(tmp_path / "style.png")]
    words += ["--network", str(narrow_file), "--iterations", "2"]
    assert main1.main([*words, "--output", str(tmp_path / "out")]) == 0
    assert held[-1] <= 1.1 * held[9]

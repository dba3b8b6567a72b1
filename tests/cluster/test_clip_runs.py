"""A clip on a cluster: shots at one time, the same frames as here, kept as they come."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from CNNStyleNet import CNNStyleNet
from stylenet.cluster.clip_runs import paint_shots
from stylenet.cluster.cluster import Cluster
from stylenet.video.files import ClipFiles
from stylenet.video.frame_store import FrameStore
from stylenet.video.painter import ClipPainter
from stylenet.video.run import begin
from stylenet.video.writing import write_clip
from tests.conftest import PLAIN
from tools.clips import RATE, cut, frames


def painter_of(name, narrow_file):
    options = PLAIN | {"epochs": 3, "frame_epochs": 2, "precision": "float32"}
    net = CNNStyleNet("clip.mkv", "style.png", narrow_file, **options)
    painter = ClipPainter(net, FrameStore(name))
    begin(painter, net, ClipFiles.beside(f"{name}.mkv"), overwrite=False, resume=False)
    return painter, net


@pytest.fixture
def here(tmp_path, monkeypatch, style):
    monkeypatch.chdir(tmp_path)
    write_clip("clip.mkv", frames(cut(count=8, size=(48, 64))), RATE)
    Image.fromarray(style.astype(np.uint8)).save("style.png")


def test_shots_at_one_time_give_the_frames_that_one_after_the_other_give(here, narrow_file):
    painter, net = painter_of("there", narrow_file)
    with net, Cluster(local_workers=2) as cluster:
        done = []
        for number, losses in paint_shots(cluster, net, painter):
            assert Path("there", f"{number + 1:06d}.png").exists()
            done.append((number, losses["total"]))
            if len(done) == 5:  # and gone on with
                break
        done += [(n, losses["total"]) for n, losses in paint_shots(cluster, net, painter)]
    assert set(range(8)) == {number for number, _ in done}
    alone, net = painter_of("here", narrow_file)
    with net:
        for _ in alone.paint():
            pass
    for number in range(8):
        np.testing.assert_array_equal(painter.store.read(number), alone.store.read(number))

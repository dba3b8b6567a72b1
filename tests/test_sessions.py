"""What a session computes in, and that a run in bfloat16 ends where one in float32 does."""

import pytest
import tensorflow as tf

from CNNStyleNet import CNNStyleNet
from stylenet import sessions
from stylenet.sessions import compute_type, device_name, make_session


@pytest.mark.parametrize(
    ("flags", "expected"),
    [({"avx2"}, "float32"), ({"avx512_bf16"}, "bfloat16"), ({"amx_bf16"}, "bfloat16")],
)
def test_auto_takes_what_the_processor_has(monkeypatch, flags, expected):
    monkeypatch.setattr(sessions, "_processor_flags", lambda: flags)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert compute_type("auto") == tf.as_dtype(expected)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["GPU:0"])
    assert compute_type("auto") == tf.float32
    assert compute_type("bfloat16") == tf.bfloat16


def test_device_and_memory_growth():
    with make_session(tf.Graph()) as session:
        assert device_name(session).split(":")[0] in ("CPU", "GPU")
        assert session._config.gpu_options.allow_growth


def test_bfloat16_run_ends_no_more_than_two_percent_higher(content, style, narrow_file):
    """The pictures of a float32 and of a bfloat16 run, both evaluated in float32."""
    ends = []
    for precision in ("float32", "bfloat16"):
        options = {"precision": precision, "initial": "content", "epochs": 40}
        with CNNStyleNet(content, style, narrow_file, **options) as net:
            image = net.fit([])._last_record.image
        with CNNStyleNet(content, style, narrow_file, precision="float32", epochs=1) as judge:
            judge.model().loss().optimizer().fit([])
            judge._problem.set_image(image[None] - judge._norm_mean_matrix)
            ends.append(judge._problem.state()[0][0].total)
    assert ends[1] <= 1.02 * ends[0]

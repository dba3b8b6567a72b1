"""What `--precision auto` takes, and how far bfloat16 may be off; all other tests take float32."""

import numpy as np
import pytest
import tensorflow as tf

from stylenet.network import sessions
from stylenet.network.layers import RELU_NAMES
from stylenet.network.sessions import compute_type
from stylenet.network.vgg19 import apply_vgg19
from tests.conftest import MEAN_PIXEL, random_image


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


@pytest.mark.parametrize("flags", [{"avx2"}, {"avx512_bf16"}])
def test_a_net_takes_what_auto_chooses(net, monkeypatch, flags):
    monkeypatch.setattr(sessions, "_processor_flags", lambda: flags)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    operations = net(precision="auto").model()._session.graph.get_operations()
    types = {output.dtype for operation in operations for output in operation.outputs}
    assert (tf.bfloat16 in types) == ("avx512_bf16" in flags)


def test_features_stay_close_and_are_float32(narrow_weights):
    image = tf.constant(random_image(32, 48)[None] - MEAN_PIXEL)
    exact = apply_vgg19(image, *narrow_weights)
    rough = apply_vgg19(image, *narrow_weights, compute_type=tf.bfloat16)
    for name in RELU_NAMES:
        assert rough[name].dtype == tf.float32
        error = np.linalg.norm(rough[name] - exact[name]) / np.linalg.norm(exact[name])
        assert 0 < error < 0.05, name


def test_a_run_ends_no_more_than_two_percent_higher(net):
    """The pictures of a float32 and of a bfloat16 run, both evaluated in float32."""
    exact, rough = (
        net(precision=precision, initial="content", epochs=40).fit([])
        for precision in ("float32", "bfloat16")
    )
    ends = []
    for image in (exact.result.record.image, rough.result.record.image):
        ends.append(exact.losses_of(image).total)
    assert ends[1] <= 1.02 * ends[0]


def test_the_content_is_at_no_distance_from_itself(net):
    made = net(precision="bfloat16", initial="content", epochs=1).fit([])
    assert made._losses_content_train[0] == 0

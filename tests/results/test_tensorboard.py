"""What TensorBoard is given."""

import numpy as np
import tensorflow as tf

from tests.conftest import fitted

LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def test_tensorboard_events_are_read_back(net, tmp_path):
    made = fitted(net, tensorboard=str(tmp_path / "events"), epochs=4)
    (file,) = (tmp_path / "events").iterdir()
    scalars, images, texts, graphs = {}, 0, [], 0
    for event in tf.compat.v1.train.summary_iterator(str(file)):
        graphs += bool(event.graph_def)
        for value in event.summary.value:
            if value.HasField("simple_value"):
                scalars.setdefault(value.tag, []).append(value.simple_value)
            images += value.HasField("image")
            if value.metadata.plugin_data.plugin_name == "text":
                texts.append(value.tensor.string_val[0].decode())
    assert graphs == 1
    assert images >= 3
    assert "| epochs | 4 |" in texts[0]
    np.testing.assert_allclose(scalars["loss/total"], made._losses_train, rtol=1e-6)
    by_layer = [scalars[f"style/{layer}"] for layer in LAYERS]
    np.testing.assert_allclose(np.sum(by_layer, axis=0), made._losses_style_train, rtol=1e-4)
    np.testing.assert_allclose(scalars["content/relu4_2"], made._losses_content_train, rtol=1e-6)

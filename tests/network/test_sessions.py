"""What a session is: its device, and the memory it takes."""

import tensorflow as tf

from stylenet.network.sessions import device_name, make_session


def test_device_and_memory_growth():
    with make_session(tf.Graph()) as session:
        assert device_name(session).split(":")[0] in ("CPU", "GPU")
        assert session._config.gpu_options.allow_growth

"""Sessions: the only file that knows ConfigProto."""

import tensorflow as tf


def make_session(graph):
    """A session on a graph that takes GPU memory as it needs it.

    Args:
        graph: tf.Graph.

    Returns:
        tf.compat.v1.Session; whoever asked for it closes it.
    """
    config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    return tf.compat.v1.Session(graph=graph, config=config)


def device_name(session):
    """The device that does the work: the first GPU, else the CPU."""
    devices = [device.name.split("device:")[-1] for device in session.list_devices()]
    return next((name for name in devices if name.startswith("GPU")), "CPU:0")

"""Sessions: the only file that knows ConfigProto, and what precision the machine is good at."""

from pathlib import Path

import tensorflow as tf


def make_session(graph, threads=0):
    """A session on a graph that takes GPU memory as it needs it.

    Args:
        graph: tf.Graph.
        threads: that compute; 0: as many as there are cores. The first session of a process sets
            it for all.

    Returns:
        tf.compat.v1.Session; whoever asked for it closes it.
    """
    config = tf.compat.v1.ConfigProto(
        allow_soft_placement=True,
        intra_op_parallelism_threads=threads,
        inter_op_parallelism_threads=threads,
    )
    config.gpu_options.allow_growth = True
    # The graph runs as it is written. TensorFlow's rewriting looks at what is fetched, so in
    # bfloat16 the same layer could be rounded otherwise in a target than in a step; and it saves
    # nothing here (a step takes as long without it, the first one less).
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return tf.compat.v1.Session(graph=graph, config=config)


def compute_type(precision):
    """The type the convolutions are computed in; losses, Gram matrices and moments stay float32.

    Args:
        precision: "float32", "bfloat16", or "auto": bfloat16 where the processor multiplies it
            natively and there is no GPU. On a GPU, TensorFlow's float32 uses TensorFloat-32 itself.

    Returns:
        tf.float32 or tf.bfloat16.
    """
    if precision == "auto":
        native = _processor_flags() & {"avx512_bf16", "amx_bf16"}
        precision = "bfloat16" if native and not has_gpu() else "float32"
    return tf.as_dtype(precision)


def has_gpu():
    """Whether TensorFlow finds a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def _processor_flags():
    """The instruction sets Linux lists; none elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return set(next((line for line in lines if line.startswith("flags")), "").split())


def device_name(session):
    """The device that does the work: the first GPU, else the CPU."""
    devices = [device.name.split("device:")[-1] for device in session.list_devices()]
    return next((name for name in devices if name.startswith("GPU")), "CPU:0")

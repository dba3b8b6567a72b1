"""The dry run: what a run would take and write, told after two steps of it."""

import time

from stylenet.command.expectations import (
    PLOT_BYTES,
    expected_disk,
    expected_seconds,
    expected_tiled_seconds,
    in_words,
    result_bytes,
    state_bytes,
    unfilled_bytes,
)
from stylenet.engine.machine import peak_memory
from stylenet.engine.tile_grid import halos
from stylenet.pictures.sizes import pyramid

DRY_STEPS = 3  # the first pays for what is set up once, two are timed

# What a net for a dry run has other than the run: a few steps at full size tell the rest.
DRY_OPTIONS = {
    "epochs": DRY_STEPS,
    "scales": 1,
    "tensorboard": None,
    "checkpoint_output": None,
    "checkpoint_iterations": None,
}


def tell_expectations(net, job, options, begin, further=()):
    """Print what the run would take and write, from two timed steps at full size, or a tile.

    Args:
        net: CNNStyleNet with DRY_OPTIONS, its pictures loaded.
        job: Job.
        options: Options of the run.
        begin: when the program began, `time.perf_counter()`; the time told is that of all of it.
        further: names of files it writes besides those of every run.
    """
    shape, style_shapes = net.pictures.shapes
    sizes = pyramid(*shape, options.epochs, options.scales)
    layout = net.layout(shape, style_shapes)
    if layout.tile:
        seconds = time.perf_counter() - begin + _tiled_seconds(net, sizes)
        memory = layout.needed
    else:
        seconds, memory = _whole(net, options, sizes, begin, layout.needed)
    disk = result_bytes(shape, job.outputs.picture.suffix.lower()) + PLOT_BYTES
    disk += state_bytes(shape, options)
    scratch = expected_disk(shape, _channels(net)) if layout.tile else 0
    print(f"{job.content}: result {shape[1]} x {shape[0]} px, {options.epochs} steps")
    for height, width, steps in sizes:
        print(f"  steps   {steps} at {width} x {height}")
    print(f"  tiles   of {layout.tile} px" if layout.tile else "  tiles   none, in one piece")
    print(f"  time    about {in_words(seconds)}")
    print(f"  memory  about {memory / 1e9:.1f} GB")
    temporary = f", and {scratch / 1e6:.1f} MB of temporary files" if scratch else ""
    print(f"  disk    about {disk / 1e6:.1f} MB{temporary}")
    outputs = job.outputs
    names = [outputs.picture, outputs.loss, outputs.summary, outputs.run, outputs.state]
    for name in [*names, *further, options.checkpoint_output, options.tensorboard]:
        if name:
            print(f"  writes  {name}")


def _whole(net, options, sizes, begin, needed):
    """(Seconds of the whole program, bytes of memory) of a run in one piece."""
    net.fit([])
    times = net.result.history.column("seconds")
    loading = time.perf_counter() - begin - (times[-1] - times[0])
    peak = peak_memory()
    unfilled = unfilled_bytes(net.pictures.shapes[0], options, DRY_STEPS)
    return loading + expected_seconds(times, sizes), peak + unfilled if peak else needed


def _tiled_seconds(net, sizes):
    """Seconds of the steps of a run in tiles, from one tile of each pass."""
    shape, style_shapes = net.pictures.shapes
    net.model().loss()

    def tile_at(shape):
        return net.layout(shape, style_shapes).tile

    workers = net.cluster.workers.count if net.cluster else 1
    net.engines.use(tile_at(shape))
    rates = net.engines.now.trial(*shape, workers)
    layers = [*net.shares.content, *net.shares.style]
    return expected_tiled_seconds(rates, sizes, style_shapes, tile_at, halos(layers))


def _channels(net):
    """Content layer -> number of its channels."""
    biases = net.graph.biases
    convolutions = {layer: layer.replace("relu", "conv") for layer in net.shares.content}
    return {layer: int(biases[name].shape[0]) for layer, name in convolutions.items()}

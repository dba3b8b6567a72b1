"""Event files for TensorBoard: graph, options, losses of each term and layer, pictures."""

import io

import tensorflow as tf
from PIL import Image

from stylenet.descent.callbacks import log_spaced
from stylenet.pictures.levels import to_bytes

v1 = tf.compat.v1


def write_graph(folder, graph):
    """Write a graph to an event file in a folder."""
    with graph.as_default():
        v1.summary.FileWriter(str(folder), graph).close()


class TensorBoardWriter:
    """A callback that writes every record's losses, and pictures at times even in log time.

    Args:
        folder: where to.
        graph: tf.Graph, written first.
        options: name -> value, written as a text.
        iterations: of the run.
        finish: image -> image as it will be saved.
    """

    def __init__(self, folder, graph, options, iterations, finish):
        self._folder, self._graph, self._options = str(folder), graph, options
        self._picture_times = log_spaced(iterations, 12)
        self._finish = finish

    def __enter__(self):
        with self._graph.as_default():
            self._writer = v1.summary.FileWriter(self._folder, self._graph)
        self._writer.add_summary(_text("options", self._options))
        return self

    def __exit__(self, *_):
        self._writer.close()

    def __call__(self, record):
        losses = record.losses
        values = {f"loss/{name}": value for name, value in losses.by_name().items()} | losses.parts
        summary = v1.Summary(
            value=[v1.Summary.Value(tag=tag, simple_value=x) for tag, x in values.items()]
        )
        if record.iteration in self._picture_times:
            summary.value.append(_picture("picture", self._finish(record.image)))
        self._writer.add_summary(summary, record.iteration)


def _picture(tag, image):
    buffer = io.BytesIO()
    pixels = to_bytes(image)
    Image.fromarray(pixels).save(buffer, "PNG")
    height, width, channels = pixels.shape
    encoded = v1.Summary.Image(
        height=height, width=width, colorspace=channels, encoded_image_string=buffer.getvalue()
    )
    return v1.Summary.Value(tag=tag, image=encoded)


def _text(tag, values):
    """A Markdown table of names and values, in the form TensorBoard's text page reads."""
    rows = ["| option | value |", "| --- | --- |"]
    rows += [f"| {name} | {value} |" for name, value in values.items()]
    plugin = v1.SummaryMetadata.PluginData(plugin_name="text")
    tensor = tf.make_tensor_proto("\n".join(rows), dtype=tf.string)
    metadata = v1.SummaryMetadata(plugin_data=plugin)
    return v1.Summary(value=[v1.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)])

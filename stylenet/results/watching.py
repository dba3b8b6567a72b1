"""Who looks at a run while it goes on."""

from contextlib import ExitStack, contextmanager

from stylenet.descent.callbacks import Checkpoints, LossLines, ProgressBar
from stylenet.errors import OptionError
from stylenet.results.live_view import LiveView, in_notebook
from stylenet.results.tensorboard import TensorBoardWriter


@contextmanager
def watching(options, graph, result, callbacks=None):
    """The callbacks of a run, entered and left where they are context managers.

    Args:
        options: Options; pictures on the way and TensorBoard's files are theirs to ask for.
        graph: tf.Graph.
        result: Result.
        callbacks: those given, called with every Record; where they have it, `on_tile(done, total)`
            is called for every tile of a step. None: a progress bar, in a notebook the picture as
            it comes, and the losses as often as `eval_step` says.

    Yields:
        list of all of them.

    Raises:
        OptionError: callbacks is no list.
    """
    if callable(callbacks):
        raise OptionError("callbacks is one function, expected a list of them: fit([function]).")
    watchers = [result]
    if options.checkpoint_output:
        pattern, every = options.checkpoint_output, options.checkpoint_iterations
        watchers.append(Checkpoints(pattern, every, result.write))
    if options.tensorboard:
        folder, steps = options.tensorboard, options.epochs
        writer = TensorBoardWriter(folder, graph, options.as_dict(), steps, result.finished)
        watchers.append(writer)
    if callbacks is None:
        callbacks = [ProgressBar(options.epochs)]
        callbacks += [LiveView(result)] if in_notebook() else []
        callbacks += [LossLines(options.eval_step)] if options.eval_step else []
    with ExitStack() as stack:
        watchers += callbacks
        for watcher in watchers:
            if hasattr(watcher, "__enter__"):
                stack.enter_context(watcher)
        yield watchers

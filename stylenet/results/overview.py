"""The names by which TensorFlow 1 programs know what a net holds, and a table of all of them."""

import numpy as np

# Name -> the method that fills it, and where in the net it is.
HELD = {
    "_image_content": ("load_image_content_style", "pictures.content"),
    "_image_style": ("load_image_content_style", "pictures.styles"),
    "_norm_mean_matrix": ("load_model_info", "mean_pixel"),
    "_weights": ("load_model_info", "_network.kernels"),
    "_biases": ("load_model_info", "_network.biases"),
    "_session": ("model", "session"),
    "_init_var_op": ("model", "graph.init_var_op"),
    "_image_content_holder": ("model", "graph.content_holder"),
    "_image_style_holder": ("model", "graph.style_holder"),
    "_image_var": ("model", "graph.image_var"),
    "_vgg_layers": ("model", "graph.image_layers"),
    "_y_out_op": ("model", "graph.y_out_op"),
    "_content_layer": ("__init__", "shares.content"),
    "_style_layers": ("set_style_layers", "shares.style"),
    "_features_content": ("extract_content_features", "features_content"),
    "_features_style": ("extract_style_features", "features_style"),
    "_loss_op": ("loss", "graph.objective.ops.total"),
    "_loss_content_op": ("loss", "graph.objective.ops.content"),
    "_loss_style_op": ("loss", "graph.objective.ops.style"),
    "_loss_total_var_op": ("loss", "graph.objective.ops.tv"),
    "_optimizer": ("optimizer", "_descent.optimizer"),
    "_train_step": ("optimizer", "_descent.train_step"),
    "_losses_train": ("fit", "losses.total"),
    "_losses_content_train": ("fit", "losses.content"),
    "_losses_style_train": ("fit", "losses.style"),
    "_losses_total_var_train": ("fit", "losses.tv"),
}


def held(net, name):
    """What a name of HELD stands for; None where that is not there yet.

    Raises:
        AttributeError: there is no such name.
    """
    if name not in HELD:
        raise AttributeError(f"A {type(net).__name__} has no attribute {name!r}.")
    value = net
    for part in HELD[name][1].split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value


def overview(title, net):
    """A title and one line for each name: what it stands for, or which call fills it."""
    lines = [title]
    for name, (step, _) in HELD.items():
        value = held(net, name)
        missing = value is None or (isinstance(value, list) and not value)
        text = f"not yet, call {step}()" if missing else _describe(value)
        lines.append(f"  {name:<25}{text}")
    return "\n".join(lines)


def _describe(value):
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}, {value.min():.4g} to {value.max():.4g}"
    if isinstance(value, dict):
        return f"{len(value)}: " + _shortened([_item(name, item) for name, item in value.items()])
    if isinstance(value, list):
        return f"{len(value)}: " + _shortened([_describe(item) for item in value])
    if isinstance(value, float):
        return f"{value:.5g}"
    if hasattr(value, "shape"):
        return f"{value.name} {_shape(value)}"
    if isinstance(value, str):
        return value
    return getattr(value, "name", type(value).__name__)


def _item(name, value):
    if isinstance(value, float):
        return f"{name} {value:.3g}"
    if isinstance(value, list):
        return f"{name} {len(value)} x {_shape(value[0])}"
    return f"{name} {_shape(value)}"


def _shape(value):
    sizes = ("?" if size is None else str(size) for size in tuple(value.shape))
    return f"({', '.join(sizes)})"


def _shortened(items):
    """The first two and the last of a long list."""
    return "; ".join(items if len(items) <= 5 else [*items[:2], "…", items[-1]])

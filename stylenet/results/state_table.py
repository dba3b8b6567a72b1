"""What each step of a CNNStyleNet leaves on it, and what is there now as a readable table."""

import numpy as np

# Attribute, and the method that fills it.
FILLED_BY = {
    "_image_content": "load_image_content_style",
    "_image_style": "load_image_content_style",
    "_norm_mean_matrix": "load_model_info",
    "_weights": "load_model_info",
    "_biases": "load_model_info",
    "_init_var_op": "model",
    "_image_content_holder": "model",
    "_image_style_holder": "model",
    "_image_var": "model",
    "_vgg_layers": "model",
    "_y_out_op": "model",
    "_content_layer": "__init__",
    "_style_layers": "set_style_layers",
    "_features_content": "extract_content_features",
    "_features_style": "extract_style_features",
    "_loss_content_op": "loss",
    "_loss_style_op": "loss",
    "_loss_total_var_op": "loss",
    "_loss_op": "loss",
    "_optimizer": "optimizer",
    "_train_step": "optimizer",
    "_losses_train": "fit",
}


# What stands behind these, and is not shown.
BEHIND = {
    "pictures": "load_image_content_style",
    "_network": "load_model_info",
    "free_memory": "load_model_info",
    "_graph": "model",
    "engines": "model",
    "_engine": "model",
    "_styles_known": "extract_style_features",
    "_descent": "optimizer",
    "_result": "fit",
    "_recorder": "fit",
}
# What else is forgotten with a step: what builds on it.
BUILT_ON = {
    "load_model_info": ("model",),
    "model": ("extract_content_features", "extract_style_features", "loss"),
    "loss": ("optimizer",),
}


def forget(net, *steps):
    """Set to None what these methods left on a net, and all that builds on them."""
    for step in steps:
        for name, filled_by in (FILLED_BY | BEHIND).items():
            if filled_by == step and name != "_losses_train":  # which is the result's
                setattr(net, name, None)
        forget(net, *BUILT_ON.get(step, ()))


def state_table(title, net):
    """A title and one line for each attribute: what it holds, or which call fills it."""
    lines = [title]
    for name, step in FILLED_BY.items():
        value = getattr(net, name)
        missing = value is None or (isinstance(value, list) and not value)
        text = f"not yet, call {step}()" if missing else _describe(value)
        lines.append(f"  {name:<23}{text}")
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

"""What makes a run this run: its options, its pictures, its network. A stopped one goes on only so.

An identity is a dict for JSON: `options` by name, and the fingerprint of each input by name.
"""

from stylenet.descent.checkpoint import RunState
from stylenet.errors import StateError
from stylenet.network.fingerprint import fingerprint
from stylenet.options.options import specs

# They change nothing of the steps that were taken.
MAY_CHANGE = (
    "preset",
    "epochs",
    "eval_step",
    "checkpoint_output",
    "checkpoint_iterations",
    "tensorboard",
    "max_megapixels",
)
INPUTS = {
    "content": "content picture",
    "styles": "style picture",
    "initial": "picture of --initial",
    "content_masks": "content mask",
    "style_masks": "style mask",
    "network": "network",
}
HOW_TO_MEND = "give the same, or leave out --resume or --from-run and begin anew"


def identity_of(options, pictures, network):
    """The identity of a run.

    Args:
        options: Options.
        pictures: PictureSet, at full size.
        network: fingerprint of its kernels, biases and mean pixel.
    """
    inputs = {
        "content": [pictures.content],
        "styles": pictures.styles,
        "initial": [] if pictures.initial is None else [pictures.initial],
        "content_masks": pictures.content_masks,
        "style_masks": pictures.style_masks,
    }
    known = {kind: fingerprint(arrays) for kind, arrays in inputs.items()}
    return {"options": options.as_dict()} | known | {"network": network}


def check_options(stored, now):
    """Raise unless two identities have the same options, but for those that may change.

    Raises:
        StateError: names the first that differs.
    """
    if other := other_option(stored, now):
        raise StateError("The stopped run had {}, got {}; {}.".format(*other, HOW_TO_MEND))


def other_option(stored, now):
    """(flag and value there, value here) of the first option that differs and may not; or None."""
    for name, default, spec in specs():
        before, given = (_as_json(of["options"].get(name, default)) for of in (stored, now))
        if name not in MAY_CHANGE and before != given:
            return f"{spec.flag or name} {before}", given
    return None


def check_inputs(stored, now):
    """Raise unless two identities have the same pictures and network.

    Raises:
        StateError: names the first that differs.
    """
    if name := other_input(stored, now):
        raise StateError(
            f"The {name} is not what the earlier run had (its content differs, or one of them has "
            f"none); {HOW_TO_MEND}."
        )


def other_input(stored, now):
    """What the first input that differs is called; None where all are the same."""
    return next((name for kind, name in INPUTS.items() if stored[kind] != now[kind]), None)


def check_state(state, now):
    """Raise unless a RunState is one of a run of this identity, perhaps with fewer steps wanted.

    Raises:
        StateError: it is that of another run.
    """
    if not isinstance(state, RunState):
        raise StateError(
            f"fit() got a {type(state).__name__} as state, expected what run_state() gave; one of "
            "a file is read by stylenet.descent.checkpoint.StateFile."
        )
    check_options(state.identity, now)
    check_inputs(state.identity, now)
    steps, wanted = now["options"]["epochs"], state.identity["options"]["epochs"]
    if steps < wanted:
        raise StateError(
            f"The stopped run was to take {wanted} steps, got --iterations {steps}; give as many, "
            "or more."
        )


def _as_json(value):
    """A value as it is after a trip through JSON."""
    return list(value) if isinstance(value, tuple) else value

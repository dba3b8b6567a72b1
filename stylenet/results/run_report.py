"""The run file: what was run, with what, and how it went."""

import json
import platform
import statistics
from itertools import pairwise
from pathlib import Path

import numpy as np

from stylenet import __version__
from stylenet.descent.identity import INPUTS
from stylenet.disk.whole_files import write_whole


def run_report(options, device, network, identity, content, styles, history, losses):
    """Everything about a run that one would ask later, as a dict for JSON.

    Args:
        options: name -> value, as given; with `seed`.
        device: name of the device that did the work.
        network: dict with `file` and `name`, as of `stylenet.network.model_files.FoundNetwork`.
        identity: of the run, see `stylenet.descent.identity`; its fingerprints are kept.
        content: the content picture as used, (H, W, 3); the result has its size.
        styles: list of the style pictures as used.
        history: list of dicts with iteration, the losses by name, seconds.
        losses: Losses of the result.
    """
    last = history[-1]
    times = [record["seconds"] for record in history]
    steps = [after - before for before, after in pairwise(times)]
    return {
        "options": options,
        "folder": current_folder(),  # that relative paths among them are of
        "seed": options["seed"],
        "versions": versions(),
        "device": device,
        "network": network,
        "fingerprints": {kind: identity[kind] for kind in INPUTS},
        "sizes": {"result": _size(content), "styles": [_size(style) for style in styles]},
        "iterations": last["iteration"],
        "seconds_total": times[-1],
        "seconds_per_step": statistics.median(steps) if steps else None,
        "losses": losses.by_name(),
        "losses_saved": None,  # until they are known, see `stylenet.results.run_files`
        "history": history,
    }


def caption(report):
    """The settings of a run in two lines of small print."""
    options, losses = report["options"], report["losses"]
    weights = " / ".join(
        f"{options[name]:g}"
        for name in ("weight_image_content", "weight_image_style", "weight_regularization")
    )
    width, height = report["sizes"]["result"]
    network = report["network"]["name"] or Path(report["network"]["file"]).name
    how = "L-BFGS steps"
    if options["optimizer"] == "adam":
        how = f"Adam steps at rate {options['learning_rate']:g}"
    return (
        f"{width} x {height} px, {report['iterations']} {how} from {options['initial']}, weights "
        f"content / style / tv {weights}, seed {report['seed']}, network {network}\n"
        f"losses: {', '.join(f'{name} {value:.4g}' for name, value in losses.items())}; "
        f"{report['seconds_total']:.1f} s on {report['device']}"
    )


def _size(image):
    """[width, height] in pixels."""
    return [image.shape[1], image.shape[0]]


def write_report(path, report):
    """Write a report as JSON, whole or not at all."""
    write_whole(path, (json.dumps(report, indent=1, default=str) + "\n").encode())


def versions():
    """Name -> version of what a result depends on."""
    import tensorflow as tf  # as whoever ran has; others need not wait for it

    return {
        "cnn-stylenet": __version__,
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
    }


def current_folder():
    """Where the program runs; nothing where that folder has gone away meanwhile."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""

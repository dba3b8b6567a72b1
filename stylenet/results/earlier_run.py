"""An earlier run, read from the run file it left, to be repeated."""

import json
from pathlib import Path

from stylenet.descent.identity import INPUTS
from stylenet.errors import OptionError
from stylenet.options.options import STARTS

PICTURES = ("content", "styles", "content_mask", "style_masks")


def read_run(path):
    """What a run file says is needed to repeat its run.

    Returns:
        (name -> value of every option, the pictures among them, and `network`; the fingerprints
        of what it read).

    Raises:
        OptionError: it is no run file.
    """
    try:
        report = json.loads(Path(path).read_text("utf-8"))
        options, network = report["options"], report["network"]
        folder = report.get("folder", "")
        values = {**options, "content": [options["content"]]}
        for name in PICTURES:
            if values.get(name):
                values[name] = [_found(path, folder) for path in values[name]]
        if values.get("initial", STARTS[0]) not in STARTS:
            values["initial"] = _found(values["initial"], folder)
        values["network"] = network["name"] or _found(network["file"], folder)
        return values, {kind: report["fingerprints"][kind] for kind in INPUTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OptionError(
            f"--from-run is {path}, expected the run file of an earlier run, such as "
            f"result_run.json ({type(error).__name__} while reading it)."
        ) from error


def _found(path, folder):
    """A path as it is, or where it was when it is not here."""
    return path if Path(path).exists() else str(Path(folder) / path)

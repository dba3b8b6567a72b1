"""A clip from file to file: painted frame by frame, kept on the way, written whole."""

import json
import statistics
from pathlib import Path

from tqdm.auto import tqdm

from stylenet.descent.identity import INPUTS
from stylenet.errors import OptionError, OutputError
from stylenet.pictures.writing import write_image
from stylenet.results.run_report import current_folder, versions, write_report
from stylenet.video.clips import VideoFile
from stylenet.video.files import ClipFiles
from stylenet.video.frame_store import FrameStore, difference
from stylenet.video.painter import ClipPainter
from stylenet.video.strip import film_strip, shown
from stylenet.video.writing import write_clip

FOR_PICTURES = {
    "checkpoint_output": "--checkpoint-output",
    "tensorboard": "--tensorboard",
    "eval_step": "--print-iterations",
}


def paint_clip(net, path, overwrite=False, resume=False):
    """Paint the clip that is a net's content; three lines in a notebook are

        net = CNNStyleNet("clip.mp4", "style.jpg", width=320)
        paint_clip(net, "painted.mp4")

    Args:
        net: CNNStyleNet whose content is a video file, an animated GIF or a folder of frames.
        path: of the clip to write, .mp4, .mov, .mkv or .gif; a film strip and a run file go beside.
        overwrite: what is there is replaced.
        resume: a clip that was stopped is gone on with.

    Returns:
        the report that is in the run file, a dict.

    Raises:
        PictureError, OutputError, StateError, NotFiniteError: as it is told there.
        KeyboardInterrupt: Ctrl-C; the frames so far are kept, and written as a clip.
    """
    files, sources = ClipFiles.beside(path), net.sources
    check_options(net.options)
    given = [sources.content, *sources.styles, *sources.content_masks, *sources.style_masks]
    files.check([p for p in given if isinstance(p, (str, Path))], overwrite, resume)
    painter = ClipPainter(net, FrameStore(files.frames))
    if report := begin(painter, net, files, overwrite, resume):
        return report
    try:
        paint_all(painter, painter.paint())
    finally:
        report = write_all(painter, net, files, {"content": str(sources.content)})
    return report


def check_options(options):
    """Raise OptionError of what is for pictures alone."""
    for name, flag in FOR_PICTURES.items():
        if getattr(options, name):
            raise OptionError(f"{flag} (`{name}`) is for pictures, got a clip; leave it out.")


def begin(painter, net, files, overwrite, resume):
    """Have the net and the folder of frames ready.

    Args:
        painter, net, files: ClipPainter, CNNStyleNet, ClipFiles.
        overwrite, resume: as of `paint_clip`.

    Returns:
        the report of a clip that is whole already and to be gone on with; else None.

    Raises:
        PictureError: something is wrong with the clip or its masks.
        StateError, OutputError: what is there is of another run.
    """
    net.load_image_content_style(pictures=painter.first)
    painter.check()
    if net.mean_pixel is None:
        net.load_model_info()
    if resume and not overwrite and (report := _finished(painter, files)):
        return report
    painter.store.begin(painter.identity(), overwrite and not resume)
    return None


def _finished(painter, files):
    """The report of a clip that is whole; None where there is none, or it was stopped."""
    if painter.store.exists() or not (files.clip.exists() and files.run.exists()):
        return None
    try:
        report = json.loads(files.run.read_text("utf-8"))
        stored = {"options": report["options"]} | report["fingerprints"]
        other = difference(stored, painter.identity())
        if other is None and report["frames"] == painter.count:
            return report
    except (ValueError, KeyError, TypeError):
        other = None
    raise OutputError(
        f"{files.clip} is there from a run that had {other or 'another clip'}; choose another "
        "--output, or add --overwrite."
    )


def paint_all(painter, frames):
    """Go through the frames as they are painted, with a bar.

    Args:
        painter: ClipPainter.
        frames: iterable of (number, losses by name), what paints them.
    """
    done = sum(painter.store.has(number) for number in range(painter.count))
    with tqdm(total=painter.count, initial=done, unit="frame", dynamic_ncols=True) as bar:
        for _, losses in frames:
            bar.set_postfix_str(f"loss {losses['total']:.4g}", refresh=False)
            bar.update()


def write_all(painter, net, files, read, network=None):
    """Write what there is: clip, film strip and run file; of a whole clip the frames go.

    Args:
        painter: ClipPainter.
        net: CNNStyleNet.
        files: ClipFiles.
        read: name -> pictures read, by the names of the command line.
        network: FoundNetwork, where it is known which file it was read from.

    Returns:
        the report; None where there is no frame yet.

    Raises:
        OutputError: a file cannot be written; the frames stay.
    """
    count = painter.painted
    if not count:
        return None
    rows = [row for row in painter.store.rows() if row["frame"] < count]
    sound = painter.clip if isinstance(painter.clip, VideoFile) else None
    whole = count == painter.count
    write_clip(files.clip, painter.frames(), painter.clip.rate, sound, whole)
    write_image(files.strip, film_strip(painter.pairs(shown(count))))
    report = clip_report(painter, net, rows, read, network)
    write_report(files.run, report)
    if whole:
        painter.store.remove()
    return report


def clip_report(painter, net, rows, read, network=None):
    """Everything about a painted clip that one would ask later, as a dict for JSON.

    Args:
        painter, net, read, network: as of `write_all`.
        rows: of the FrameStore.
    """
    identity, first = painter.identity(), painter.first
    height, width = first.content.shape[:2]
    return {
        "options": read | net.options.as_dict(),
        "folder": current_folder(),
        "seed": net.options.seed,
        "versions": versions(),
        "device": net.engines.device() if net.engines else None,
        "network": network and {"file": str(network.path), "name": network.name},
        "fingerprints": {kind: identity[kind] for kind in INPUTS},
        "sizes": {"result": [width, height]},
        "shots": [[shot.first, shot.stop] for shot in painter.shots],
        "frames": len(rows),
        "seconds_total": sum(row["seconds"] for row in rows),
        "seconds_per_frame": statistics.median(row["seconds"] for row in rows),
        "history": rows,
    }

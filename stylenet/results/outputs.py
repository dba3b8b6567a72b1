"""The names of the files a run leaves, settled before it starts."""

import json
import os
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from itertools import chain, count
from pathlib import Path

from stylenet.descent.checkpoint import StateFile
from stylenet.disk.claims import is_claimed
from stylenet.disk.whole_files import check_writable
from stylenet.errors import OutputError
from stylenet.pictures.reading import is_picture

DEFAULT_OUTPUT = Path("output") / "result.png"
LONGEST_NAME = 255  # bytes, on all common file systems
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif")


@dataclass(frozen=True)
class Job:
    """One content picture and the files its run will write.

    Attributes:
        content: its path.
        outputs: OutputFiles.
        earlier: the run file of an earlier run of this picture to these files, as a dict, where
            that left a result; None otherwise.
    """

    content: Path
    outputs: "OutputFiles"
    earlier: dict | None = field(default=None, compare=False)


@dataclass(frozen=True)
class OutputFiles:
    """The files of a run; `progress` is written only where it is asked for."""

    picture: Path
    loss: Path
    summary: Path
    run: Path
    progress: Path
    state: Path

    @classmethod
    def beside(cls, picture):
        """The files that go with a result picture."""
        picture = Path(picture)
        stem = picture.stem
        return cls(
            picture,
            picture.with_name(f"{stem}_loss.png"),
            picture.with_name(f"{stem}_summary.png"),
            picture.with_name(f"{stem}_run.json"),
            picture.with_name(f"{stem}_progress.txt"),
            picture.with_name(f"{stem}_state.npz"),
        )

    @property
    def before(self):
        """Where the state before the last is kept."""
        return StateFile(self.state).previous

    def existing(self):
        """Those that are there already."""
        return [path for path in astuple(self) if path.exists()]


def outputs_of(given=None, overwrite=False, resume=False):
    """The files a run will write, none of them touched.

    Args:
        given: the result picture the user named; None: the first free one of output/result.png,
            output/result_2.png …; to resume, the last one that left a state.
        overwrite: existing files of these names may be replaced.
        resume: so may those of a run that left a state.

    Raises:
        OutputError: a file is there already, or the folder cannot be written to.
    """
    files = OutputFiles.beside(given or DEFAULT_OUTPUT)
    if len(os.fsencode(files.before.name)) > LONGEST_NAME:
        raise OutputError(
            f"The name {files.picture.name[:40]}… is too long for the files beside it; choose a "
            "shorter --output."
        )
    check_writable(files.picture.parent)
    if given is None and not overwrite:
        files = _unnamed(resume)
    existing = files.existing()
    folder = next((path for path in existing if path.is_dir()), None)
    if folder:
        raise OutputError(f"{folder} is a folder, expected the name of a file to write.")
    _check_not_locked(existing)
    if existing and not overwrite and not (resume and StateFile(files.state).exists()):
        raise OutputError(
            f"{existing[0]} exists already; choose another --output or add --overwrite."
        )
    return files


def _check_not_locked(existing):
    """Who makes a file read-only wants it kept, though it could be replaced all the same."""
    locked = next((path for path in existing if not path.stat().st_mode & 0o222), None)
    if locked:
        raise OutputError(f"{locked} is read-only; choose another --output or make it writable.")


def _unnamed(resume):
    """The first files that no run has or writes, or those of the last run that left a state."""
    stopped, files = None, OutputFiles.beside(DEFAULT_OUTPUT)
    numbers = count(2)
    while files.existing() or is_claimed(files.picture):
        if resume and StateFile(files.state).exists():
            stopped = files
        files = OutputFiles.beside(DEFAULT_OUTPUT.with_stem(f"result_{next(numbers)}"))
    return stopped or files


def jobs_of(contents, output=None, overwrite=False, resume=False):
    """The runs that a command line asks for.

    One picture goes to the file `output`. Several, a folder of them, or one where `output` is a
    folder, go there under their own names as PNG.

    Args:
        contents: paths of pictures and folders.
        output: a file or a folder; None as in `outputs_of`, or the folder output/.
        overwrite: what is there is done again.
        resume: those that left a state are gone on with.

    Returns:
        list of Job.

    Raises:
        OutputError: as `outputs_of`, or nothing to paint in a folder, or results that would lie
            among the pictures they are painted from.
    """
    paths = [Path(path) for path in contents]
    if len(paths) == 1 and not paths[0].is_dir() and not _is_folder(output):
        outputs = outputs_of(output, overwrite, resume)
        return [_job(paths[0], outputs, overwrite)]
    folder = Path(output or DEFAULT_OUTPUT.parent)
    if folder.suffix.lower() in PICTURE_SUFFIXES and not folder.is_dir():
        raise OutputError(f"--output is {folder} for several pictures, expected a folder.")
    if folder.resolve() in [path.resolve() for path in paths]:
        raise OutputError(f"--output is {folder}, the folder of the contents; choose another.")
    check_writable(folder)
    jobs, taken = [], set()
    for picture in _expanded(paths):
        job = _job(picture, _free_files(picture, folder, taken, overwrite, resume), overwrite)
        _check_not_locked(job.outputs.existing())
        taken.update(astuple(job.outputs))
        jobs.append(job)
    return jobs


def _is_folder(output):
    """Whether a folder is meant: one that is there, or a name that ends as only folders' do."""
    if output is None:
        return False
    with suppress(OSError):  # a name that is too long, which is found out later
        return str(output).endswith(("/", os.sep)) or Path(output).is_dir()
    return False


def _job(content, outputs, overwrite):
    there = not overwrite and outputs.picture.exists()
    return Job(content, outputs, _report_of(outputs.run, content) if there else None)


def _expanded(paths):
    """The pictures named, and those in the folders named, in order of their names."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside, left_out = pictures_in(path)
        if not inside:
            raise OutputError(f"There is no picture in the folder {path}.")
        if left_out:
            names = ", ".join(f"{p.name}/" if p.is_dir() else p.name for p in left_out)
            print(f"{path}: left out {names}.")
        yield from inside


def pictures_in(folder):
    """(the pictures in a folder, by their suffix or content; what else is there), by name.

    What is hidden is neither: such files are of programs, as macOS' ._name.jpg beside name.jpg.
    """
    pictures, others = [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        known = path.suffix.lower() in PICTURE_SUFFIXES
        (pictures if path.is_file() and (known or is_picture(path)) else others).append(path)
    return pictures, others


def _free_files(picture, folder, taken, overwrite, resume):
    """The files for a picture's result: its own of an earlier call, or names nobody has.

    A run that was killed leaves a state and nothing that says of which picture; to resume, it is
    taken for this one's, and refused by its fingerprint if it is not.
    """
    free = None
    for ending in chain(("", f"_{picture.suffix[1:]}"), (f"_{number}" for number in count(2))):
        files = OutputFiles.beside(folder / f"{_shortened(picture.stem)}{ending}.png")
        if not taken.isdisjoint(astuple(files)):
            continue
        existing = files.existing()
        if _report_of(files.run, picture) or (resume and existing == [files.state]):
            return files
        if overwrite or not existing:
            free = free or files
        if not existing:
            return free
    raise AssertionError("the names never end")


def _shortened(stem):
    """A stem that leaves room for what is added to it."""
    room = LONGEST_NAME - len("_jpeg_99_state.npz.previous")
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem


def _report_of(run_file, picture):
    """What the run file of an earlier run of this picture holds; None if it is not one."""
    try:
        report = json.loads(run_file.read_text("utf-8"))
        own = report["options"]["content"] == str(picture)
        return report if own and isinstance(report["iterations"], int) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None

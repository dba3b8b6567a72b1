"""The names of the files a run leaves, settled before it starts."""

from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path

from stylenet.errors import OutputError
from stylenet.files import check_writable

DEFAULT_OUTPUT = Path("output") / "result.png"


@dataclass(frozen=True)
class OutputFiles:
    """The four files of a run."""

    picture: Path
    loss: Path
    summary: Path
    run: Path

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
        )

    def existing(self):
        """Those that are there already."""
        return [path for path in astuple(self) if path.exists()]


def plan_outputs(given=None, overwrite=False):
    """The files a run will write, none of them touched.

    Args:
        given: the result picture the user named; None: the first free one of output/result.png,
            output/result_2.png …
        overwrite: existing files of these names may be replaced.

    Raises:
        OutputError: a file is there already, or the folder cannot be written to.
    """
    files = OutputFiles.beside(given or DEFAULT_OUTPUT)
    check_writable(files.picture.parent)
    if given is None and not overwrite:
        numbered = (DEFAULT_OUTPUT.with_stem(f"result_{number}") for number in count(2))
        while files.existing():
            files = OutputFiles.beside(next(numbered))
    existing = files.existing()
    folder = next((path for path in existing if path.is_dir()), None)
    if folder:
        raise OutputError(f"{folder} is a folder, expected the name of a file to write.")
    if existing and not overwrite:
        raise OutputError(
            f"{existing[0]} exists already; choose another --output or add --overwrite."
        )
    return files

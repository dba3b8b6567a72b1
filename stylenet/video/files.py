"""The names of the files that a painted clip leaves."""

from dataclasses import astuple, dataclass
from pathlib import Path

from stylenet.disk.apart import check_apart
from stylenet.disk.inputs import as_address
from stylenet.disk.whole_files import check_writable
from stylenet.errors import OutputError
from stylenet.video.frame_store import FrameStore

SUFFIXES = (".mp4", ".mov", ".mkv", ".gif")  # of the clips that are written


@dataclass(frozen=True)
class ClipFiles:
    """The files of a run; `frames` is a folder that goes when the clip is whole."""

    clip: Path
    strip: Path
    run: Path
    frames: Path

    @classmethod
    def beside(cls, clip):
        """The files that go with a painted clip."""
        clip = Path(clip)
        return cls(
            clip,
            clip.with_name(f"{clip.stem}_strip.png"),
            clip.with_name(f"{clip.stem}_run.json"),
            clip.with_name(f"{clip.stem}_frames"),
        )

    def check(self, read, overwrite, resume):
        """Raise OutputError where they cannot be written, or are there and may not be replaced.

        Args:
            read: paths that are read.
            overwrite: they may be replaced.
            resume: a clip that was begun is to be gone on with.
        """
        if as_address(self.clip):
            raise OutputError(f"{as_address(self.clip)} is an address, expected a file.")
        if self.clip.suffix.lower() not in SUFFIXES:
            raise OutputError(
                f"{self.clip} ends in {self.clip.suffix or 'nothing'}, expected one of "
                f"{', '.join(SUFFIXES)} for a clip."
            )
        check_writable(self.clip.parent)
        check_apart(((path, "--output") for path in astuple(self)), read)
        for path in (self.clip, self.strip, self.run):
            if path.is_dir():
                raise OutputError(f"{path} is a folder, expected the name of a file to write.")
        store = FrameStore(self.frames)
        if store.is_foreign():
            raise OutputError(
                f"{self.frames} is there and is not of a clip that was begun; choose another "
                "--output."
            )
        existing = [path for path in astuple(self) if path.exists()]
        locked = [path for path in existing if not path.stat().st_mode & 0o222]
        if locked:
            raise OutputError(f"{locked[0]} is read-only; choose another --output.")
        begun = store.exists() or (self.clip.exists() and self.run.exists())
        if existing and not overwrite and not (resume and begun):
            stopped = "; --resume goes on" if store.exists() else ""
            raise OutputError(
                f"{existing[0]} exists already{stopped}; choose another --output or add "
                "--overwrite."
            )

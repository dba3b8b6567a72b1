"""The painted frames of a clip on disk: each is kept as soon as it is there."""

import json
import math
from contextlib import suppress
from pathlib import Path

from stylenet.descent.identity import other_input, other_option
from stylenet.disk.whole_files import write_whole
from stylenet.errors import StateError
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.reading import read_image
from stylenet.pictures.writing import write_image

HOW_TO_MEND = "begin anew with --overwrite in place of --resume"


class FrameStore:
    """A folder of painted frames and of what is known of them.

    The next frame is painted from the last ones as they are read from here, so a clip that was
    stopped goes on to the same bytes.

    Args:
        folder: Path; made when the first frame comes.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def exists(self):
        """Whether a clip was begun here."""
        return self._known.is_file()

    def is_foreign(self):
        """Whether something else is there, which is not ours to touch."""
        if not self.folder.exists() or self.exists():
            return False
        return not self.folder.is_dir() or any(self.folder.iterdir())

    @property
    def _known(self):
        return self.folder / "clip.json"

    def _picture(self, number):
        return self.folder / f"{number + 1:06d}.png"

    def begin(self, identity, anew):
        """Begin, or go on with what is there.

        Args:
            identity: of the run, a dict for JSON.
            anew: whether frames that are there are dropped.

        Raises:
            StateError: what is there is of another run.
        """
        if anew:
            self.remove()
        if not self.exists():
            write_whole(self._known, json.dumps(identity).encode())
            return
        try:
            stored = json.loads(self._known.read_text("utf-8"))
        except ValueError as error:
            raise StateError(f"{self._known} is damaged; {HOW_TO_MEND}.") from error
        if other := difference(stored, json.loads(json.dumps(identity))):
            raise StateError(f"The stopped clip had {other}; give the same, or {HOW_TO_MEND}.")

    def has(self, number):
        """Whether a frame is painted."""
        return self._picture(number).exists()

    def read(self, number):
        """A painted frame, uint8 (H, W, 3)."""
        return to_bytes(read_image(self._picture(number), megapixels=math.inf))

    def write(self, number, image, losses, seconds):
        """Keep a painted frame.

        Args:
            number: of the frame, from 0.
            image: uint8 (H, W, 3).
            losses: name -> value.
            seconds: that it took.
        """
        row = json.dumps({"frame": number, "seconds": seconds, **losses}).encode()
        write_whole(self.folder / f"{number + 1:06d}.json", row)
        write_image(self._picture(number), image)

    def rows(self):
        """What is known of each frame that is painted: a list of dicts."""
        files = sorted(self.folder.glob("[0-9]*.json"))
        return [json.loads(f.read_text()) for f in files if f.with_suffix(".png").exists()]

    def remove(self):
        """Remove what was written here, last what says of which clip it is."""
        for file in (*self.folder.glob("[0-9]*.png"), *self.folder.glob("[0-9]*.json")):
            file.unlink()
        self._known.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's files are in it
            self.folder.rmdir()


def difference(stored, now):
    """What two identities differ in, in words; None where they are the same."""
    try:
        if option := other_option(stored, now) or _other_steps(stored, now):
            return "{}, not {}".format(*option)
        name = other_input(stored, now)
        return f"another {name}" if name else None
    except KeyError:
        return "been begun by another version"


def _other_steps(stored, now):
    """More steps may be given to a picture later, not to the frames of a clip that are there."""
    before, given = (of["options"]["epochs"] for of in (stored, now))
    return None if before == given else (f"--iterations {before}", given)

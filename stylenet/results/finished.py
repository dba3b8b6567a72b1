"""Whether a picture has been painted already, by the very run that is asked for."""

from stylenet.descent.checkpoint import StateFile
from stylenet.descent.identity import other_input, other_option
from stylenet.errors import OutputError
from stylenet.pictures.reading import is_picture


def is_finished(job, identity, resume):
    """Whether the result of a job is there, of a run of this identity and as many steps.

    Args:
        job: Job with an earlier run.
        identity: of the run that is asked for, see `stylenet.descent.identity`.
        resume: whether a run that left a state is to be gone on with.

    Raises:
        OutputError: the result that is there is another run's, whole, and would be replaced.
    """
    earlier = job.earlier
    steps, asked = earlier["iterations"], identity["options"]["epochs"]
    other = _difference(earlier, identity)
    planned = earlier["options"]["epochs"]
    if other is None and steps == asked == planned:
        return is_picture(job.outputs.picture)  # else something emptied it
    if resume and StateFile(job.outputs.state).exists():
        return False  # what is in the state decides
    stopped = f"of {planned} steps that was stopped after {steps}; --resume goes on, or"
    if other is None and steps < planned:
        raise OutputError(f"{job.outputs.picture} is there from a run {stopped} add --overwrite.")
    other = other or f"of {steps} steps, not {asked}"
    raise OutputError(
        f"{job.outputs.picture} is there from a run {other}; choose another --output, or add "
        "--overwrite."
    )


def _difference(earlier, identity):
    """What an earlier run had otherwise, in words; None where it was the same."""
    try:
        if option := other_option(earlier, identity):
            return "with {}, not {}".format(*option)
        if name := other_input(earlier["fingerprints"], identity):
            return f"with another {name}"
    except KeyError:
        return "of another version"
    return None

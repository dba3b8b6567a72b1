"""The exception family. Every message is one sentence or two: what, got, expected, how to mend."""


class StyleNetError(Exception):
    """Base of all errors this project raises on purpose."""


class OptionError(StyleNetError, ValueError):
    """An option has a value it cannot have."""


class PictureError(StyleNetError):
    """A picture cannot be read, written or used."""


class NetworkFileError(StyleNetError):
    """A network file is missing, is not what its name says, or could not be fetched."""


class OutputError(StyleNetError):
    """A result cannot be written where it was asked for."""


class StateError(StyleNetError):
    """A stopped run cannot go on from its state."""


class MissingStepError(StyleNetError, RuntimeError):
    """A step was called before the step it builds on."""


class FeedShapeError(StyleNetError, ValueError):
    """An array does not fit the placeholder it was fed to."""


class NotFiniteError(StyleNetError, ArithmeticError):
    """A loss became NaN or infinite, so the run was stopped."""


class ClusterError(StyleNetError):
    """A cluster cannot be reached or is not fit for the work."""


class ClusterLostError(ClusterError):
    """A cluster went away while it worked."""

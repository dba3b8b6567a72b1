"""The parts of CNN-StyleNet, each a short file with one job. Importing them changes nothing."""

__version__ = "0.1.0"

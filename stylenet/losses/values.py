"""The losses of one picture, as numbers."""

from dataclasses import dataclass, field

TERMS = ("content", "style", "tv", "range")  # what the total loss is the sum of
LOSSES = ("total", *TERMS)


@dataclass(frozen=True)
class Losses:
    """The total loss and its weighted terms: total = content + style + tv + range.

    A frame of a clip has a `temporal` term besides; it is None elsewhere. `parts` has the share of
    each layer in the content and style terms, by name.
    """

    total: float
    content: float
    style: float
    tv: float
    range: float = 0.0
    temporal: float | None = None
    parts: dict = field(default_factory=dict)

    def by_name(self):
        """Total and terms as a dict, fit for JSON."""
        known = {name: getattr(self, name) for name in LOSSES}
        return known if self.temporal is None else known | {"temporal": self.temporal}

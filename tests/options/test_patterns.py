"""File names with a place for the iteration."""

import pytest

from CNNStyleNet import CNNStyleNet
from stylenet.errors import OptionError
from stylenet.options.patterns import fill_pattern, is_pattern


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("temp%s.jpg", "temp7.jpg"),
        ("a%d.png", "a7.png"),
        ("a%05d.png", "a00007.png"),
        ("a{}.png", "a7.png"),
        ("a{:05}.png", "a00007.png"),
        ("100% of {:03d}.png", "100% of 007.png"),
    ],
)
def test_checkpoint_patterns(pattern, name):
    assert is_pattern(pattern)
    assert str(fill_pattern(pattern, 7)) == name


@pytest.mark.parametrize("pattern", ["a.png", "%s%s.png", "{} %d.png", "%x.png", "{name}.png", ""])
def test_checkpoint_patterns_that_are_none(pattern):
    with pytest.raises(OptionError, match="a file name with one"):
        CNNStyleNet("c", "s", checkpoint_output=pattern, checkpoint_iterations=3)

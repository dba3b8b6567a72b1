"""Options: one table for class, command line and README."""

import inspect
import re
from pathlib import Path

import pytest

from CNNStyleNet import CNNStyleNet
from stylenet.arguments import build_parser, options_from
from stylenet.errors import OptionError
from stylenet.options import Options, specs
from tools.option_table import with_table

README = Path(__file__).parents[1] / "README.md"


def test_defaults_of_class_and_command_line_are_those_of_the_table():
    assert options_from(build_parser().parse_args([])) == Options()
    parameters = inspect.signature(CNNStyleNet).parameters
    named = [name for name, _, _ in specs() if name in parameters]
    assert len(named) == 8
    for name in named:
        assert parameters[name].default == getattr(Options(), name)
    assert CNNStyleNet("c.png", "s.png")._options == Options()


def test_values_reach_the_options_from_both_sides():
    arguments = build_parser().parse_args(
        ["--iterations=7", "--tv-weight=.5", "--initial=content", "--seed=3", "--width=90"]
    )
    expected = Options(epochs=7, weight_regularization=0.5, initial="content", seed=3, width=90)
    assert options_from(arguments) == expected
    net = CNNStyleNet(
        "c", "s", epochs=7, weight_regularization=0.5, initial="content", seed=3, width=90
    )
    assert net._options == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", "many"),
        ("epochs", True),
        ("epochs", None),
        ("epochs", float("nan")),
        ("epochs", float("inf")),
        ("eval_step", 0),
        ("width", -3),
        ("weight_image_content", -1),
        ("weight_image_style", float("nan")),
        ("weight_regularization", float("inf")),
        ("learning_rate", 0),
        ("learning_rate", "fast"),
        ("initial", ""),
        ("initial", 4),
        ("seed", -1),
        ("n_strides", 0),
        ("n_pool_wndsize", 0),
        ("n_pool_strides", 1.5),
    ],
)
def test_each_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(OptionError) as caught:
        Options(**{name: value})
    assert name in str(caught.value)
    assert str(value) in str(caught.value)
    assert "expected" in str(caught.value)


def test_whole_floats_and_ints_are_taken_where_nothing_is_lost():
    options = Options(epochs=20.0, weight_image_content=3)
    assert (options.epochs, options.weight_image_content) == (20, 3.0)
    assert isinstance(options.epochs, int)
    assert isinstance(options.weight_image_content, float)


def test_unknown_keyword_gets_a_hint():
    with pytest.raises(OptionError, match="no option learning_rat; did you mean learning_rate"):
        CNNStyleNet("c", "s", learning_rat=3)


def test_readme_has_the_option_table_as_it_is():
    text = README.read_text("utf-8")
    assert with_table(text) == text
    rows = re.findall(r"^\| `(--[\w-]+)", text, re.M)
    parser = build_parser()
    flags = {s for action in parser._actions for s in action.option_strings if s.startswith("--")}
    assert set(rows) == flags - {"--help"}
    assert "| `--iterations N` | 200 | `epochs` |" in text
    assert "| `--average D` | 0 | `average` |" in text

"""Options: one table for class, command line and reference."""

import inspect
import json
import re
from pathlib import Path

import pytest

from CNNStyleNet import CNNStyleNet
from stylenet.command.arguments import build_parser, options_from, parse
from stylenet.descent.identity import INPUTS
from stylenet.errors import OptionError
from stylenet.options.options import Options, specs
from stylenet.options.presets import PRESETS
from tools.option_table import with_table
from tools.preset_table import with_presets

REFERENCE = Path(__file__).parents[2] / "docs" / "options.md"


def test_defaults_of_class_and_command_line_are_those_of_the_table():
    assert options_from(build_parser().parse_args([])) == Options()
    parameters = inspect.signature(CNNStyleNet).parameters
    named = [name for name, _, _ in specs() if name in parameters]
    assert len(named) == 8
    assert {parameters[name].default for name in named} == {None}  # which is as the preset has it
    assert CNNStyleNet("c.png", "s.png").options == Options()


def test_values_reach_the_options_from_both_sides():
    arguments = build_parser().parse_args(
        ["--iterations=7", "--tv-weight=.5", "--initial=content", "--seed=3", "--width=90"]
    )
    expected = Options(epochs=7, weight_regularization=0.5, initial="content", seed=3, width=90)
    assert options_from(arguments) == expected
    net = CNNStyleNet(
        "c", "s", epochs=7, weight_regularization=0.5, initial="content", seed=3, width=90
    )
    assert net.options == expected


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_same_from_both_sides_and_further_options_change_it(name):
    _, values = PRESETS[name]
    arguments, _ = parse(["--tv-weight", "3", "--preset", name])
    options = options_from(arguments)
    assert CNNStyleNet("c", "s", preset=name, weight_regularization=3).options == options
    assert options.preset == name
    assert options.weight_regularization == 3
    for option, default, _ in specs():
        if option not in ("preset", "weight_regularization"):
            assert getattr(options, option) == values.get(option, default), option


def test_a_preset_over_an_earlier_run_is_the_whole_preset(tmp_path):
    """The pictures stay, the method is the preset's; without one the run's own stays."""
    options = Options(style_statistic="mean-std", weight_image_style=7).as_dict()
    report = {
        "options": options | {"content": "c.png", "styles": ["s.png"]},
        "network": {"name": "vgg19", "file": "vgg19.npz"},
        "fingerprints": dict.fromkeys(INPUTS, "0"),
    }
    path = tmp_path / "run.json"
    path.write_text(json.dumps(report), "utf-8")
    arguments, fingerprints = parse(["--from-run", str(path)])
    assert options_from(arguments) == Options(style_statistic="mean-std", weight_image_style=7)
    assert fingerprints
    arguments, fingerprints = parse(["--from-run", str(path), "--preset", "neural-style"])
    assert options_from(arguments) == Options.of_preset("neural-style")
    assert (arguments.content, arguments.styles) == (["c.png"], ["s.png"])
    assert not fingerprints


def test_a_preset_that_does_not_exist_is_refused():
    for ask in (
        lambda: CNNStyleNet("c", "s", preset="oil"),
        lambda: parse(["--preset", "oil"]),
    ):
        with pytest.raises(OptionError, match=r"--preset .* is oil, expected one of painting"):
            ask()


def test_neural_styles_preset_is_its_method():
    options = Options.of_preset("neural-style")
    assert options.rates == (10, 10)
    assert (options.epochs, options.scales, options.initial) == (1000, 1, "noise")
    assert (options.normalization, options.weight_range) == ("neural-style", 0)
    assert (options.padding, options.pooling, options.optimizer) == ("zero", "max", "adam")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lbfgs_memory", 0),
        ("normalization", "absolute"),
        ("padding", "reflect"),
        ("weight_range", -1),
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


def test_the_reference_has_the_tables_of_options_and_presets_as_they_are():
    text = REFERENCE.read_text("utf-8")
    assert with_table(text) == text
    assert with_presets(text) == text
    assert all(f"| `{name}` |" in text for name in PRESETS)
    rows = re.findall(r"^\| `(--[\w-]+)", text, re.M)
    parser = build_parser()
    flags = {s for action in parser._actions for s in action.option_strings if s.startswith("--")}
    assert set(rows) == flags - {"--help"}
    assert "| `--iterations N` | steps of the optimiser | 60 | `epochs` |" in text
    assert "each step | 0 | `average` |" in text

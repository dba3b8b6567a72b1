"""What is chosen on the page is what the command line would be told."""

import pytest

from stylenet.command.arguments import options_from, parse
from stylenet.errors import OptionError
from stylenet.options.options import Options, specs
from stylenet.options.presets import PRESETS
from stylenet.page.form import LEFT_OUT, Form, choices_of, fields


def options_of(**chosen):
    form = Form("/up/my photo.jpg", ("/up/a.png", "/up/b.png"), **{"preset": "painting"} | chosen)
    arguments, _ = parse(form.flags())
    assert arguments.content == ["/up/my photo.jpg"]
    assert arguments.styles == ["/up/a.png", "/up/b.png"]
    return options_from(arguments)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_alone_is_the_preset(preset):
    assert options_of(preset=preset) == Options.of_preset(preset, width=512)


def test_strength_doubles_the_weight_of_the_preset():
    assert options_of(strength=1).weight_image_style == 1000
    assert options_of(strength=-2).weight_image_style == 125


def test_width_and_colours():
    options = options_of(width=320, keep_colors=True)
    assert (options.width, options.preserve_colors) == (320, "ycbcr")
    assert options_of().preserve_colors is None


def test_what_is_behind_more_counts_before_the_rest():
    more = {"weight_image_style": " 7 ", "preserve_colors": "lab", "seed": "", "pooling": None}
    options = options_of(strength=3, keep_colors=True, more=more)
    assert (options.weight_image_style, options.preserve_colors, options.seed) == (7, "lab", 0)
    assert options_of(more={"style_scales": "0.5, 2"}).style_scales == (0.5, 2.0)


@pytest.mark.parametrize("text", ["0.5 --tensorboard=/tmp/x", "1 --output /tmp/x.png", "-1", "x"])
def test_a_value_is_never_a_flag(text):
    for name in ("style_scales", "style_blend_weights", "epochs"):
        with pytest.raises(OptionError, match="expected"):
            options_of(more={name: text})


def test_every_option_has_a_field_or_a_reason_to_have_none():
    flags = {name for name, _, spec in specs() if spec.flag}
    assert {name for name, _ in fields()} | set(LEFT_OUT) == flags
    for name, spec in fields():
        for choice in choices_of(name, spec) or ():
            assert getattr(options_of(more={name: choice}), name) == choice


@pytest.mark.parametrize("photo, styles, words", [(None, ("a",), "photo"), ("a", (), "style")])
def test_nothing_to_paint(photo, styles, words):
    with pytest.raises(OptionError, match=f"There is no {words} yet"):
        Form(photo, styles, "painting").flags()

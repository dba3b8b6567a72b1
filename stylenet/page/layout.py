"""What is on the page, and where. What happens on it is in `stylenet.page.handlers`."""

import gradio as gr

from stylenet.options.presets import DEFAULT_PRESET, PRESETS
from stylenet.page.form import USUAL_WIDTH, choices_of, fields
from stylenet.page.handlers import Handlers, meaning_of
from stylenet.pictures import samples

TITLE = "CNN-StyleNet"
IDEA = (
    f"# {TITLE}\nThe things of one picture, in the manner of another. Drop a photo and a style, or "
    "click samples, and press **Paint**. Several styles are blended. Nothing leaves this machine."
)
STRENGTHS = (-4, 4)
WIDTHS = (64, 2048)
LEFT = (("picture", "Save picture"), ("run", "Save run file"), ("film", "Save film"))


def build(studio):
    """The page as gradio.Blocks.

    Args:
        studio: `stylenet.page.studio.Studio`.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        gr.Markdown(IDEA)
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                form = _form()
            with gr.Column(scale=3, min_width=320):
                shown = _shown()
        Handlers(studio, form, shown).connect(page)
    return page


def _form():
    """Components by name: what is chosen."""
    form = {}
    with gr.Row():
        with gr.Column(min_width=150):
            form["photo"] = _photo()
            form["contents"] = _strip(_named(samples.CONTENTS), "samples")
        with gr.Column(min_width=150):
            form["styles"] = gr.Gallery(
                label="Styles",
                type="filepath",
                columns=2,
                buttons=[],
                height=200,
                interactive=True,
                elem_classes=["pictures", "styles"],
            )
            form["samples"] = _strip(_named(samples.STYLES), "samples")
    form["preset"] = gr.State(DEFAULT_PRESET)
    thumbnails = [(str(samples.preset(name)), name) for name in PRESETS]
    form["presets"] = _strip(thumbnails, "presets", selected_index=0)
    form["meaning"] = gr.Markdown(meaning_of(DEFAULT_PRESET))
    form["strength"] = gr.Slider(
        *STRENGTHS, 0, step=0.5, label="Strength of the style", info="a step of 1 doubles it"
    )
    form["width"] = gr.Slider(*WIDTHS, USUAL_WIDTH, step=16, label="Width in pixels")
    form["keep_colors"] = gr.Checkbox(label="Keep the photo's colours")
    with gr.Row():
        form["paint"] = gr.Button("Paint", variant="primary", min_width=80)
        form["stop"] = gr.Button("Stop", interactive=False, min_width=80)
        form["go_on"] = gr.Button("Go on", interactive=False, min_width=80)
    with gr.Accordion("More", open=False):
        gr.Markdown("All options. What is chosen here counts before what is chosen above.")
        with gr.Row():
            form["more"] = {name: _field(name, spec) for name, spec in fields()}
    return form


def _photo():
    """A picture that is handed on as the file it is, to be read and checked as any input."""
    photo = gr.Image(
        str(samples.CONTENTS[0]),
        label="Photo",
        sources=["upload", "clipboard"],
        buttons=[],
        height=200,
    )
    photo.preprocess = lambda uploaded: uploaded and uploaded.path
    return photo


def _strip(pictures, kind, **more):
    """Small pictures in a row, to be clicked."""
    return gr.Gallery(
        pictures,
        show_label=False,
        columns=len(pictures),
        object_fit="cover",
        allow_preview=False,
        buttons=[],
        interactive=False,
        elem_classes=["pictures", "strip", kind],
        **more,
    )


def _named(paths):
    """Sample pictures with their names, (path, name)."""
    return [(str(path), path.stem.partition("_")[2].replace("_", " ")) for path in paths]


def _field(name, spec):
    """An option, empty as long as it is as the preset has it."""
    look = {"label": spec.flag, "info": spec.help, "min_width": 200}
    if choices := choices_of(name, spec):
        return gr.Dropdown(["", *choices], value="", **look)
    return gr.Textbox(placeholder="as the preset has it", **look)


def _shown():
    """Components by name: what came of it."""
    shown = {
        "compare": gr.ImageSlider(
            label="Photo and picture",
            type="filepath",
            buttons=["fullscreen"],
            interactive=False,
            max_height=640,
        ),
        "line": gr.Markdown("Nothing painted yet."),
    }
    with gr.Row():
        for name, label in LEFT:
            shown[name] = gr.DownloadButton(label, interactive=False, min_width=90)
    shown["kept"] = gr.Markdown()
    shown["history"] = gr.Gallery(
        label="Painted so far",
        columns=5,
        allow_preview=False,
        buttons=[],
        interactive=False,
        visible=False,
        elem_classes=["strip", "history"],
    )
    shown["curve"] = gr.Image(label="Losses", buttons=[], interactive=False)
    shown["command"] = gr.Code(
        label="The same on the command line", language="shell", interactive=False, visible=False
    )
    return shown

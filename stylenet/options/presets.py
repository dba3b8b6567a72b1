"""Whole ways of painting by name: each a set of option values, which further options change."""

# What each does in words, then how it differs from the defaults of `stylenet.options.options`.
PRESETS = {
    "painting": ("the default: a picture to keep, in a few minutes", {}),
    "draft": (
        "a first impression in seconds: a small picture, by the small network",
        {"width": 320},
    ),
    "fine": (
        "the best that can be had, in three times the time",
        {"epochs": 200},
    ),
    "neural-style": (
        "neural-style's method: noise, 1000 steps of Adam at one rate, one size, its formula",
        {
            "epochs": 1000,
            "normalization": "neural-style",
            "weight_range": 0.0,
            "padding": "zero",
            "scales": 1,
            "optimizer": "adam",
            "learning_rate": 10.0,
            "learning_rate_end": 10.0,
            "initial": "noise",
        },
    ),
    "gatys": (
        "the paper's: L-BFGS from noise, averages for poolings, no total variation; its weights "
        "1 : 1000 at 512 x 344",
        {
            "epochs": 500,
            "normalization": "neural-style",
            "weight_image_content": 11.5,
            "weight_regularization": 0.0,
            "weight_range": 0.0,
            "style_layers": "relu1_1=1,relu2_1=4,relu3_1=16,relu4_1=64,relu5_1=64",
            "padding": "zero",
            "pooling": "avg",
            "scales": 1,
            "initial": "noise",
        },
    ),
}
DEFAULT_PRESET = next(iter(PRESETS))
NETWORKS = {"draft": "small"}  # what `--network` is by these presets, where nobody says otherwise


def preset_lines():
    """Each preset's name and meaning, a line each."""
    width = max(map(len, PRESETS))
    return "\n".join(f"{name:{width}}  {meaning}" for name, (meaning, _) in PRESETS.items())

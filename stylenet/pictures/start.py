"""The picture the optimisation starts from."""

import numpy as np

from stylenet.pictures.color import color_noise, match_colors
from stylenet.pictures.levels import preprocess

NOISE_DEVIATION = 0.256  # of the noise, in grey levels around the mean pixel (neural-style)


def start_image(options, pictures, mean_pixel):
    """(1 - Q) base + Q noise, in the network's space.

    Q is --initial-noiseblend; by default 1 where the start is noise, 0 elsewhere. With noise and
    Q below 1 the base is the content, as in neural-style. But a frame of a clip that follows others
    starts from its reference.

    Args:
        options: Options.
        pictures: PictureSet.
        mean_pixel: (3,).

    Returns:
        float32 (1, H, W, 3).
    """
    if pictures.follows:
        return preprocess(pictures.reference.image, mean_pixel)
    content, style = pictures.content, pictures.styles[0]
    generator = np.random.default_rng(options.seed)
    noise = generator.standard_normal(content.shape, np.float32) * np.float32(NOISE_DEVIATION)
    blend = options.initial_noiseblend
    if blend is None:
        blend = 1.0 if options.initial == "noise" else 0.0
    if pictures.initial is not None:
        base = pictures.initial
    elif options.initial == "style":
        base = color_noise(style, *content.shape[:2], generator)
    else:
        base = content
    if options.match_colors and options.match_colors.startswith("start-"):
        base = match_colors(base, style, options.match_colors.removeprefix("start-"))
    start = preprocess(base, mean_pixel)
    start *= np.float32(1 - blend)
    noise *= np.float32(blend)
    start += noise
    return start

"""Whether a picture fits into memory, before hours of work end with the process killed."""

from stylenet.command.expectations import fitting_width
from stylenet.errors import PictureError
from stylenet.pictures.reading import picture_size


def sizes_of(paths, megapixels):
    """(height, width) of each picture."""
    return [picture_size(path, megapixels) for path in paths]


def check_memory(net, content, sizes):
    """Refuse a picture that would not fit; tell what is done where it only just does.

    Args:
        net: CNNStyleNet with its network.
        content: path of the picture, or of the clip.
        sizes: list of (height, width) of the content and of the styles, as they are in their files.

    Raises:
        PictureError: it does not fit; says what would.
    """
    options, free = net.options, net.free_memory
    scales = 1, *(options.style_scales or [1] * (len(sizes) - 1))

    def layout_at(width):
        widths = [max(1, round(width * scale)) for scale in scales]
        shapes = [
            (max(1, round(h * new / w)), new) for (h, w), new in zip(sizes, widths, strict=True)
        ]
        return shapes[0], net.layout(shapes[0], shapes[1:])

    (height, width), layout = layout_at(options.width or sizes[0][1])
    if free and layout.needed > free:
        fitting = fitting_width(width, lambda narrower: layout_at(narrower)[1].needed, free)
        advice = _advice(fitting, max(scales) > 1, options.tile == "off")
        raise PictureError(
            f"A result of {width} x {height} pixels in this style needs about "
            f"{layout.needed / 1e9:.1f} GB of memory{' in tiles' if layout.tile else ''} and "
            f"{free / 1e9:.1f} GB are free; {advice}."
        )
    if layout.tile and options.tile == "auto":
        print(
            f"{content}: too large for the memory in one piece; painted in tiles of {layout.tile} "
            "px."
        )
    if layout.remembered < options.lbfgs_memory:
        print(
            f"{content}: L-BFGS remembers {layout.remembered} steps, as no more fit into the "
            "memory."
        )


def _advice(fitting, enlarged, whole):
    """What would fit.

    Args:
        fitting: the largest width that does; 0 or None where none does.
        enlarged: whether a style is asked to be larger than the content.
        whole: whether tiles are ruled out.
    """
    if not fitting:
        return "choose a smaller style picture, or smaller --style-scales"
    narrower = f"--width {fitting} or less" + (", or --tile auto" if whole else "")
    return f"choose smaller --style-scales, or {narrower}" if enlarged else f"choose {narrower}"

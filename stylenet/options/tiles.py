"""Which networks can be applied tile by tile, and which runs can be shared that way."""

from stylenet.errors import OptionError

GRID = 16  # pixels from one position of block 5 to the next: tiles begin and end there


def tiles_are_exact(options):
    """Whether the network is one that the table of layers describes."""
    return options.n_strides == 1 and options.n_pool_wndsize == options.n_pool_strides == 2


def check_shared_tiles(options):
    """Raise OptionError where a picture cannot be shared by several workers."""
    if options.tile == "off" or not tiles_are_exact(options):
        why = "--tile off" if options.tile == "off" else "a network that has no exact tiles"
        raise OptionError(
            f"Several workers share one picture tile by tile, got {why}; choose --tile auto or a "
            "size, or leave out --scheduler or --local-workers."
        )


def check_tiles(options):
    """Raise OptionError where tiles could not be exact."""
    if not tiles_are_exact(options):
        raise OptionError(
            "Tiles are exact with convolutions of stride 1 and pooling of window and stride 2 "
            f"alone, got {options.n_strides}, {options.n_pool_wndsize} and "
            f"{options.n_pool_strides}; leave these as they are, or choose --tile off."
        )

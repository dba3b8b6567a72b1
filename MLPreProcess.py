"""Pictures: read, turn upright, resize, to the network's space, write.

Everywhere a picture is a float32 array (H, W, 3), RGB, 0-255. The functions live in
`stylenet/pictures/`; this is where users of `CNNStyleNet` find them.
"""

from stylenet.pictures.levels import preprocess, to_bytes
from stylenet.pictures.reading import as_image, as_mask, picture_size, read_image
from stylenet.pictures.resampling import resize_image, resize_to_width
from stylenet.pictures.writing import write_gif, write_image

__all__ = [
    "as_image",
    "as_mask",
    "picture_size",
    "preprocess",
    "read_image",
    "resize_image",
    "resize_to_width",
    "to_bytes",
    "write_gif",
    "write_image",
]

"""One frame of a clip."""

from stylenet.pictures.levels import to_bytes


def paint_frame(net, pictures, callbacks=()):
    """(The frame as uint8 (H, W, 3), its losses by name) that a net makes of a PictureSet."""
    net.load_image_content_style(pictures=pictures)
    if net.graph and not net.graph.temporal:
        net.model()  # it was built for pictures that are no frames
    net.fit(list(callbacks))
    record = net.result.record
    return to_bytes(pictures.reference.kept(record.image)), record.losses.by_name()

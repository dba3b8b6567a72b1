"""What a net is made from again in another process."""

from dataclasses import dataclass

from stylenet.options.options import Options


@dataclass(frozen=True)
class Recipe:
    """All that the graph of a net depends on, but for the network.

    Attributes:
        make: the class, CNNStyleNet.
        styles: the names of the styles, see --style-layers.
        content_masks, style_masks: how many there are.
        options: Options.
    """

    make: type
    styles: tuple
    content_masks: int
    style_masks: int
    options: Options

    def net(self, network, session):
        """A net in a session, with its network and no pictures.

        Args:
            network: `stylenet.network.layers.Network`.
            session: tf.compat.v1.Session.
        """
        net = self.make(
            "content",
            [f"{name}.png" for name in self.styles],  # the name of a style is its file's stem
            session=session,
            content_masks=["mask"] * self.content_masks,
            style_masks=["mask"] * self.style_masks,
            **self.options.as_dict(),
        )
        return net.load_model_info(network)

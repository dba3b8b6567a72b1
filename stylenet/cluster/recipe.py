"""What a net, or its tiles' work, is made from again in another process."""

from dataclasses import dataclass

from stylenet.engine.graph import Graph
from stylenet.engine.tiled import Tiled
from stylenet.options.options import Options
from stylenet.pictures.sources import Sources


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

    @classmethod
    def of(cls, net):
        """The recipe of a net."""
        sources = net.sources
        return cls(type(net), tuple(sources.style_names), *sources.masks, net.options)

    @property
    def _sources(self):
        """Names that stand for the pictures; these come apart."""
        styles = [f"{name}.png" for name in self.styles]  # the name of a style is its file's stem
        masks = ["mask"] * self.content_masks, ["mask"] * self.style_masks
        return Sources("content", styles, *masks)

    def net(self, network, session):
        """A net in a session, with its network and no pictures."""
        sources = self._sources
        net = self.make(
            sources.content,
            sources.styles,
            session=session,
            content_masks=sources.content_masks,
            style_masks=sources.style_masks,
            **self.options.as_dict(),
        )
        return net.load_model_info(network)

    def tile_works(self, network, session):
        """The units of work on the tiles of such a net, see `Tiled.works`; in a session."""
        shares = self._sources.shares(self.options)
        masks = self.content_masks, self.style_masks
        graph = Graph(session, network, self.options, shares, *masks)
        graph.build_loss()
        return Tiled(graph).works

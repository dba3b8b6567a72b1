"""What a net, or the work on its tiles, is made from again in another process."""

from dataclasses import dataclass

from stylenet.engine.graph import Graph
from stylenet.engine.tiled import Tiled
from stylenet.options.options import Options
from stylenet.options.shares import Shares
from stylenet.pictures.sources import Sources


@dataclass(frozen=True)
class NetRecipe:
    """All that a net is, but for its network and its pictures.

    Attributes:
        make: the class, CNNStyleNet.
        styles: the names of the styles, see --style-layers.
        mask_counts: of the content, and of the styles.
        options: Options.
    """

    make: type
    styles: tuple
    mask_counts: tuple
    options: Options

    @classmethod
    def of(cls, net):
        """The recipe of a net."""
        sources = net.sources
        return cls(type(net), tuple(sources.style_names), sources.mask_counts, net.options)

    def made(self, network, session):
        """The net in a session, with its network; names stand for its pictures, which come later"""
        styles = [f"{name}.png" for name in self.styles]  # the name of a style is its file's stem
        content_masks, style_masks = (["mask"] * count for count in self.mask_counts)
        sources = Sources("content", styles, content_masks, style_masks)
        net = self.make(
            sources.content,
            sources.styles,
            session=session,
            content_masks=sources.content_masks,
            style_masks=sources.style_masks,
            **self.options.as_dict(),
        )
        return net.load_model_info(network)


@dataclass(frozen=True)
class TileRecipe:
    """All that the units of work on tiles depend on, but for the network.

    Attributes:
        options, shares, mask_counts, temporal: as of Graph.
    """

    options: Options
    shares: Shares
    mask_counts: tuple
    temporal: bool

    @classmethod
    def of(cls, graph):
        """The recipe of a graph's."""
        return cls(graph.options, graph.shares, graph.mask_counts, graph.temporal)

    def made(self, network, session):
        """Name -> unit of work, in a session, see `Tiled.works`."""
        given = self.options, self.shares, self.mask_counts, self.temporal
        graph = Graph(session, network, *given)
        graph.build_loss()
        return Tiled(graph).works

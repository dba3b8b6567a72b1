"""Which layers count how much, for content and for each style: pure arithmetic of the options."""

from dataclasses import dataclass

from stylenet.errors import OptionError
from stylenet.network.layers import CONTENT_LAYER, SECOND_CONTENT_LAYER, STYLE_LAYERS
from stylenet.options.converters import parse_layers


@dataclass(frozen=True)
class Shares:
    """What each layer and each style counts.

    Attributes:
        content: content layer -> weight; they sum to 1.
        terms: list of StyleTerm.
    """

    content: dict
    terms: list

    @classmethod
    def of(cls, options, names):
        """The shares that options give to styles of some names, see `style_terms`."""
        return cls(content_shares(options), style_terms(options, names))

    @property
    def style(self):
        """Style layer -> weight of all styles at it."""
        weights = {}
        for term in self.terms:
            weights[term.layer] = weights.get(term.layer, 0.0) + term.weight
        return weights


@dataclass(frozen=True)
class StyleTerm:
    """One style picture at one layer.

    Attributes:
        layer: name of the layer.
        style: number of the style picture, from 0.
        weight: its share of the style loss; all shares sum to 1.
    """

    layer: str
    style: int
    weight: float


def content_shares(options):
    """The content layers: name -> weight, summing to 1.

    neural-style: b of relu4_2 and 1 - b of relu5_2.
    """
    if options.content_layers:
        weights = {}
        for name, style, weight in parse_layers(options.content_layers):
            if style:
                raise OptionError(f"--content-layers names a style, {name}:{style}; leave it out.")
            weights[name] = weights.get(name, 0) + weight
    else:
        blend = options.content_weight_blend
        weights = {CONTENT_LAYER: blend, SECOND_CONTENT_LAYER: 1 - blend}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items() if weight}


def style_terms(options, names):
    """The style terms: v_l w_i for each layer l and style i (README, step 4).

    The layer weights follow v_{l+1} = E v_l and are scaled to sum 1, so are the styles' w_i.
    A layer that names a style has that one alone.

    Args:
        options: Options.
        names: what each style picture may be called in `L:STYLE`; its number, from 1, does too.

    Returns:
        list of StyleTerm.

    Raises:
        OptionError: more or fewer blend weights or scales than styles, or a style nobody gave.
    """
    check_count("--style-scales", options.style_scales, len(names))
    shares = blend_shares(options, len(names))
    layers = parse_layers(options.style_layers or ",".join(STYLE_LAYERS))
    depths = {name: depth for depth, name in enumerate(dict.fromkeys(n for n, _, _ in layers))}
    exponent = options.style_layer_weight_exp
    weights = [weight * exponent ** depths[name] for name, _, weight in layers]
    total = sum(weights)
    terms = {}
    for (layer, style, _), weight in zip(layers, weights, strict=True):
        wanted = range(len(names)) if style is None else [_find_style(style, names)]
        for number in wanted:
            share = shares[number] if style is None else 1
            terms[layer, number] = terms.get((layer, number), 0.0) + weight / total * share
    return [StyleTerm(*place, weight) for place, weight in terms.items() if weight]


def blend_shares(options, count):
    """The blend weights of the styles, w_i, summing to 1."""
    check_count("--style-blend-weights", options.style_blend_weights, count)
    weights = options.style_blend_weights or (1,) * count
    total = sum(weights)
    if not total:
        raise OptionError("--style-blend-weights are all 0, expected one above 0 at least.")
    return [weight / total for weight in weights]


def check_count(name, values, count):
    """Raise unless there is one value for each style."""
    if values is not None and len(values) != count:
        raise OptionError(
            f"{name} has {len(values)} values for {count} style pictures, expected one for each."
        )


def _find_style(name, names):
    """The number of a style, from 0, by its name or its number from 1."""
    found = {number for number, known in enumerate(names) if known == name}
    if name.isdigit() and 1 <= int(name) <= len(names):
        found.add(int(name) - 1)
    if len(found) > 1:
        raise OptionError(
            f"--style-layers names the style {name!r}, which several styles answer to."
        )
    if not found:
        raise OptionError(
            f"--style-layers names the style {name!r}, expected one of {', '.join(names)} or a "
            f"number from 1 to {len(names)}."
        )
    return found.pop()

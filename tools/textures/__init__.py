"""Procedural pictures: what the small network is trained on, beside photographs.

`make_picture(seed, kind)` draws one of the families that TRAINING_KINDS names.
"""

import numpy as np

from tools.textures import cells, leaves, marks, noise, scenes, strokes
from tools.textures.palette import SIZE

# kind: (function of a random generator, its share of the training pictures)
TRAINING_KINDS = {
    "brushwork": (strokes.brushwork, 8),
    "dabs": (strokes.dabs, 3),
    "dry_brush": (strokes.dry_brush, 2),
    "blended": (strokes.blended, 2),
    "painted_scene": (scenes.painted_scene, 6),
    "dotted_scene": (scenes.dotted_scene, 2),
    "inked_scene": (scenes.inked_scene, 2),
    "hazy_scene": (scenes.hazy_scene, 2),
    "hills": (scenes.hills, 3),
    "town": (scenes.town, 2),
    "still_life": (scenes.still_life, 3),
    "dead_leaves": (leaves.dead_leaves, 7),
    "flat_leaves": (leaves.flat_leaves, 3),
    "pebbles": (leaves.pebbles, 2),
    "foliage": (leaves.foliage, 2),
    "clouds": (noise.clouds, 2),
    "three_noises": (noise.three_noises, 2),
    "marble": (noise.marble, 2),
    "wood": (noise.wood, 2),
    "fibres": (noise.fibres, 2),
    "camouflage": (noise.camouflage, 1),
    "leather": (noise.leather, 3),
    "turing": (noise.turing, 3),
    "sparse": (noise.sparse, 1),
    "glass": (cells.glass, 3),
    "cracks": (cells.cracks, 2),
    "cobbles": (cells.cobbles, 2),
    "mosaic": (cells.mosaic, 2),
    "facets": (cells.facets, 1),
    "bricks": (cells.bricks, 2),
    "weave": (cells.weave, 2),
    "stripes": (cells.stripes, 1),
    "ornament": (cells.ornament, 2),
    "engraving": (marks.engraving, 2),
    "hatching": (marks.hatching, 2),
    "pencil": (marks.pencil, 2),
    "dots": (marks.dots, 2),
    "halftone": (marks.halftone, 1),
    "scribbles": (marks.scribbles, 1),
    "contours": (marks.contours, 2),
    "julia": (marks.julia, 1),
    "gradients": (marks.gradients, 2),
}


def make_picture(seed, kind):
    """Draw one picture: uint8 (SIZE, SIZE, 3). The same seed and kind give the same picture."""
    function = TRAINING_KINDS[kind][0]
    rng = np.random.default_rng([seed, sum(map(ord, kind))])
    picture = np.nan_to_num(function(rng))
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def training_list(n):
    """n pairs (seed, kind), the kinds in proportion to their shares."""
    kinds = [kind for kind, (_, share) in TRAINING_KINDS.items() for _ in range(share)]
    return [(i // len(kinds) * 100 + i, kinds[i % len(kinds)]) for i in range(n)]


__all__ = ["SIZE", "TRAINING_KINDS", "make_picture", "training_list"]

"""Pictures on the way from a content to a painting, as training data.

A student that knows photographs and paintings may still lead a painting astray, where no picture of
either kind is. So it paints all the time, by its own gradient, and learns from what comes up.
"""

import numpy as np
import torch

from tools.student.crops import to_network, to_pixels

GROUPS = 6  # batches that take turns, so that one does not resemble the last
LENGTH = 24  # steps of a walk, after which it begins anew with another content and style
RATE, RATE_END = 12.0, 2.0  # levels that Adam moves a pixel in a step, at the begin and at the end
BETA1, BETA2 = 0.9, 0.99
OVERSHOOT = 15.0  # levels beyond 0-255 that a picture may have


class Walks:
    """Contents, styles and the pictures between them.

    Args:
        crops: Crops.
        size: side of the pictures.
        count: pictures in a batch.
        seed: of how far the first ones are.
    """

    def __init__(self, crops, size, count, seed):
        self._crops, self._size = crops, size
        rng = np.random.default_rng(seed)
        self._groups = [self._fresh(number, count) for number in range(GROUPS)]
        for group in self._groups:
            group["age"] = torch.from_numpy(rng.integers(LENGTH, size=count))
        self._begun = GROUPS

    def _fresh(self, number, count):
        """So many walks at their begin."""
        both = self._crops.batch(number, self._size, 2 * count)
        content, style = both[:count], both[count:]
        return {
            "content": content,
            "style": style,
            "picture": content.clone(),
            "first": torch.zeros_like(content),
            "second": torch.zeros_like(content),
            "age": torch.zeros(count, dtype=torch.int64),
        }

    def group(self, step):
        """The batch whose turn it is: "content", "style" and "picture", (B, 3, size, size)."""
        return self._groups[step % GROUPS]

    def move(self, group, gradient):
        """A step of Adam along the gradient (B, 3, H, W); walks at their end begin anew."""
        group["first"].mul_(BETA1).add_(gradient, alpha=1 - BETA1)
        group["second"].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        age = group["age"].to(gradient.device)[:, None, None, None] + 1
        first, second = group["first"] / (1 - BETA1**age), group["second"] / (1 - BETA2**age)
        rate = RATE + (RATE_END - RATE) * age / LENGTH
        pixels = to_pixels(group["picture"]) - rate * first / (second.sqrt() + 1e-12)
        group["picture"] = to_network(pixels.clamp(-OVERSHOOT, 255 + OVERSHOOT))
        group["age"] += 1
        done = (group["age"] >= LENGTH).nonzero()[:, 0]
        if len(done):
            fresh = self._fresh(self._begun, len(done))
            self._begun += 1
            for name in group:
                group[name][done] = fresh[name]

    def state_dict(self):
        """Where they are, for a checkpoint."""
        return {"begun": self._begun, "groups": self._groups}

    def load_state_dict(self, state):
        """Go on from a checkpoint."""
        self._begun = state["begun"]
        for group, kept in zip(self._groups, state["groups"], strict=True):
            for name in group:
                group[name] = kept[name].to(group[name].device)

"""Trains the small network to stand for VGG-19, and writes it.

    pip install '.[train]'
    python -m tools.train_student --out stylenet/models/vgg19_small.npz

Pictures are drawn and fetched first (minutes). The training keeps a checkpoint in the cache folder:
start it again and it goes on where it was. It computes on a GPU where PyTorch finds one.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from stylenet.network.layers import CONVOLUTION_NAMES
from stylenet.network.model_files import EMBEDDED
from stylenet.network.network_file import read_network
from tools.student.beginning import beginning, root_mean_squares
from tools.student.crops import Crops
from tools.student.export import export
from tools.student.losses import LAYER_WEIGHTS, imitation_loss, painting_loss
from tools.student.network import Student, features, rescaled
from tools.student.pictures import kinds
from tools.student.scales import relu_name
from tools.student.walks import Walks

WIDTHS = (16, 32, 64, 128, 128)  # channels of the five blocks: a quarter of VGG-19's
SEED = 1
SIZE, COUNT = 160, 8  # side of the crops; contents, styles and pictures between them in a batch
STEPS, WARM_UP = 7500, 300
RATE, BETAS = 1.5e-3, (0.9, 0.99)
FITTED, FITTED_FROM = 40, 10**6  # batches that the student begins from, and their first number
CHECKPOINT_SECONDS = 180


def main(argv=None):
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_student", description=__doc__)
    parser.add_argument("--out", metavar="FILE", required=True, help="the .npz file to write")
    parser.add_argument("--cache", default=".cache", help="folder of pictures and checkpoint")
    arguments = parser.parse_args(argv)
    training = Training(Path(arguments.cache), "cuda" if torch.cuda.is_available() else "cpu")
    training.run()
    training.write(arguments.out)


def learning_rate(step):
    """Linear warm-up, then half a cosine to nothing."""
    fall = 0.5 * (1 + math.cos(math.pi * step / STEPS))
    return RATE * min(1, (step + 1) / WARM_UP) * fall


class Training:
    """The teacher, the student, and the pictures that the one shows to the other.

    Args:
        cache: folder of pictures and checkpoint.
        device: of PyTorch.
    """

    def __init__(self, cache, device):
        self._path = cache / "student.pt"
        crops = Crops(kinds(cache), SEED, device)
        batches = [crops.batch(FITTED_FROM + number, SIZE, COUNT) for number in range(FITTED)]
        teacher = teacher_weights(device)
        unscaled = rescaled(teacher, {relu_name(name): 1.0 for name in teacher})
        self._sizes = root_mean_squares(unscaled, batches)
        self._teacher = rescaled(teacher, self._sizes)
        widths = {name: WIDTHS[int(name[4]) - 1] for name in CONVOLUTION_NAMES}
        self._student = Student(*beginning(self._teacher, widths, batches)).to(device)
        self._optimizer = torch.optim.Adam(self._student.parameters(), RATE, BETAS)
        self._walks, self._step = Walks(crops, SIZE, COUNT, SEED), 0
        self._parts = {
            "student": self._student,
            "optimizer": self._optimizer,
            "walks": self._walks,
        }
        if self._path.exists():
            state = torch.load(self._path, weights_only=True)
            self._step = state["step"]
            for name, part in self._parts.items():
                part.load_state_dict(state[name])

    def run(self):
        """Train to the end, from the checkpoint if there is one."""
        kept = time.monotonic()
        with tqdm(initial=self._step, total=STEPS, unit="step") as bar:
            while self._step < STEPS:
                errors = self._learn()
                self._step += 1
                bar.set_postfix_str(" ".join(f"{errors[name]:.3f}" for name in LAYER_WEIGHTS))
                bar.update()
                if time.monotonic() - kept > CHECKPOINT_SECONDS or self._step == STEPS:
                    self._keep()
                    kept = time.monotonic()

    def _learn(self):
        """One step: the student learns from a batch, and paints on at a third of it."""
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(self._step)
        group = self._walks.group(self._step)
        picture = group["picture"].detach().requires_grad_()
        pair = torch.cat([group["content"], group["style"]])
        with torch.no_grad():
            wanted = features(self._teacher, torch.cat([pair, picture]))
        found, painted, maps = self._student(pair), self._student(picture), dict(self._student.maps)
        content, style = ({name: a[side] for name, a in found.items()} for side in halves(COUNT))
        painting = painting_loss(painted, content, style, maps).sum()
        (gradient,) = torch.autograd.grad(painting, picture, retain_graph=True)
        both = {name: torch.cat([found[name], painted[name]]) for name in found}
        loss, errors = imitation_loss(both, wanted, maps)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._walks.move(group, gradient)
        return {name: error.item() for name, error in errors.items()}

    def _keep(self):
        """Write the checkpoint beside the old one, then put it in its place."""
        states = {name: part.state_dict() for name, part in self._parts.items()}
        partial = self._path.with_suffix(".partial")
        torch.save({"step": self._step} | states, partial)
        partial.replace(self._path)

    def write(self, path):
        """Write the student as a network file."""
        student = {name: array.detach().cpu() for name, array in self._student.state_dict().items()}
        kernels, biases, maps = (
            {name.removeprefix(kind): a.numpy() for name, a in student.items() if kind in name}
            for kind in ("kernels.", "biases.", "maps.")
        )
        kernels = {name: kernel.transpose(2, 3, 1, 0) for name, kernel in kernels.items()}
        export(path, kernels, biases, maps, self._sizes)


def halves(count):
    """The first `count` of a batch, and the rest."""
    return slice(None, count), slice(count, None)


def teacher_weights(device):
    """VGG-19: convolution name -> (kernel (out, in, 3, 3), bias)."""
    network = read_network(EMBEDDED["vgg19"])
    return {
        name: (
            torch.tensor(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), device=device),
            torch.tensor(network.biases[name], device=device),
        )
        for name, kernel in network.kernels.items()
    }


if __name__ == "__main__":
    main()

"""Trains the embedded network from nothing and writes it in VGG-19's file structure.

    python -m tools.train_network --out stylenet/models/NAME.mat

Pictures are drawn first (minutes), then the training runs (hours on two cores) and keeps a
checkpoint in the cache folder: start it again and it goes on where it was. On a machine shared with
other work set OMP_WAIT_POLICY=PASSIVE, or the two threads wait for each other at full speed.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from tqdm.auto import tqdm

from tools.network_file import write_network
from tools.textures.cache import training_pictures
from tools.training.crops import DAMAGES, Crops
from tools.training.heads import Heads, Redraw
from tools.training.network import MEAN_PIXEL, NarrowVGG, fold
from tools.training.painting import balance


@dataclass(frozen=True)
class Phase:
    """A stretch of the training, see PHASES."""

    steps: int
    size: int
    count: int
    spoilt: float
    redraw: float
    rate: float
    fall: int
    before: int = 0  # steps of the fall that the phase before has done
    frozen: str = ""  # the last convolution that learns no more


SEED = 1
PICTURES = 900
# Steps, crop size in pixels, crops in a batch, share of spoilt crops, weight of redrawing,
# highest learning rate, and the steps in which a half cosine brings it to nothing.
PHASES = (
    Phase(2707, 64, 64, 0.5, 0.0, 2e-3, 4100),
    Phase(488, 64, 64, 0.0, 1.0, 1.2e-3, 1850),
    Phase(1400, 96, 32, 0.0, 4.0, 1.2e-3, 1400, frozen="conv3_1"),
)
PASSED_ON = ("conv3_2", "conv3_3", "conv3_4", "conv4_1", "conv4_2")  # when others are frozen
WARM_UP = 200  # steps
WEIGHT_DECAY = 0.02
DAMAGE_WEIGHT = 0.5  # of telling damages apart, beside telling pictures apart
SMOOTHING = 0.05  # of the labels
CHECKPOINT_SECONDS = 180
CALIBRATION_BATCHES, CALIBRATION_CROP = 40, 128
BALANCED_ON = ("content_harbour.jpg", "style_swirls.jpg")


def phase_of(step):
    """The phase a step is in and the steps of it that are done."""
    for phase in PHASES:
        if step < phase.steps:
            return phase, step
        step -= phase.steps
    return PHASES[-1], PHASES[-1].steps


def learning_rate(step):
    """Linear warm-up, then the half cosine of the phase."""
    if step < WARM_UP:
        return PHASES[0].rate * (step + 1) / WARM_UP
    phase, done = phase_of(step)
    start = WARM_UP if phase is PHASES[0] else 0
    return (
        phase.rate
        * 0.5
        * (1 + np.cos(np.pi * (done + phase.before - start) / (phase.fall - start)))
    )


def loss_of(phase, network, heads, redraw, batch):
    """Mean cross-entropy of the heads and the redrawing; the loss, the shares of right answers."""
    crops, labels, damages = batch
    found, last = network(crops)
    pictures, faults = heads(found, last)
    known = [functional.cross_entropy(x, labels, label_smoothing=SMOOTHING) for x in pictures]
    loss = sum(known) / len(known)
    right = [(x.argmax(1) == labels).float().mean().item() for x in pictures]
    if phase.spoilt:
        seen = [functional.cross_entropy(x, damages) for x in faults]
        loss = loss + DAMAGE_WEIGHT * sum(seen) / len(seen)
    if phase.redraw:
        error = redraw(found, crops)
        loss, right = loss + phase.redraw * error, [*right, error.item()]
    return loss, right


def save(path, content):
    """Write a checkpoint beside the old one, then put it in its place."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def train(cache, threads=2):
    """Train to the end of PHASES, from the checkpoint if there is one; returns network, crops."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    crops = Crops(training_pictures(cache, PICTURES), SEED)
    network, heads, redraw = NarrowVGG(), Heads(crops.classes, len(DAMAGES)), Redraw()
    network.to(memory_format=torch.channels_last)
    weights = [*network.parameters(), *heads.parameters(), *redraw.parameters()]
    optimizer = torch.optim.AdamW(weights, PHASES[0].rate, weight_decay=WEIGHT_DECAY)
    parts = {"network": network, "heads": heads, "redraw": redraw, "optimizer": optimizer}
    path, first = Path(cache) / "checkpoint.pt", 0
    if path.exists():
        state = torch.load(path, weights_only=True)
        first = state["step"]
        for name, part in parts.items():
            part.load_state_dict(state[name])

    def keep(step):
        states = {name: part.state_dict() for name, part in parts.items()}
        save(path, {"step": step} | states)

    run((network, heads, redraw), optimizer, crops, first, keep)
    return network, crops


def run(asked, optimizer, crops, first, keep):
    """The training loop over the modules asked; keep(step) writes a checkpoint."""
    total = sum(phase.steps for phase in PHASES)
    kept, bar = (
        time.monotonic(),
        tqdm(range(first, total), initial=first, total=total, mininterval=10),
    )
    for step in bar:
        phase, done = phase_of(step)
        if phase.frozen:
            if not done:
                asked[0].pass_on(PASSED_ON, SEED)
            asked[0].freeze(phase.frozen)
        for group in optimizer.param_groups:
            group["lr"] = float(learning_rate(step))
        batch = crops.batch(step, phase.size, phase.count, phase.spoilt)
        loss, right = loss_of(phase, *asked, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        bar.set_postfix_str(f"loss {loss.item():.2f} right " + " ".join(f"{r:.2f}" for r in right))
        if time.monotonic() - kept > CHECKPOINT_SECONDS:
            keep(step + 1)
            kept = time.monotonic()
    keep(total)


def recalibrate(network, crops):
    """Measure the means and variances of batch normalisation anew, on larger crops."""
    for norm in network.norms.values():
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over the batches
    network.train()
    total = sum(phase.steps for phase in PHASES)
    with torch.no_grad():
        for number in tqdm(range(CALIBRATION_BATCHES), "measuring means"):
            network(crops.batch(total + number, CALIBRATION_CROP, 24, 0)[0])


def export(network, crops, path, images):
    """Fold, set the scales of the layers and write the file."""
    recalibrate(network, crops)
    content, style = (picture(Path(images) / name) for name in BALANCED_ON)
    folded = balance(fold(network), content, style)
    kernels = {name: kernel for name, (kernel, _) in folded.items()}
    biases = {name: bias for name, (_, bias) in folded.items()}
    write_network(path, kernels, biases, MEAN_PIXEL)


def picture(path, width=256):
    """A picture file as uint8 (H, W, 3) of that width."""
    image = Image.open(path).convert("RGB")
    return np.asarray(image.resize((width, round(image.height * width / image.width))))


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the .mat file to write")
    parser.add_argument("--cache", default=".cache", help="folder of pictures and checkpoint")
    parser.add_argument("--images", default="images", help="folder of the sample pictures")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    network, crops = train(arguments.cache, arguments.threads)
    export(network, crops, arguments.out, arguments.images)


if __name__ == "__main__":
    main()

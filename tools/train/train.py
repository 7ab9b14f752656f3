#!/usr/bin/env python3
"""Trains a CondenseNet or a CondenseNetV2 on Fashion-MNIST or CIFAR, condenses it on the way, and saves a checkpoint for
condensenet-convert.

    tools/train/train.py DATASET FOLDER CHECKPOINT [options]

The 1×1 convolutions drop their least important inputs in equal steps over the first half of the training. From then on
half of the classifier's inputs are held at zero as well (version 1): conversion drops half of them in any case, and the
second half of the training makes good what that costs.

After each epoch everything is written to CHECKPOINT.state; the same command continues from there. Needs PyTorch 1.13 or
newer and NumPy, and uses a GPU where there is one.
"""
import argparse
import math
import os
import pathlib
import sys
import time
import zlib

import torch
from torch import nn

from condensenet import CondenseNet, Shape
from images import CLASSES, Images


def numbers(text):
    return [int(part) for part in text.split("-")]


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("dataset", choices=sorted(CLASSES))
    parser.add_argument("folder", help="the data set's files, as `condensenet evaluate` reads them")
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("--version", type=int, choices=(1, 2), default=1, help="of CondenseNet")
    parser.add_argument("--stages", type=numbers, default="6-6-6", help="layers of each block")
    parser.add_argument("--growth", type=numbers, default="8-16-32", help="channels that each layer of a block appends")
    parser.add_argument("--groups", type=int, default=4, help="of both convolutions")
    parser.add_argument("--factor", type=int, default=4, help="condensation: one input in so many is kept")
    parser.add_argument("--hidden", type=int, default=256, help="features before the classifier, version 2")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.2, help="learning rate at the start; falls as a cosine")
    parser.add_argument("--decay", type=float, default=1e-4, help="weight decay")
    parser.add_argument("--lasso", type=float, default=0.0, help="factor of the group lasso, until all is dropped")
    parser.add_argument("--cutout", type=int, default=0, help="side of a black square on each training image, pixels")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def load(path):
    """What `save` wrote. Such a file is a pickle: load your own alone."""
    return torch.load(path, map_location="cpu", weights_only=False)


def save(contents, path):
    """Writes a checkpoint whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    torch.save(contents, partial)
    os.replace(partial, path)


@torch.no_grad()
def accuracy(network, images):
    """The share of images whose largest logit is their label's; float32."""
    network.eval()
    right = sum(int((network(batch).argmax(1) == labels).sum()) for batch, labels in images.batches(500))
    network.train()
    return right / len(images)


class Training:
    """A network, its optimizer, and how far it has come."""

    def __init__(self, options, device):
        torch.manual_seed(options.seed)
        self.options, self.device = options, device
        self.shape = Shape(options.version, options.stages, options.growth, options.groups, options.factor,
                           CLASSES[options.dataset], hidden=options.hidden)
        self.network = CondenseNet(self.shape).to(device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.network.parameters(), options.rate, momentum=0.9, nesterov=True,
                                         weight_decay=options.decay)
        self.training = Images(options.dataset, options.folder, True, device)
        self.test = Images(options.dataset, options.folder, False, device)
        if not 1 <= options.batch <= len(self.training) or options.epochs < 1:
            raise ValueError(f"--batch and --epochs need 1 or more, and a batch at most the {len(self.training)} images")
        self.steps = len(self.training) // options.batch
        self.epoch, self.classifier_mask = 0, None
        self.state = options.checkpoint.with_name(options.checkpoint.name + ".state")

    def resume(self):
        if not self.state.exists():
            return
        saved = load(self.state)
        if saved["options"] != vars(self.options):
            sys.exit(f"{self.state} was written with other options: use them, another name, or delete it")
        self.network.load_state_dict(saved["state_dict"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.epoch, self.classifier_mask = saved["epoch"], saved["classifier_mask"]
        if self.classifier_mask is not None:
            self.classifier_mask = self.classifier_mask.to(self.device)
        torch.set_rng_state(saved["random"])

    def condense(self, progress):
        """Drops what is to be dropped when this share of the training is done."""
        stage = min(self.shape.factor - 1, math.floor(2 * progress * (self.shape.factor - 1)))
        for module in self.network.condensing():
            module.drop(stage)
        if progress >= 0.5 and self.classifier_mask is None:
            self.classifier_mask = self.network.classifier_mask()

    def run_epoch(self):
        options, total, right = self.options, 0.0, 0
        loss_function = nn.CrossEntropyLoss()
        for step, (images, labels) in enumerate(self.training.augmented(options.batch, options.cutout)):
            progress = (self.epoch + step / self.steps) / options.epochs
            self.condense(progress)
            rate = options.rate * (1 + math.cos(math.pi * progress)) / 2
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            # On a GPU products are bfloat16's; weights and sums stay float32's.
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
                logits = self.network(images.contiguous(memory_format=torch.channels_last)).float()
            loss = loss_function(logits, labels)
            objective = loss
            if options.lasso and progress < 0.5:
                objective = loss + options.lasso * sum(module.lasso() for module in self.network.condensing())
            self.optimizer.zero_grad(set_to_none=True)
            objective.backward()
            self.optimizer.step()
            if self.classifier_mask is not None:
                with torch.no_grad():
                    self.network.classifier.weight *= self.classifier_mask
            total = total + loss.detach()
            right = right + (logits.argmax(1) == labels).sum()
        self.epoch += 1
        seen = self.steps * options.batch
        return float(total) / self.steps, int(right) / seen, rate

    def run(self):
        self.resume()
        while self.epoch < self.options.epochs:
            start = time.monotonic()
            loss, right, rate = self.run_epoch()
            kept = self.network.condensing()[0]
            print(f"epoch {self.epoch:3} of {self.options.epochs}  loss {loss:.4f}  training {100 * right:.2f} %  "
                  f"test {100 * accuracy(self.network, self.test):.2f} %  rate {rate:.4f}  "
                  f"dropped {int(kept._stage)} of {self.shape.factor} parts  {time.monotonic() - start:.1f} s", flush=True)
            save({"epoch": self.epoch, "state_dict": self.network.state_dict(), "optimizer": self.optimizer.state_dict(),
                  "classifier_mask": self.classifier_mask, "random": torch.get_rng_state(), "options": vars(self.options)},
                 self.state)
        finished = {"epoch": self.epoch, "best_prec1": 100 * accuracy(self.network, self.test),
                    "state_dict": {name: value.cpu().contiguous() for name, value in self.network.state_dict().items()}}
        if self.shape.version == 2:
            finished["args"] = argparse.Namespace(HS_start_block=self.shape.hard_swish_from, SE_start_block=self.shape.squeeze_from)
        save(finished, self.options.checkpoint)
        self.state.unlink(missing_ok=True)
        print(f"{self.options.checkpoint}: {finished['best_prec1']:.2f} % of the test images right")


def main():
    options = parse(None)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    try:
        Training(options, device).run()
    except (EOFError, OSError, ValueError, zlib.error) as error:
        sys.exit(f"{sys.argv[0]}: {error}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares converted networks with pytorchcv's own answers.

usage: check-pytorchcv.py CONDENSENET-CONVERT CONDENSENET [FOLDER]

Makes pytorchcv's two CondenseNet-74 with seeded weights, saves them as pytorchcv's files are saved, converts them, and
compares the logits of two seeded images with PyTorch's: within 1e-5 of the largest. Exit status 0 when all agree. Needs
numpy, torch and pytorchcv (tools/requirements-pytorchcv.txt); FOLDER keeps the files.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from pytorchcv.models import condensenet


def seed(network, groups):
    """Gives every tensor numbers, and every gather channels, that a trained network could have."""
    generator = torch.Generator().manual_seed(2018)

    def uniform(tensor, low, high):
        with torch.no_grad():
            tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    def gather(index, channels, groups):
        share = len(index) // groups
        rows = [torch.randperm(channels, generator=generator)[:share].sort().values for _ in range(groups)]
        index.copy_(torch.cat(rows))

    channels = 0
    for module in network.modules():
        if isinstance(module, condensenet.CondenseInitBlock):
            channels = module.conv.out_channels
        if isinstance(module, condensenet.CondenseUnit):
            gather(module.conv1.index, channels, groups)
            channels += module.conv2.conv.out_channels
        if isinstance(module, condensenet.CondenseLinear):
            gather(module.index, channels, 1)
            uniform(module.linear.weight, -0.1, 0.1)
            uniform(module.linear.bias, -0.1, 0.1)
        if isinstance(module, torch.nn.BatchNorm2d):
            uniform(module.weight, 0.5, 1.5)
            uniform(module.bias, -0.5, 0.5)
            uniform(module.running_mean, -0.5, 0.5)
            uniform(module.running_var, 0.5, 2)
        if isinstance(module, torch.nn.Conv2d):
            bound = (6 / module.weight[0].numel()) ** 0.5
            uniform(module.weight, -bound, bound)
    return network.eval()


def main(converter, program, folder):
    images = np.random.default_rng(2018).standard_normal((2, 3, 224, 224), dtype=np.float32)
    np.save(folder / "images.npy", images)
    failed = False
    for groups, make in [(4, condensenet.condensenet74_c4_g4), (8, condensenet.condensenet74_c8_g8)]:
        network = seed(make(pretrained=False), groups)
        name = f"condensenet74_c{groups}_g{groups}"
        torch.save(network.state_dict(), folder / f"{name}.pth")
        with torch.no_grad():
            expected = network(torch.from_numpy(images)).numpy().astype(np.float64)
        model, logits = folder / f"{name}.safetensors", folder / f"{name}.npy"
        subprocess.run([converter, folder / f"{name}.pth", "-o", model], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [program, "run", model, "--input", folder / "images.npy", "--output", logits],
            check=True, stdout=subprocess.DEVNULL)
        found = np.load(logits)
        if found.shape != expected.shape:
            sys.exit(f"{name}: expected logits of shape {expected.shape}, found {found.shape}")
        relative = np.abs(found - expected).max() / np.abs(expected).max()
        print(f"{name}: largest difference {relative:.1e} of the largest logit")
        failed |= not relative <= 1e-5
    if failed:
        sys.exit("expected at most 1e-5")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as temporary:
        main(sys.argv[1], sys.argv[2], Path(sys.argv[3] if len(sys.argv) == 4 else temporary))

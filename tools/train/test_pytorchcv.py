"""Converted networks against pytorchcv's own answers: both of its CondenseNet-74, with seeded weights."""
import numpy as np
import pytest
import torch
from pytorchcv.models import condensenet

from programs import convert, logits


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


@pytest.mark.parametrize("groups, make", [(4, condensenet.condensenet74_c4_g4), (8, condensenet.condensenet74_c8_g8)])
def test_logits_are_pytorchcvs(tmp_path, groups, make):
    images = np.random.default_rng(2018).standard_normal((2, 3, 224, 224), dtype=np.float32)
    network = seed(make(pretrained=False), groups)
    torch.save(network.state_dict(), tmp_path / "network.pth")
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    model = convert(tmp_path / "network.pth")
    assert np.abs(logits(model, images) - expected).max() <= 1e-5 * np.abs(expected).max()

"""CondenseNet and CondenseNetV2 as PyTorch trains them: every 1×1 convolution drops inputs while it learns.

Names and shapes of the tensors are those of the authors' code, so that condensenet-convert reads what is saved here.
Huang et al., "CondenseNet: An Efficient DenseNet using Learned Group Convolutions", CVPR 2018; Yang et al., "CondenseNet
V2: Sparse Feature Reactivation for Deep Networks", CVPR 2021.
"""
from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass
class Shape:
    """What describes a network. `hard_swish_from` and `squeeze_from` count blocks from 0, as the authors' code does."""

    version: int
    stages: list
    growth: list
    groups: int
    factor: int
    classes: int
    bottleneck: int = 4
    hidden: int = 256
    hard_swish_from: int = 1
    squeeze_from: int = 2
    reduction: int = 16

    def check(self):
        """Raises ValueError where no network has this shape."""
        if len(self.stages) != 3 or len(self.growth) != 3:
            raise ValueError("--stages and --growth need three blocks: the last pooling takes 8×8, which 32×32 is after two transitions")
        for name, values in (("--stages", self.stages), ("--growth", self.growth), ("--groups", [self.groups]),
                             ("--factor", [self.factor]), ("--hidden", [self.hidden])):
            if min(values) < 1:
                raise ValueError(f"{name} needs numbers of 1 or more, found {min(values)}")
        channels = 2 * self.growth[0]
        for block, (layers, growth) in enumerate(zip(self.stages, self.growth), 1):
            for layer in range(1, layers + 1):
                for what, count, by in (("inputs", channels, self.groups), ("inputs", channels, self.factor),
                                        ("growth", growth, self.groups)):
                    if count % by:
                        raise ValueError(f"layer {layer} of block {block} has {what} {count}, not divisible by {by}")
                channels += growth


class Condensing(nn.Module):
    """Batch norm, activation and a 1×1 convolution whose groups drop whole channels, step by step.

    A subclass says which weights a group's channels are: `channels(matrix, group)` is a view [channels, others] of the
    weights [outputs, inputs].
    """

    def __init__(self, inputs, outputs, groups, factor, activation):
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.activation = activation
        self.conv = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.groups, self.factor = groups, factor
        self.register_buffer("_count", torch.zeros(1))
        self.register_buffer("_stage", torch.zeros(1))
        self.register_buffer("_mask", torch.ones_like(self.conv.weight))

    def forward(self, x):
        return functional.conv2d(self.activation(self.norm(x)), self.conv.weight * self._mask)

    @torch.no_grad()
    def drop(self, stage):
        """Drops the channels of each group with the least L1 norm, until `stage` of `factor` parts of them are gone."""
        if stage <= int(self._stage):
            return
        norms = (self.conv.weight * self._mask).abs()[:, :, 0, 0]
        for group in range(self.groups):
            mask = self.channels(self._mask[:, :, 0, 0], group)
            # What was dropped before comes first, so that a weight of zero never takes its place.
            importance = self.channels(norms, group).sum(1).masked_fill(mask[:, 0] == 0, -1)
            count = len(importance) // self.factor * stage
            mask[importance.argsort(stable=True)[:count]] = 0
        self._count.fill_(count)
        self._stage.fill_(stage)

    def lasso(self):
        """The sum over groups and channels of the L2 norm of the weights that are dropped together."""
        squares = (self.conv.weight * self._mask)[:, :, 0, 0].square()
        return sum((self.channels(squares, group).sum(1) + 1e-12).sqrt().sum() for group in range(self.groups))


class LearnedGroupConvolution(Condensing):
    """Outputs g, g + G, … are group g; a group drops inputs."""

    def channels(self, matrix, group):
        return matrix[group::self.groups].t()


class SparseFeatureReactivation(Condensing):
    """Inputs g, g + G, … are group g; a group drops outputs, the earlier features that it no longer updates."""

    def channels(self, matrix, group):
        return matrix[:, group::self.groups]


class SqueezeExcite(nn.Module):
    """x · sigmoid(W₂ · relu(W₁ · mean(x)))"""

    def __init__(self, channels, hidden):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, hidden, bias=False), nn.ReLU(),
                                nn.Linear(hidden, channels, bias=False), nn.Sigmoid())

    def forward(self, x):
        return x * self.fc(x.mean((2, 3)))[:, :, None, None]


class DenseLayer(nn.Module):
    """What a layer of growth k appends to its inputs; in version 2 it also adds to them."""

    def __init__(self, shape, inputs, block):
        super().__init__()
        growth, middle = shape.growth[block], shape.bottleneck * shape.growth[block]
        second = shape.version == 2
        activation = nn.Hardswish() if second and block >= shape.hard_swish_from else nn.ReLU()
        self.conv_1 = LearnedGroupConvolution(inputs, middle, shape.groups, shape.factor, activation)
        self.conv_2 = nn.Sequential(OrderedDict(
            norm=nn.BatchNorm2d(middle), activation=activation,
            conv=nn.Conv2d(middle, growth, 3, padding=1, groups=shape.groups, bias=False)))
        self.se = SqueezeExcite(growth, growth) if second and block >= shape.squeeze_from else None
        self.sfr = SparseFeatureReactivation(growth, inputs, shape.groups, shape.factor, activation) if second else None

    def forward(self, x):
        z = self.conv_2(self.conv_1(x))
        if self.se is not None:
            z = self.se(z)
        if self.sfr is not None:
            x = x + self.sfr(z)
        return torch.cat([x, z], 1)


class CondenseNet(nn.Module):
    """A CondenseNet of `shape` for [N, 3, 32, 32]; answers logits [N, classes]."""

    def __init__(self, shape):
        super().__init__()
        shape.check()
        self.shape = shape
        channels = 2 * shape.growth[0]
        features = OrderedDict(init_conv=nn.Conv2d(3, channels, 3, padding=1, bias=False))
        for block, layers in enumerate(shape.stages):
            dense = OrderedDict()
            for layer in range(1, layers + 1):
                dense[f"denselayer_{layer}"] = DenseLayer(shape, channels, block)
                channels += shape.growth[block]
            features[f"denseblock_{block + 1}"] = nn.Sequential(dense)
            if block + 1 < len(shape.stages):
                features[f"transition_{block + 1}"] = nn.AvgPool2d(2)
        features.update(norm_last=nn.BatchNorm2d(channels), relu_last=nn.ReLU(), pool_last=nn.AvgPool2d(8))
        outputs = channels
        if shape.version == 2:
            features["se_last"] = SqueezeExcite(channels, channels // shape.reduction)
            self.fc = nn.Linear(channels, shape.hidden)
            self.activation = nn.Hardswish()
            outputs = shape.hidden
        self.features = nn.Sequential(features)
        self.classifier = nn.Linear(outputs, shape.classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x):
        x = self.features(x).flatten(1)
        if self.shape.version == 2:
            x = self.activation(self.fc(x))
        return self.classifier(x)

    def condensing(self):
        return [module for module in self.modules() if isinstance(module, Condensing)]

    @torch.no_grad()
    def classifier_mask(self):
        """1 for the half of the classifier's inputs that conversion keeps in version 1: those of the larger L1 norm."""
        norms = self.classifier.weight.double().abs().sum(0)
        mask = torch.ones_like(self.classifier.weight[0])
        if self.shape.version == 1:
            mask[norms.argsort(stable=True)[:len(norms) - len(norms) // 2]] = 0
        return mask

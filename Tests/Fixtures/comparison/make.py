"""Writes the checkpoints and answers of this folder: narrow networks of the kinds that CondenseNets are compared with.

    python3 make.py        needs torch and torchvision; the same files each time for the same versions

vgg       torchvision.models.vgg.VGG of VGG-16's layers, 2 to 8 channels wide, 32² input, 5 classes
resnet    torchvision.models.resnet.ResNet of ResNet-18's blocks, 6 to 24 channels wide after the first
          convolution, 65² input, 5 classes
mobilenet MobileNet-v1 as docs/checkpoints.md names its tensors, 4 to 32 channels wide, 64² input, 5 classes

Weights and batch-norm statistics are random, large enough that the answers tell images apart; input.npy holds two images, logits.npy the
answers of the module in evaluation mode.
"""
import pathlib

import numpy
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet
from torchvision.models.vgg import VGG, make_layers

FOLDER = pathlib.Path(__file__).resolve().parent


def vgg():
    configuration = [2, 2, "M", 4, 4, "M", 6, 6, 6, "M", 8, 8, 8, "M", 8, 8, 8, "M"]
    network = VGG(make_layers(configuration), num_classes=5, init_weights=True)
    # At 32² the last planes have one pixel; pooling to 7×7 would only repeat it.
    network.avgpool = nn.Identity()
    network.classifier = nn.Sequential(
        nn.Linear(8, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 10), nn.ReLU(), nn.Dropout(), nn.Linear(10, 5))
    return network


class NarrowResNet(ResNet):
    """ResNet-18 whose widths are a tenth or so of the usual."""

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        return super()._make_layer(block, {64: 6, 128: 8, 256: 16, 512: 24}[planes], blocks, stride, dilate)


def resnet():
    network = NarrowResNet(BasicBlock, [2, 2, 2, 2], num_classes=5)
    network.fc = nn.Linear(24, 5)
    return network


class MobileNet(nn.Module):
    """MobileNet-v1: a convolution, then depthwise and 1×1 convolutions in turn, batch norm and ReLU after each."""

    def __init__(self, stem, pairs, classes):
        super().__init__()

        def normalized(convolution):
            return [convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU()]

        blocks = [nn.Sequential(*normalized(nn.Conv2d(3, stem, 3, stride=2, padding=1, bias=False)))]
        channels = stem
        for position, outputs in enumerate(pairs):
            stride = 2 if position > 0 and outputs > channels else 1
            depthwise = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, groups=channels, bias=False)
            pointwise = nn.Conv2d(channels, outputs, 1, bias=False)
            blocks.append(nn.Sequential(*normalized(depthwise), *normalized(pointwise)))
            channels = outputs
        self.model = nn.Sequential(*blocks)
        self.fc = nn.Linear(channels, classes)

    def forward(self, images):
        return self.fc(self.model(images).mean((2, 3)))


def mobilenet():
    return MobileNet(4, [8, 12, 12, 16, 16, 24, 24, 24, 24, 24, 24, 32, 32], 5)


def main():
    for seed, (make, size) in enumerate([(vgg, 32), (resnet, 65), (mobilenet, 64)]):
        torch.manual_seed(2018 + seed)
        network = make().eval()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)
                nn.init.uniform_(module.running_mean, -0.5, 0.5)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
            elif isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.uniform_(module.bias, -0.1, 0.1)
        images = torch.randn(2, 3, size, size)
        with torch.no_grad():
            logits = network(images)
        folder = FOLDER / make.__name__
        folder.mkdir(exist_ok=True)
        torch.save(network.state_dict(), folder / "checkpoint.pth")
        numpy.save(folder / "input.npy", images.numpy())
        numpy.save(folder / "logits.npy", logits.numpy())
        print(make.__name__, sum(p.numel() for p in network.parameters()), logits[0].tolist())


main()

"""The small data sets in the files that `condensenet evaluate` reads too, and how their images become inputs."""
import gzip
import pathlib

import numpy
import torch

# Mean and deviation of each channel, as condensenet-convert writes them into the model file.
STATISTICS = {
    "fashion-mnist": ([0.2860] * 3, [0.3530] * 3),
    "cifar10": ([0.4914, 0.4824, 0.4467], [0.2471, 0.2435, 0.2616]),
    "cifar100": ([0.5071, 0.4867, 0.4408], [0.2675, 0.2565, 0.2761]),
}
CLASSES = {"fashion-mnist": 10, "cifar10": 10, "cifar100": 100}
SIZE, PADDING = 32, 4


def read_idx(path, dimensions):
    """The array of an IDX file, uint8."""
    data = gzip.open(path).read()
    if data[:4] != bytes([0, 0, 8, dimensions]):
        raise ValueError(f"{path}: no IDX file of bytes with {dimensions} dimensions")
    shape = numpy.frombuffer(data, ">u4", dimensions, 4)
    values = numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * dimensions)
    if len(values) != shape.prod():
        raise ValueError(f"{path}: expected {shape.prod()} values, found {len(values)}")
    return values.reshape(shape)


def read(dataset, folder, training):
    """Images [N, 3, 32, 32] and labels [N], both uint8, of one split."""
    folder = pathlib.Path(folder)
    if dataset == "fashion-mnist":
        split = "train" if training else "t10k"
        images = read_idx(folder / f"{split}-images-idx3-ubyte.gz", 3)
        labels = read_idx(folder / f"{split}-labels-idx1-ubyte.gz", 1)
        border = (SIZE - 28) // 2
        images = numpy.pad(images, ((0, 0), (border, border), (border, border)))[:, None].repeat(3, 1)
    else:
        fine = dataset == "cifar100"
        names = (["train.bin"] if training else ["test.bin"]) if fine else (
            [f"data_batch_{number}.bin" for number in range(1, 6)] if training else ["test_batch.bin"])
        rows = [numpy.fromfile(folder / name, numpy.uint8).reshape(-1, 3073 + fine) for name in names]
        rows = numpy.concatenate(rows)
        labels, images = rows[:, int(fine)], rows[:, 1 + fine:].reshape(-1, 3, SIZE, SIZE)
    if len(images) != len(labels) or labels.max() >= CLASSES[dataset]:
        raise ValueError(f"{folder}: {len(images)} images and {len(labels)} labels up to {labels.max()} do not fit {dataset}")
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.copy())


class Images:
    """One split on a device, handed out in batches of normalised float32 [N, 3, 32, 32]."""

    def __init__(self, dataset, folder, training, device):
        pixels, labels = read(dataset, folder, training)
        self.pixels, self.labels = pixels.to(device), labels.to(device).long()
        mean, deviation = STATISTICS[dataset]
        self.mean = torch.tensor(mean, device=device)[:, None, None]
        self.deviation = torch.tensor(deviation, device=device)[:, None, None]

    def __len__(self):
        return len(self.labels)

    def normalised(self, pixels):
        return (pixels.float() / 255 - self.mean) / self.deviation

    def batches(self, size):
        """Every image once, in order."""
        for start in range(0, len(self), size):
            yield self.normalised(self.pixels[start:start + size]), self.labels[start:start + size]

    def augmented(self, size, cutout):
        """Every image once but for an incomplete last batch, shuffled: moved by up to four pixels, mirrored or not, and
        with a black square of `cutout` pixels at a random place where that is not 0.
        """
        device = self.pixels.device
        padded = torch.nn.functional.pad(self.pixels, [PADDING] * 4)
        pixel = torch.arange(SIZE, device=device)
        order = torch.randperm(len(self)).to(device)
        for start in range(0, len(self) - size + 1, size):
            chosen = order[start:start + size]
            move = torch.randint(0, 2 * PADDING + 1, (2, size, 1)).to(device)
            rows, columns = move[0] + pixel, move[1] + pixel
            mirrored = torch.rand(size, 1).to(device) < 0.5
            columns = torch.where(mirrored, columns.flip(1), columns)
            images = padded[chosen[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
            if cutout:
                centre = torch.randint(0, SIZE, (2, size, 1)).to(device)
                hole = (pixel - centre + cutout // 2 >= 0) & (pixel - centre + cutout // 2 < cutout)
                images = images.masked_fill((hole[0][:, :, None] & hole[1][:, None, :])[:, None], 0)
            yield self.normalised(images), self.labels[chosen]

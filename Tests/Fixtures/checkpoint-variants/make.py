"""Writes small checkpoints in every shape that PyTorch's containers take, and what they hold.

Run with PyTorch and safetensors installed:  python make.py
Everything here was written by this script: `*.pth` and `*.safetensors`, `expected.json` (the tensors of each),
`digests.json` (the tensors of the other fixture checkpoints, as `torch.load` reads them).
"""
import collections
import io
import json
import pathlib
import pickle
import struct
import tarfile
import zipfile
import zlib

import numpy
import torch

HERE = pathlib.Path(__file__).parent
ZIP = dict(_use_new_zipfile_serialization=True)
STACKED = dict(_use_new_zipfile_serialization=False)


def element_types():
    values = [-2.5, -1, -0.0, 0, 0.1, 1 / 3, 1e-7, 65504, 6e-8, float("inf")]
    reals = {str(t)[6:]: torch.tensor(values, dtype=torch.float64).to(t) for t in REALS}
    integers = {str(t)[6:]: torch.tensor([0, 1, 127, 100, 3], dtype=t) for t in INTEGERS}
    integers["int64"] = torch.tensor([-(2**63), 2**63 - 1, 2**24 + 1, -1, 0])
    integers["int32"] = torch.tensor([-(2**31), 2**31 - 1, 2**24 + 1, -1, 0], dtype=torch.int32)
    return {**reals, **integers, "bool": torch.tensor([True, False, True])}


def views():
    base = torch.arange(24, dtype=torch.float32)
    cube = base.reshape(2, 3, 4)
    return {
        "base": base,
        "shared": base[6:12],
        "transposed": cube.transpose(0, 2),
        "permuted": cube.permute(1, 2, 0),
        "every other": cube[:, ::2, 1::2],
        "column": cube[:, :, 2],
        "expanded": base[5:6].expand(3, 4),
        "expanded rows": base[:4].reshape(4, 1).expand(4, 3),
        "scalar": base[7],
        "empty": torch.empty(0),
        "empty in the middle": torch.empty(2, 0, 3),
        "four dimensions": base.reshape(2, 3, 1, 4),
        "channels last": torch.arange(48.0).reshape(2, 2, 3, 4).contiguous(memory_format=torch.channels_last),
    }


def training(state):
    """What training code saves, with the passengers that forks add."""
    import argparse

    parameter = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    optimizer = torch.optim.SGD([parameter], lr=0.1, momentum=0.9)
    parameter.sum().backward()
    optimizer.step()
    return {
        "epoch": 120,
        "args": argparse.Namespace(lr=0.1, stages=[4, 6, 8], gpu=None, groups=(4, 8)),
        "state_dict": collections.OrderedDict({"module." + name: tensor for name, tensor in state.items()}),
        "best_prec1": numpy.float64(93.25),
        "best_prec5": torch.tensor([99.5]),
        "history": numpy.arange(4.0),
        "size": parameter.shape,
        "dtype": torch.float16,
        "device": torch.device("cpu"),
        "milestones": collections.Counter([30, 60]),
        "seen": {1, 2, 3},
        "optimizer": optimizer.state_dict(),
    }


def parameters():
    plain = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    attributed = torch.nn.Parameter(torch.arange(4.0), requires_grad=False)
    attributed.note = "a parameter with an attribute of its own"
    tensor = torch.arange(3.0)
    tensor.note = "a tensor with one"
    return {"parameter": plain, "parameter with state": attributed, "tensor with state": tensor}


def save_tar(path, state):
    """PyTorch before 0.1.10: `torch.load` still reads it, and nothing writes it any more."""
    tensors, storages = {}, {}

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, torch.Tensor):
                tensors[id(value)] = value
                return str(id(value))

    def pickled(value):
        return pickle.dumps(value, protocol=2)

    objects = io.BytesIO()
    Pickler(objects, protocol=2).dump({"epoch": 3, "state_dict": state})
    listing = pickled(len(tensors))
    for key, tensor in tensors.items():
        name = {torch.float32: "Float", torch.int64: "Long", torch.float64: "Double"}[tensor.dtype]
        storage = tensor.untyped_storage()
        storages[storage._cdata] = (name, tensor.element_size(), storage)
        record = pickled((key, storage._cdata, getattr(torch, name + "Tensor")))
        listing += record + struct.pack("<ii", tensor.dim(), 0)
        listing += struct.pack(f"<{2 * tensor.dim()}q", *tensor.shape, *tensor.stride())
        listing += struct.pack("<q", tensor.storage_offset())
    data = pickled(len(storages))
    for key, (name, size, storage) in storages.items():
        data += pickled((key, "cpu", getattr(torch, name + "Storage")))
        data += struct.pack("<q", storage.nbytes() // size) + bytes(storage)
    data += pickled([])
    info = pickled({"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}})

    with tarfile.open(path, "w:", format=tarfile.PAX_FORMAT) as tar:
        for name, content in [("sys_info", info), ("pickle", objects.getvalue()), ("tensors", listing), ("storages", data)]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def deflate(source, target):
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as deflated:
        for name in archive.namelist():
            deflated.writestr(zipfile.ZipInfo(name), archive.read(name), zipfile.ZIP_DEFLATED)


def contents(tensor):
    """Type, shape and, in C order, single-precision numbers or 64-bit integers as a CRC-32."""
    tensor = tensor.detach().contiguous()
    integral = not tensor.dtype.is_floating_point
    values = tensor.to(torch.int64 if integral else torch.float32).numpy()
    return [str(tensor.dtype)[6:], list(tensor.shape), zlib.crc32(values.tobytes())]


def state_of(path):
    loaded = torch.load(path, map_location="cpu", weights_only=False)
    state = loaded.get("state_dict", loaded)
    named = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    return {name: contents(tensor) for name, tensor in named.items()}


REALS = [torch.float32, torch.float16, torch.bfloat16, torch.float64]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]


def main():
    files = {}

    def save(name, value, **options):
        torch.save(value, HERE / name, **options)
        files[name] = state_of(HERE / name)

    save("types.pth", element_types(), **ZIP)
    save("types-stacked.pth", element_types(), **STACKED)
    save("views.pth", views(), **ZIP)
    save("views-stacked.pth", views(), **STACKED)
    save("parameters.pth", parameters(), **ZIP)
    for protocol in range(1, 6):
        save(f"training-protocol{protocol}.pth", training(views()), pickle_protocol=protocol, **ZIP)
        save(f"training-stacked-protocol{protocol}.pth", training(views()), pickle_protocol=protocol, **STACKED)

    deflate(HERE / "views.pth", HERE / "views-deflated.pth")
    files["views-deflated.pth"] = files["views.pth"]

    save_tar(HERE / "views-tar.pth", collections.OrderedDict(
        {**views(), "integers": torch.arange(5), "doubles": torch.arange(3, dtype=torch.float64) / 3}))
    files["views-tar.pth"] = state_of(HERE / "views-tar.pth")

    from safetensors.torch import save_file

    tensors = {name: tensor.contiguous().clone() for name, tensor in {**views(), **element_types()}.items()}
    save_file(tensors, HERE / "all.safetensors", metadata={"format": "pt", "note": "\u00e9\"\\\n"})
    files["all.safetensors"] = {name: contents(tensor) for name, tensor in tensors.items()}

    write("expected.json", files)
    others = sorted(p for p in HERE.parent.glob("*/*.pth.tar"))
    write("digests.json", {str(p.relative_to(HERE.parent)): digest(state_of(p)) for p in others})


def digest(state):
    """The number of tensors, and one CRC-32 over every tensor's name, type, shape and values."""
    lines = [f"{name} {kind} {shape} {crc}\n" for name, (kind, shape, crc) in state.items()]
    return [len(lines), zlib.crc32("".join(lines).encode())]


def write(name, files):
    lines = ",\n".join(
        f"{json.dumps(file)}: {{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in state.items()) + "}"
        if isinstance(state, dict) else f"{json.dumps(file)}: {json.dumps(state)}"
        for file, state in files.items())
    (HERE / name).write_text("{\n" + lines + "\n}\n")


main()

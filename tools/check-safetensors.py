#!/usr/bin/env python3
"""Opens a model file with the safetensors library and lists what it finds.

usage: check-safetensors.py MODEL.safetensors

Prints one line for each tensor, in the order of the names: name, element type, dimensions. Exit status 0 when the
library opens the file, every tensor can be read and holds finite numbers, and the metadata say what format it is.
"""
import sys

import numpy as np
from safetensors import safe_open


def main(path):
    with safe_open(path, framework="numpy") as file:
        if file.metadata().get("format") != "condensenet":
            sys.exit(f"{path}: expected the format condensenet, found {file.metadata().get('format')}")
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            if not np.isfinite(tensor).all():
                sys.exit(f"{path}: {name} holds numbers that are not finite")
            print(name, file.get_slice(name).get_dtype(), *tensor.shape)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])

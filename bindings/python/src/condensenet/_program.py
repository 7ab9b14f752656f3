"""The command-line program, which comes along in the wheel."""

import os
import pathlib
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Becomes the program."""
    os.execv(pathlib.Path(__file__).with_name("condensenet"), ["condensenet", *sys.argv[1:]])

"""The C interface of libcondensenet, as condensenet.h declares it."""

import ctypes
import os
import pathlib
import struct
from ctypes import POINTER, c_char_p, c_float, c_int, c_int32, c_size_t, c_uint32, c_void_p
from typing import NoReturn, Optional, Union


class ModelError(Exception):
    """A model file is damaged or of another kind, or its network's answer is not a number."""


class ImageError(Exception):
    """An image is damaged, of a kind that is not decoded, or not of the size that the network takes."""


class Frame(ctypes.Structure):
    """condensenet_frame"""

    _fields_ = [
        ("format", c_int),
        ("width", c_int32),
        ("height", c_int32),
        ("planes", c_void_p * 3),
        ("plane_bytes", c_size_t * 3),
        ("row_bytes", c_size_t * 3),
    ]


class Prediction(ctypes.Structure):
    """condensenet_prediction"""

    _fields_ = [("index", c_int32), ("probability", c_float), ("label", c_char_p)]


# The same two as bytes: writing and reading these takes a fraction of the time of ctypes' members.
FRAME = struct.Struct("iii3P3N3N")
PREDICTION = struct.Struct("ifP")

RGB24, RGBA, GRAY = 0, 2, 4
NO_FILE = 2
_EXCEPTIONS: dict[int, type[Exception]] = {
    1: ValueError,
    2: OSError,
    3: OSError,
    4: ModelError,
    5: ImageError,
    6: MemoryError,
    7: RuntimeError,
}

# A wheel brings its own library; CONDENSENET_LIBRARY names another.
library = ctypes.CDLL(
    os.environ.get("CONDENSENET_LIBRARY") or str(pathlib.Path(__file__).with_name("libcondensenet.so.0"))
)

_PREDICTIONS = [POINTER(Prediction), c_size_t, POINTER(c_size_t)]
for _name, _result, _arguments in [
    ("version", c_char_p, []),
    ("kernel_set", c_char_p, []),
    ("error_message", c_char_p, []),
    ("model_open", c_int, [c_char_p, c_uint32, POINTER(c_void_p)]),
    ("model_close", c_int, [c_void_p]),
    ("model_name", c_char_p, [c_void_p]),
    ("model_precision", c_char_p, [c_void_p]),
    ("model_input_shape", c_int, [c_void_p, POINTER(c_int32)]),
    ("model_classes", c_int32, [c_void_p]),
    ("model_has_labels", c_int32, [c_void_p]),
    ("model_label", c_char_p, [c_void_p, c_int32]),
    ("session_open", c_int, [c_void_p, c_int32, POINTER(c_void_p)]),
    ("session_close", c_int, [c_void_p]),
    ("classify_file", c_int, [c_void_p, c_char_p, *_PREDICTIONS]),
    ("classify_bytes", c_int, [c_void_p, c_char_p, c_size_t, *_PREDICTIONS]),
    ("classify_frame", c_int, [c_void_p, POINTER(Frame), *_PREDICTIONS]),
    ("logits", c_int, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t]),
]:
    _function = getattr(library, f"condensenet_{_name}")
    _function.restype, _function.argtypes = _result, _arguments


def check(status: int, path: Optional[bytes] = None) -> None:
    """Raises what a status other than 0 stands for."""
    if status != 0:
        fail(status, path)


def fail(status: int, path: Optional[bytes] = None) -> NoReturn:
    """Raises the exception for a status, with the message of this thread's last call that failed."""
    message: bytes = library.condensenet_error_message()
    if status == NO_FILE and path is not None:
        # The system says why in the exception that belongs to it: FileNotFoundError, PermissionError and others.
        with open(path, "rb"):
            pass
    raise _EXCEPTIONS.get(status, RuntimeError)(message.decode(errors="replace"))


def text(found: Optional[bytes]) -> str:
    """The text that a function gave back; null stands for an error."""
    if found is None:
        fail(1)
    return found.decode()


def encoded(path: Union[str, "os.PathLike[str]"]) -> bytes:
    """A path as C has it."""
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError("embedded null byte in a path")
    return encoded

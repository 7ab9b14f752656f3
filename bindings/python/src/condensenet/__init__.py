"""Classifies images with condensed CondenseNets.

>>> model = condensenet.load("model.safetensors")
>>> model.classify("photo.jpg", top=1)
[Prediction(label='Ankle boot', index=9, probability=0.9998...)]
"""

import ctypes
import dataclasses
import os
import threading
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from . import _library
from ._library import ImageError, ModelError, check, library, text

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["Image", "ImageError", "Model", "ModelError", "Prediction", "kernel_set", "load"]

__version__: str = text(library.condensenet_version())

Image = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, npt.NDArray[np.uint8], "PIL.Image.Image"]
"""What is classified: a file's path, its bytes, pixels as uint8 [H, W, 3] (RGB), [H, W, 4] (RGBA) or [H, W] (grey), or an
image of Pillow, whose pixels are taken as they are stored."""


@dataclasses.dataclass(frozen=True, init=False)
class Prediction:
    """A class and how likely it is."""

    label: str
    """The class's label, or its number where the model has no labels."""
    index: int
    """The class, counted from 0."""
    probability: float
    """From the softmax over all classes."""

    def __init__(self, label: str, index: int, probability: float) -> None:
        """Takes the members as they are."""
        # What dataclasses would write here calls a function of Python's for each member of a frozen class.
        members = self.__dict__
        members["label"], members["index"], members["probability"] = label, index, probability


def load(path: Union[str, "os.PathLike[str]"], threads: int = 1) -> "Model":
    """Loads and proves the model or architecture file at a path.

    `threads`, 1 to 64, share each image; the answers do not depend on how many. Raises `FileNotFoundError` and other
    `OSError`s, `ModelError` for a file that is damaged or of another kind, `ValueError`, `MemoryError`.
    """
    return Model(path, threads)


def kernel_set() -> str:
    """The instruction set whose kernels run here: the widest that the processor has, or the one that CONDENSENET_KERNELS names.

    Raises `ValueError` where that is none that can run here.
    """
    return text(library.condensenet_kernel_set())


class Model:
    """A network that is ready to run. Any number of threads may use it at once; so may a process that was forked off later."""

    name: str
    """The network's name."""
    input_shape: tuple[int, int, int]
    """Channels, height and width of the network's input."""
    classes: int
    """How many classes it tells apart."""
    labels: list[str]
    """Their labels; empty where the model has none."""
    precision: str
    """What the network is computed in, such as "f32"."""
    threads: int
    """How many threads share each image."""

    def __init__(self, path: Union[str, "os.PathLike[str]"], threads: int = 1) -> None:
        """Loads a model; see `load`."""
        if not 1 <= threads <= 64:
            raise ValueError(f"expected 1 to 64 threads, found {threads}")
        encoded = _library.encoded(path)
        model = ctypes.c_void_p()
        check(library.condensenet_model_open(encoded, 0, ctypes.byref(model)), encoded)
        # Sessions that no thread uses at the moment, all of the process that `_process` names.
        self._idle: list[ctypes.c_void_p] = []
        self._process = os.getpid()
        self._model = model
        weakref.finalize(self, _close, model, self._idle)
        self.threads = threads
        self._idle.append(self._open())
        shape = (ctypes.c_int32 * 3)()
        check(library.condensenet_model_input_shape(model, shape))
        self.name = text(library.condensenet_model_name(model))
        self.precision = text(library.condensenet_model_precision(model))
        self.input_shape = (shape[0], shape[1], shape[2])
        self.classes = library.condensenet_model_classes(model)
        self._names = [text(library.condensenet_model_label(model, index)) for index in range(self.classes)]
        self.labels = list(self._names) if library.condensenet_model_has_labels(model) == 1 else []

    def __repr__(self) -> str:
        return f"<condensenet.Model {self.name!r}, {self.classes} classes, {self.precision}>"

    def classify(self, image: Image, top: int = 5) -> list[Prediction]:
        """The likeliest classes of an image, the likeliest first; at most `top`.

        The image is resized, cropped and normalised as the model file says. Raises `FileNotFoundError` and other `OSError`s,
        `ImageError` for an image that cannot be decoded or has a size that the network does not take, `ValueError` for an
        array of another shape or type, `TypeError` for an object that is no image.
        """
        if top < 0:
            raise ValueError(f"top: expected 0 or more, found {top}")
        room = min(top, self.classes)
        found = (_library.Prediction * room)()
        count = ctypes.c_size_t()
        answer = (found, room, ctypes.byref(count))
        # Arrays first: they come from where every microsecond counts.
        if isinstance(image, np.ndarray) or not isinstance(image, (str, os.PathLike, bytes, bytearray, memoryview)):
            pixels = _pixels(image)
            frame = _frame(pixels)
            self._run(library.condensenet_classify_frame, ctypes.byref(frame), *answer)
        elif isinstance(image, (str, os.PathLike)):
            path = _library.encoded(image)
            self._run(library.condensenet_classify_file, path, *answer, path=path)
        else:
            content = bytes(image)
            self._run(library.condensenet_classify_bytes, content, len(content), *answer)
        names = self._names
        answers = islice(_library.PREDICTION.iter_unpack(found), count.value)
        return [Prediction(names[index], index, probability) for index, probability, _ in answers]

    def classify_batch(
        self, images: Iterable[Image], top: int = 5, jobs: int = 1
    ) -> list[Union[list[Prediction], Exception]]:
        """Classifies images, `jobs` at the same time: for each, in order, what `classify` gives or the exception that it raises."""

        def answer(image: Image) -> Union[list[Prediction], Exception]:
            try:
                return self.classify(image, top)
            except Exception as error:
                return error

        with ThreadPoolExecutor(jobs) as workers:
            return list(workers.map(answer, images))

    def logits(self, x: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """The network's answers to normalised images, float32 [N, 3, H, W], as float32 [N, classes].

        Raises `ValueError` for another shape.
        """
        images = np.ascontiguousarray(x, dtype=np.float32)
        if images.ndim != 4 or images.shape[1:] != self.input_shape:
            raise ValueError(f"expected shape (N, {', '.join(map(str, self.input_shape))}), found {images.shape}")
        logits = np.empty((len(images), self.classes), np.float32)
        if len(images):
            self._run(library.condensenet_logits, images.ctypes.data, images.size, logits.ctypes.data, logits.size)
        return logits

    def _open(self) -> ctypes.c_void_p:
        session = ctypes.c_void_p()
        check(library.condensenet_session_open(self._model, self.threads, ctypes.byref(session)))
        return session

    def _run(self, function: Any, *arguments: Any, path: Union[bytes, None] = None) -> None:
        """Calls a function with a session that no other thread uses meanwhile."""
        if self._process != os.getpid():
            with _fork_lock:
                if self._process != os.getpid():
                    # Sessions from before a fork have their threads in another process.
                    self._idle.clear()
                    self._process = os.getpid()
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._open()
        status = function(session, *arguments)
        # What follows may ask for the thread's message, which giving the session back does not touch.
        self._idle.append(session)
        check(status, path)


# Held while sessions from before a fork are let go. A child gets one that no thread holds.
_fork_lock = threading.Lock()


def _renew_fork_lock() -> None:
    global _fork_lock
    _fork_lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_fork_lock)

_FORMATS = {1: _library.GRAY, 3: _library.RGB24, 4: _library.RGBA}
_LARGEST = 2**31 - 1


def _close(model: ctypes.c_void_p, sessions: list[ctypes.c_void_p]) -> None:
    for session in sessions:
        library.condensenet_session_close(session)
    library.condensenet_model_close(model)


def _pixels(image: Any) -> npt.NDArray[np.uint8]:
    """An image's pixels as an array whose rows may lie apart, but whose pixels do not."""
    if not isinstance(image, np.ndarray) and hasattr(image, "convert") and hasattr(image, "getbands"):
        image = np.asarray(image.convert("RGB"))
    if not isinstance(image, np.ndarray):
        raise TypeError(f"expected a path, bytes, an array or an image of Pillow, found {type(image).__name__}")
    if image.dtype != np.uint8:
        raise ValueError(f"expected an array of uint8, found {image.dtype}")
    if not (image.ndim == 2 or image.ndim == 3 and image.shape[2] in (3, 4)) or image.size == 0:
        raise ValueError(f"expected an array [H, W, 3], [H, W, 4] or [H, W], found {list(image.shape)}")
    pixels: npt.NDArray[np.uint8] = image
    pixel = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.strides[1:] != ((pixel, 1) if pixels.ndim == 3 else (1,)) or pixels.strides[0] < pixels.shape[1] * pixel:
        pixels = np.ascontiguousarray(pixels)
    return pixels


def _frame(pixels: npt.NDArray[np.uint8]) -> _library.Frame:
    """Pixels as the library takes them; they must be kept as long as the frame is used."""
    height, width = pixels.shape[:2]
    pixel = pixels.shape[2] if pixels.ndim == 3 else 1
    # The stride of a single row may be any number.
    row = pixels.strides[0] if height > 1 else width * pixel
    # What is too large for the field is too large for an image.
    return _library.Frame.from_buffer_copy(
        _library.FRAME.pack(
            _FORMATS[pixel], min(width, _LARGEST), min(height, _LARGEST),
            pixels.ctypes.data, 0, 0, row * (height - 1) + width * pixel, 0, 0, row, 0, 0,
        )
    )

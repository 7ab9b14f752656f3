import ctypes
import dataclasses
import inspect
import re

from conftest import ROOT

import condensenet
from condensenet import _library


def signatures():
    """What users may rely on, a line each."""
    for name in sorted(condensenet.__all__):
        value = getattr(condensenet, name)
        if inspect.isfunction(value):
            yield f"{name}({', '.join(map(parameter, inspect.signature(value).parameters.values()))})"
        elif inspect.isclass(value) and issubclass(value, Exception):
            yield f"{name}: {value.__base__.__name__}"
        elif dataclasses.is_dataclass(value):
            yield f"{name}({', '.join(field.name for field in dataclasses.fields(value))})"
        elif inspect.isclass(value):
            for attribute in sorted(inspect.get_annotations(value) if hasattr(inspect, "get_annotations") else value.__annotations__):
                yield f"{name}.{attribute}"
            for method, function in sorted(vars(value).items()):
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{method}({', '.join(map(parameter, inspect.signature(function).parameters.values()))})"
        else:
            yield name


def parameter(one):
    return one.name if one.default is one.empty else f"{one.name}={one.default!r}"


def test_the_signatures_are_those_promised():
    promised = (ROOT / "bindings/python/signatures.txt").read_text().splitlines()
    assert list(signatures()) == promised


def test_the_library_is_called_as_its_header_declares():
    """Numbers of parameters, result types, and the structures' members."""
    header = re.sub(r"/\*.*?\*/", "", (ROOT / "Sources/CondenseNetC/include/condensenet.h").read_text(), flags=re.S)
    declared = {
        name: (result.strip(), [one.strip() for one in arguments.split(",") if one.strip() != "void"])
        for result, name, arguments in re.findall(r"^([\w ]+[ *])(condensenet_\w+)\(([^)]*)\);", header, re.M)
    }
    assert len(declared) == 20
    results = {"condensenet_status": ctypes.c_int, "int32_t": ctypes.c_int32, "const char *": ctypes.c_char_p}
    called = 0
    for name, (result, arguments) in declared.items():
        function = _library.library[name] if name not in vars(_library.library) else getattr(_library.library, name)
        if function.argtypes is None:
            continue
        called += 1
        assert function.restype is results[result] and len(function.argtypes) == len(arguments), name
        for found, text in zip(function.argtypes, arguments):
            size = 4 if re.match(r"(u?int32_t) \w+$", text) else 8
            assert ctypes.sizeof(found) == size, (name, text)
    assert called == 17
    for name, structure in [("frame", _library.Frame), ("prediction", _library.Prediction)]:
        body = re.search(rf"typedef struct condensenet_{name} {{(.*?)}}", header, re.S).group(1)
        assert [one[0] for one in structure._fields_] == re.findall(r"(\w+)(?:\[3\])?;", body)


def test_structures_as_bytes_are_those_of_the_header():
    for packed, structure in [(_library.FRAME, _library.Frame), (_library.PREDICTION, _library.Prediction)]:
        assert packed.size == ctypes.sizeof(structure)
    frame = _library.Frame.from_buffer_copy(_library.FRAME.pack(*range(1, 13)))
    assert (frame.format, frame.width, frame.height) == (1, 2, 3)
    assert [list(frame.planes), list(frame.plane_bytes), list(frame.row_bytes)] == [[4, 5, 6], [7, 8, 9], [10, 11, 12]]
    prediction = _library.Prediction(7, 0.5, None)
    assert list(_library.PREDICTION.iter_unpack(prediction)) == [(7, 0.5, 0)]

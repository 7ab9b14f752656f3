"""Reads the plain names inside Swift's mangled symbols, as docs/ABI/Mangling.rst of the Swift project defines them."""
import re


def identifiers(mangled):
    """The identifiers of a mangled symbol in order, private scopes left out.

    Each is its length, then its letters; one that starts with 0 has letters that stand for words of earlier ones.
    """
    names, words, position = [], [], 0
    while position < len(mangled):
        # `S2i` repeats a standard type and holds no name.
        if repeated := re.compile(r"S\d+[a-z]").match(mangled, position):
            position = repeated.end()
        elif mangled[position].isdigit():
            name, position = identifier(mangled, position, words)
            if name.isidentifier() and not re.fullmatch(r"_[0-9A-F]{32}", name):
                names.append(name)
        else:
            position += 1
    return names


def identifier(mangled, position, words):
    """The identifier at `position`, and where it ends; `words` gains the words spelled out in it."""
    name, substitutes = "", mangled[position] == "0"
    position += substitutes
    while True:
        while substitutes and position < len(mangled) and mangled[position].isalpha():
            letter = mangled[position]
            substitutes = letter.islower()
            index = ord(letter.lower()) - ord("a")
            name += words[index] if index < len(words) else "?"
            position += 1
        length = re.compile(r"\d*").match(mangled, position).group()
        if length.startswith("0"):
            return name, position + 1
        if not length:
            return name, position
        position += len(length)
        part = mangled[position:position + int(length)]
        position += len(part)
        name += part
        # A word ends where a capital follows another character; no digit begins one.
        words += [word for word in re.findall(r"(?:[A-Z]+|[^\d_A-Z])[^_A-Z]*", part) if len(word) > 1]
        if not substitutes:
            return name, position


def kernel(mangled):
    """What a symbol of a module of kernels is: `GroupRun.blocks Pixels8`; `None` for other symbols."""
    if not re.match(r"\$s(7Kernels|14IntegerKernels|\d+zKernels)", mangled):
        return None
    names = identifiers(mangled[2:])[1:]
    types = [name for name in names[2:] if re.match(r"(Direct|Output|Joined)?(Pixels|Tile|Outputs)\d*$", name)]
    # Which outputs and bundles are joined is left out: a mangled name spells a type only once.
    if "JoinedPixels" in types:
        types = types[:types.index("JoinedPixels") + 1]
    left_out = {"DirectTile", "OutputTile"} | ({"OutputTile1"} if "JoinedOutputs" in types else set())
    return " ".join([".".join(names[:2])] + [name for name in types if name not in left_out])

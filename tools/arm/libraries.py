"""The functions of shared libraries at addresses of a process, for libraries that say little of themselves.

A stripped library still lists where its functions lie, in the table by which exceptions are unwound (.eh_frame_hdr), and the
functions that it exports. Assembly that is in neither begins a function after each return.
"""
import bisect
import pathlib
import re
import struct
import subprocess

RETURN = b"\xc0\x03\x5f\xd6"


class Library:
    def __init__(self, path):
        self.name = path.name
        data = path.read_bytes()
        offset, size, count = *struct.unpack_from("<Q", data, 32), *struct.unpack_from("<HH", data, 54)
        segments = [struct.unpack_from("<IIQQQQ", data, offset + size * i) for i in range(count)]
        # (offset in the file, address, bytes, whether it is code) of what is loaded.
        self.loaded = [(start, address, length, flags & 1) for kind, flags, start, address, _, length in segments if kind == 1]
        listed = subprocess.run(["llvm-nm", "-D", "--defined-only", "-C", path], stdout=subprocess.PIPE, text=True).stdout
        self.names = {int(address, 16): name for address, name in re.findall(r"^([0-9a-f]+) [TtWi] (.+)$", listed, re.M)}
        known = []
        for kind, _, start, address, _, _ in segments:
            # Only the usual form is read: pairs of 32 bits, relative to the table, for a function and its record, which has
            # the function's length behind its beginning.
            if kind == 0x6474E550 and data[start + 2:start + 4] == b"\x03\x3b":
                entries = struct.unpack_from("<I", data, start + 8)[0]
                for function, record in struct.iter_unpack("<ii", data[start + 12:start + 12 + 8 * entries]):
                    known.append((address + function, struct.unpack_from("<I", data, start + record + 12)[0]))
        starts = set(self.names) | {begin for begin, _ in known} | {begin + length for begin, length in known}
        # Assembly: code between what is known.
        for start, address, length, is_code in self.loaded:
            if not is_code:
                continue
            position = address
            for begin, extent in sorted([entry for entry in known if address <= entry[0] < address + length]) + [(address + length, 0)]:
                gap = data[start + position - address:start + begin - address]
                starts |= {position + found.end() for found in re.finditer(re.escape(RETURN), gap) if found.start() % 4 == 0}
                position = max(position, begin + extent)
        self.starts = sorted(starts)

    def function(self, offset):
        """The name, or the address, of the function that holds the byte at an offset in the file."""
        address = next((offset - start + base for start, base, length, _ in self.loaded if start <= offset < start + length), offset)
        index = bisect.bisect_right(self.starts, address) - 1
        start = self.starts[index] if index >= 0 else address
        return f"{self.name} {self.names.get(start, hex(start))}"


class Process:
    """A process by a copy of its /proc/self/maps."""

    def __init__(self, maps):
        self.ranges, self.libraries = [], {}
        for line in maps.read_text().splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ \d+\s+(/.*)$", line)
            if found:
                begin, end, offset = (int(found[i], 16) for i in (1, 2, 3))
                self.ranges.append((begin, end, offset, pathlib.Path(found[4])))

    def function(self, symbol):
        """What the plugin's name or hexadecimal address stands for."""
        if not re.fullmatch("[0-9a-f]{4,16}", symbol):
            return symbol
        address = int(symbol, 16)
        for begin, end, offset, path in self.ranges:
            if begin <= address < end:
                if path not in self.libraries:
                    self.libraries[path] = Library(path)
                return self.libraries[path].function(address - begin + offset)
        return "elsewhere"

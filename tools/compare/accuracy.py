#!/usr/bin/env python3
"""Draws accuracy against latency as an SVG file: published top-1 error, and the times that tools/compare/run measured.

usage: accuracy.py TIMES.json PICTURE.svg

TIMES.json is what `tools/compare/run --json` wrote. A filled point is our time, a ring that of the fastest other runtime
on the same network, a line joins them. Networks without a published error here are left out, which is said. The picture
is for a page 360 pixels wide as well as for a wide one, and follows the reader's choice of light or dark.
"""
import json
import math
import sys
from xml.sax.saxutils import escape

# Of 100 images of ImageNet's validation set, the central crop, those whose first answer is wrong, as the papers print it.
ERRORS = {
    "condensenet-74-g4": ("CondenseNet G=4", 26.2),
    "condensenet-74-g8": ("CondenseNet G=8", 29.0),
    "condensenet-v2-a": ("CondenseNetV2-A", 35.6),
    "condensenet-v2-b": ("CondenseNetV2-B", 28.1),
    "condensenet-v2-c": ("CondenseNetV2-C", 24.1),
    "densenet-121": ("DenseNet-121", 25.0),
    "mobilenet-v1": ("MobileNet-v1", 29.4),
    "resnet-18": ("ResNet-18", 30.2),
    "vgg-16": ("VGG-16", 28.5),
}
WIDTH, HEIGHT, TEXT = 640, 640, 20
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 84, 66
STYLE = """
  text { font: 20px system-ui, sans-serif; fill: #24292f } .small { font-size: 18px; fill: #57606a }
  .page { fill: #ffffff } .grid { stroke: #d0d7de } .ours { fill: #2f6fde } .ring { fill: #ffffff; stroke: #57606a; stroke-width: 3 }
  .join { stroke: #8c959f; stroke-width: 2; stroke-dasharray: 2 5 } .family { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 } .page { fill: #0d1117 } .grid { stroke: #30363d } .ours { fill: #6ca4ff }
    .ring { fill: #0d1117; stroke: #9198a1 } .join { stroke: #6e7681 }
  }
"""


def ticks(low, high):
    """1, 2, 5 and their tenfolds between two positive numbers."""
    steps = [m * 10**e for e in range(-2, 5) for m in (1, 2, 5)]
    return [step for step in steps if low <= step <= high]


def points(results):
    """[(label, error, our milliseconds, the best other's, or None)]; what is measured and has no error is named."""
    found = []
    for stem, rows in results.items():
        if stem not in ERRORS:
            print(f"{stem}: no published error is known here; left out", file=sys.stderr)
            continue
        # Published errors are of float32.
        rows = [row for row in rows if ", int8" not in row["runtime"]]
        ours = min(row["ms"] for row in rows if row["runtime"].startswith("condensenet"))
        others = [row["ms"] for row in rows if not row["runtime"].startswith("condensenet")]
        found.append((*ERRORS[stem], ours, min(others, default=None)))
    return sorted(found, key=lambda point: point[2])


def place(texts, taken):
    """For each (text, x, y, right) a place beside its point that no other text, point or edge is in, as far as there is one."""
    placed = []
    for text, x, y, right in texts:
        width = (0.69 if text.startswith("CondenseNet") else 0.56) * TEXT * len(text)
        choices = [(x - width / 2, y - 14), (x - width / 2, y + 32), (right + 16, y + 8), (x - 16 - width, y + 8),
                   (x + 8, y - 18), (x + 8, y + 36), (x - width - 8, y - 18), (x - width - 8, y + 36),
                   (right - width, y - 14), (right - width, y + 32), (right + 12, y - 2), (right, y - 16), (right, y + 34)]

        def clashes(choice):
            left, base = choice
            box = (left, base - TEXT, left + width, base + 6)
            outside = max(0, LEFT + 4 - box[0]) + max(0, box[2] - WIDTH + 4) + max(0, TOP - box[1])
            overlaps = sum(box[0] < r and l < box[2] and box[1] < b and t < box[3] for l, t, r, b in taken)
            return 40 * overlaps + 5 * outside
        left, base = min(choices, key=clashes)
        taken.append((left, base - TEXT, left + width, base + 6))
        placed.append((text, left, base))
    return placed


def draw(measured, title):
    times = [time for _, _, ours, other in measured for time in (ours, other) if time]
    errors = [error for _, error, *_ in measured]
    low, high = min(times) / 3, max(times) * 1.5
    best, worst = math.floor(min(errors)) - 1, math.ceil(max(errors)) + 1

    def x(time): return LEFT + (WIDTH - LEFT - RIGHT) * math.log(time / low) / math.log(high / low)
    def y(error): return TOP + (HEIGHT - TOP - BOTTOM) * (worst - error) / (worst - best)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
             f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
             '<text x="16" y="30" class="family">Top-1 error on ImageNet, %</text>',
             f'<circle class="ours" cx="26" cy="56" r="8"/><text class="small" x="42" y="62">condensenet</text>',
             f'<circle class="ring" cx="186" cy="56" r="7"/><text class="small" x="202" y="62">'
             "best other runtime, same network</text>"]
    for error in range(best, worst + 1, 2 if worst - best <= 16 else 5):
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(error):.1f}" y2="{y(error):.1f}"/>'
                     f'<text class="small" x="{LEFT - 10}" y="{y(error) + 7:.1f}" text-anchor="end">{error}</text>')
    for time in ticks(low, high):
        lines.append(f'<line class="grid" x1="{x(time):.1f}" x2="{x(time):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                     f'<text class="small" x="{x(time):.1f}" y="{HEIGHT - BOTTOM + 26}" text-anchor="middle">'
                     f"{time:g}</text>")
    lines.append(f'<text class="small" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">'
                 "milliseconds for one image, one thread</text>")
    taken = []
    for _, error, ours, other in measured:
        taken += [(x(time) - 10, y(error) - 10, x(time) + 10, y(error) + 10) for time in (ours, other) if time]
        if other:
            taken.append((x(min(ours, other)), y(error) - 2, x(max(ours, other)), y(error) + 2))
            lines.append(f'<line class="join" x1="{x(ours):.1f}" x2="{x(other):.1f}" y1="{y(error):.1f}" '
                         f'y2="{y(error):.1f}"/>')
            lines.append(f'<circle class="ring" cx="{x(other):.1f}" cy="{y(error):.1f}" r="7"/>')
        lines.append(f'<circle class="ours" cx="{x(ours):.1f}" cy="{y(error):.1f}" r="8"/>')
    for text, left, base in place(
            [(label, x(ours), y(error), x(max(ours, other or ours))) for label, error, ours, other in measured], taken):
        family = ' class="family"' if text.startswith("CondenseNet") else ""
        lines.append(f'<text{family} x="{left:.1f}" y="{base:.1f}">{escape(text)}</text>')
    return "\n".join(lines + ["</svg>", ""])


def main(times, picture):
    with open(times) as file:
        results = json.load(file)
    measured = points(results["networks"])
    if not measured:
        sys.exit(f"{times}: expected results of networks with a published error, found none")
    with open(picture, "w") as file:
        file.write(draw(measured, f"Accuracy against latency: {results['processor']}, {results['date']}"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""Draws the model's times as an SVG that a phone can show, in light and dark."""
from html import escape

from cores import CORES

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 13px } .quiet { fill: #59636e }
.ours { fill: #2f6fde } .other { fill: #9aa5b1 } .ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 } .ours { fill: #4c8dff } .other { fill: #6b7684 } .ground { fill: #0d1117 }
}"""
WIDTH, LEFT, RIGHT, BAR = 390, 118, 92, 15


def svg(results):
    """`results`: network -> core -> [(runtime, precision, cycles)], ours first."""
    body, y = [], 20

    def text(x, content, kind=""):
        body.append(f'<text x="{x}" y="{y}"{kind and f" class={chr(34)}{kind}{chr(34)}"}>{escape(content)}</text>')

    text(10, "One image, one thread: modelled milliseconds", "title")
    y += 16
    text(10, "From counted instructions. No board was measured.", "quiet")
    for network, rows in results.items():
        y += 26
        text(10, f"{network}, 224×224", "title")
        times = {core.name: [count / core.gigahertz / 1e6 for _, _, count in rows[core.name]] for core in CORES}
        scale = (WIDTH - LEFT - RIGHT) / max(map(max, times.values()))
        for core in CORES:
            y += 22
            text(10, f"{core.name}, {core.gigahertz} GHz ({core.board})", "quiet")
            for (runtime, precision, _), time in zip(rows[core.name], times[core.name]):
                y += BAR + 2
                text(10, runtime.rsplit(" ", 1)[0])
                kind = "ours" if runtime == rows[core.name][0][0] else "other"
                body.append(f'<rect x="{LEFT}" y="{y - 11}" width="{time * scale:.1f}" height="{BAR - 2}" rx="2" class="{kind}"/>')
                text(round(LEFT + time * scale + 5), f"{time:.0f} ms, {precision}")
    height = y + 14
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="Modelled milliseconds of one image on four Arm cores">\n<style>{STYLE}\n</style>\n'
            f'<rect width="{WIDTH}" height="{height}" class="ground"/>\n' + "\n".join(body) + "\n</svg>\n")

"""Draws what costs how much against the number of subusers: `plot.py FILE.svg`, the figures as JSON
on standard input. It runs in the environment of `make peers`.
"""

import json
import sys

import matplotlib as mpl

mpl.use("svg")
# The same figures make the same file.
mpl.rcParams |= {"svg.hashsalt": "legacygrid", "svg.fonttype": "none", "font.size": 10}

from matplotlib import pyplot  # noqa: E402 - it takes the settings as they are now
from matplotlib.ticker import FuncFormatter  # noqa: E402


def draw(path: str, sizes: list[int], milliseconds: dict[str, list[float]]) -> None:
    """A line for each work, both axes logarithmic."""
    figure, axes = pyplot.subplots(figsize=(9, 5.4))
    colours = pyplot.get_cmap("tab10").colors
    for (name, values), colour in zip(milliseconds.items(), colours, strict=False):
        axes.plot(sizes, values, marker="o", color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="subusers", ylabel="milliseconds, one client")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axes.grid(visible=True, color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    # As the lines are above each other on the right, so are their names.
    lines, names = axes.get_legend_handles_labels()
    order = sorted(range(len(lines)), key=lambda place: -lines[place].get_ydata()[-1])
    axes.legend(
        [lines[place] for place in order],
        [names[place] for place in order],
        loc="center left",
        bbox_to_anchor=(1, 0.5),
        frameon=False,
    )
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    draw(sys.argv[1], **json.load(sys.stdin))

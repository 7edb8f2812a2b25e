"""Draws a rehearsal: messages by day and level, peaks named, long holidays shaded, and what one person must bear.

The same numbers give the same bytes. Levels are told apart by how dark they are, so that a grey print and a
colour-blind reader lose nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from math import ceil
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FuncFormatter

from rules.rehearsal_text import level_name
from rules.text import say
from schemas.reason import ErrorKind, Refusal
from schemas.rehearsal import DayLoad, Rehearsal

SUFFIXES = (".png", ".svg")

_CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    *("Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Noto Serif CJK SC", "Arial Unicode MS"),
    *("Noto Sans CJK JP", "Droid Sans Fallback"),
)
_SHADES = ("#d4d4d4", "#fed976", "#fd8d3c", "#e31a1c", "#8c0026", "#2b0010")
"""By level, each darker than the one before."""

_BUSIEST = (("#08519c", "o", "full"), ("#d95f02", "^", "none"))
"""Colour, marker and filling of each version in the last panel."""

_HOLIDAY = "#dbe9f6"
_PEAKS = 3
_PEAKS_APART = 0.09
"""Least distance of two named peaks, as a share of the time shown."""

_WIDTH, _PANEL_HEIGHT, _LAST_HEIGHT = 11.0, 3.0, 2.1
_BARS = 500
"""A bar takes at least so fine a part of the time shown, or it could not be seen. Of the days that fall into the same
part the heaviest one is drawn, so that a peak is never lost and no bar hides another."""

_DATES = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"]
_FIRST_DATES = ["", "%Y-%m", "%Y-%m", "%m-%d", "%H:%M", "%H:%M"]
"""Of the first day of a month, the first month of a year."""

_LEGEND_COLUMNS = 4


class Version(NamedTuple):
    """What is drawn in a panel of its own.

    Attributes:
        name: What the version is called.
        rehearsal: What it gave.
    """

    name: str
    rehearsal: Rehearsal


def draw_rehearsal(versions: Sequence[Version], path: Path, lang: str) -> str:
    """Draw one or two versions, below each other on the same days and scale, and return the language of the labels.

    A PNG needs a font for Chinese, otherwise its labels are English; in an SVG text stays text, and the reader's own
    fonts show it.

    Args:
        versions: What is compared; the first one's capacity is drawn.
        path: File to write; its suffix decides the format.
        lang: Language of the labels.

    Raises:
        Refusal: The suffix is none of `SUFFIXES` (`INVALID`), or the file cannot be written (`UNAVAILABLE`).
    """
    check_suffix(path)
    suffix = path.suffix.lower()
    if lang.startswith("zh") and suffix == ".png" and not _installed():
        lang = "en"
    with _style():
        figure = _figure(versions, lang)
        undated = {"Date": None, "Creator": None} if suffix == ".svg" else {"Software": None}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(path, format=suffix[1:], metadata=undated)
        except OSError as error:
            raise Refusal("output.not_written", ErrorKind.UNAVAILABLE, file=str(path), detail=str(error)) from error
    return lang


def check_suffix(path: Path) -> None:
    """Pass when a plot can be written into such a file.

    Raises:
        Refusal: It has another suffix (`INVALID`); names those that can be written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise Refusal("output.suffix", ErrorKind.INVALID, file=str(path), known=", ".join(SUFFIXES))


@cache
def _installed() -> tuple[str, ...]:
    """Return the fonts of this machine that can show Chinese."""
    known = {font.name for font in fontManager.ttflist}
    return tuple(font for font in _CHINESE_FONTS if font in known)


@contextmanager
def _style() -> Iterator[None]:
    settings = {
        "font.family": ["DejaVu Sans", *_installed()],
        "font.size": 9,
        "svg.fonttype": "none",
        "svg.hashsalt": "cuntong",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "figure.dpi": 110,
        "savefig.dpi": 110,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Without a Chinese font only the widths of words in an SVG are guessed; the words themselves are all there.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _figure(versions: Sequence[Version], lang: str) -> Figure:
    heights = [_PANEL_HEIGHT] * len(versions) + [_LAST_HEIGHT]
    figure = Figure(figsize=(_WIDTH, sum(heights) + 0.7), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    days = [day for version in versions for day in version.rehearsal.days]
    first, last = min((day.number for day in days), default=0), max((day.number for day in days), default=1)
    span = max(last - first, 1)
    top = max((day.messages for day in days), default=1)
    for axes, version in zip(panels, versions, strict=False):
        _messages(axes, version.rehearsal, span, lang)
        axes.set_ylim(0, top * 1.3)
        title = say("plot.title", lang, projects=f"{version.rehearsal.projects:,}")
        one = len(versions) == 1
        axes.set_title(title if one else say("plot.version", lang, title=title, name=version.name), loc="left")
    _burden(panels[-1], versions, _bar_days(span), lang)
    for axes in panels:
        _holidays(axes, versions[0].rehearsal, lang)
    panels[-1].set_xlim(first - span * 0.02, last + span * 0.03)
    if not any(day.day.startswith("day") for day in days[:1]):
        locator = AutoDateLocator(minticks=6, maxticks=14)  # type: ignore[no-untyped-call] # matplotlib tells no types
        told = ConciseDateFormatter(locator, formats=_DATES, zero_formats=_FIRST_DATES, show_offset=False)  # type: ignore[no-untyped-call] # the same
        panels[-1].xaxis.set_major_locator(locator)
        panels[-1].xaxis.set_major_formatter(told)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), _LEGEND_COLUMNS), frameon=False)
    return figure


def _messages(axes: Axes, found: Rehearsal, span: int, lang: str) -> None:
    """Draw the messages of each day, the levels one upon the other."""
    width = _bar_days(span)
    days = _heaviest(found.days, width, attrgetter("messages"))
    starts = [day.number // width * width for day in days]
    below = [0] * len(days)
    for level in sorted({level for day in found.days for level in day.by_level}):
        heights = [day.by_level.get(level, 0) for day in days]
        shade = _SHADES[min(level, len(_SHADES) - 1)]
        name = level_name(found, level, lang)
        axes.bar(starts, heights, width, below, align="edge", color=shade, label=name, linewidth=0)
        below = [under + height for under, height in zip(below, heights, strict=True)]
    axes.set_ylabel(say("plot.messages", lang))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    for peak in _peaks(found, span):
        axes.annotate(
            say("plot.peak", lang, day=peak.day, messages=f"{peak.messages:,}"),
            (peak.number, peak.messages),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8,
        )


def _bar_days(span: int) -> int:
    return max(1, ceil(span / _BARS))


def _heaviest(days: Iterable[DayLoad], width: int, weight: Callable[[DayLoad], int]) -> list[DayLoad]:
    """Return the heaviest day of every `width` days, in order of time."""
    found: dict[int, DayLoad] = {}
    for day in days:
        bar = day.number // width
        if bar not in found or weight(day) > weight(found[bar]):
            found[bar] = day
    return list(found.values())


def _peaks(found: Rehearsal, span: int) -> list[DayLoad]:
    """Return the heaviest days that are far enough from each other to be named."""
    chosen: list[DayLoad] = []
    for day in found.heaviest_days:
        if all(abs(day.number - other.number) >= span * _PEAKS_APART for other in chosen):
            chosen.append(day)
    return chosen[:_PEAKS]


def _burden(axes: Axes, versions: Sequence[Version], width: int, lang: str) -> None:
    """Draw what the busiest person of each day receives, beside what one person can act on."""
    capacity = versions[0].rehearsal.assumed.capacity
    for version, (colour, marker, filled) in zip(versions, _BUSIEST, strict=False):
        days = [day for day in _heaviest(version.rehearsal.days, width, attrgetter("busiest")) if day.busiest]
        numbers, heights = [day.number for day in days], [day.busiest for day in days]
        fill = colour if filled == "full" else "none"
        axes.scatter(numbers, heights, s=9, marker=marker, facecolors=fill, edgecolors=colour, label=version.name)
    axes.axhline(capacity, color="black", linestyle="--", linewidth=1)
    axes.annotate(
        say("plot.capacity", lang, capacity=f"{capacity:,}"),
        (1, capacity),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel(say("plot.busiest", lang))
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.6)
    if len(versions) > 1:
        above = {"loc": "lower right", "bbox_to_anchor": (1, 0.98), "borderaxespad": 0}
        axes.legend(frameon=False, ncols=len(versions), fontsize=8, **above)


def _holidays(axes: Axes, found: Rehearsal, lang: str) -> None:
    label = say("plot.holidays", lang)
    for holiday in found.holidays:
        axes.axvspan(holiday.first, holiday.last + 1, color=_HOLIDAY, zorder=0, linewidth=0, label=label)
        label = ""

"""What stands on a page as lines and tables in reading order: tables by rules, tables by gaps, what is turned, and what could not be read."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

from flows.sources.plans.formats.losses import Box, Loss
from flows.sources.plans.formats.pdf_columns import Region, bands_of
from flows.sources.plans.formats.pdf_flow import Item, PageItems, TableBlock, TextLine, line_of, lines_of
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.formats.pdf_page import Page
from flows.sources.plans.formats.pdf_regions import find_regions, reopened
from flows.sources.plans.formats.pdf_rows import rows_of
from flows.sources.plans.formats.pdf_tables import Table, find_tables
from flows.sources.plans.formats.pdf_vertical import upright, vertical_runs

_JUMP = 12.0
_LEAST_TURNED = 12
_APART = 2.0
_PAGE_MARK = 10  # characters


def page_items(page: Page, before: PageItems | None = None) -> PageItems:
    """Characters outside tables become lines; the drawing order is the reading order unless it jumps about.

    `before` is the page before: a table without rules may go on from it. Watermarks and slanting text are boilerplate; other turned text
    outside tables is a loss where it says something.
    """
    page = upright(page)
    tables = find_tables(page)
    own = [glyph for glyph in page.glyphs if not glyph.is_mark and glyph.is_square]
    loose = [glyph for glyph in own if not any(table.holds(glyph) for table in tables)]
    again = [(table, region) for table in tables if (region := _region_of(table))]
    regions = [region for _, region in again] + find_regions(
        [glyph for glyph in loose if glyph.is_upright], page.edges, page.shades, _last_columns(before)
    )
    open_blocks, unclear, losses, claimed = _open_tables(regions, page)
    lines = lines_of([glyph for glyph in loose if glyph.is_upright and glyph.index not in claimed], page.number)
    turned = lines_of([glyph for glyph in loose if not glyph.is_upright], page.number)
    marks = lines_of([glyph for glyph in page.glyphs if glyph.is_mark or not glyph.is_square], page.number)
    for line in (*turned, *marks, *unclear):
        line.is_boilerplate = True
    if before and losses and regions and regions[0].goes_on:
        _doubt_last_row(before)
    losses += _turned_losses(turned, page.number) + _vertical_losses(lines, page.number)
    kept = [table for table in tables if table.glyphs and all(table is not each for each, _ in again)]
    blocks = [TableBlock(table.xs, table.ys[0], table.first_index(), table.rows(), unread=_unread_rows(table, page)) for table in kept]
    _leave_unread(lines, page)
    items: list[Item] = sorted([*lines, *turned, *marks, *unclear, *blocks, *open_blocks], key=lambda item: item.index)
    jumps = sum(_top(after) < _top(before) - _JUMP for before, after in pairwise(items))
    if jumps > max(3, len(items) // 5):
        if not any(line.is_boilerplate for line in lines):
            items = [*_lines_by_place(loose, claimed, page.number), *(item for item in items if all(item is not line for line in lines))]
        items.sort(key=_top_and_left)
    return PageItems(page.number, page.width, page.height, items, [*page.losses, *losses])


def _turned_losses(lines: list[TextLine], page: int) -> list[Loss]:
    """A loss for text at a right angle to the page's own, if it is more than a label at the margin."""
    size = sum(len(line.text) for line in lines)
    return [Loss("turned_text", page)] if size >= _LEAST_TURNED else []


def _vertical_losses(lines: list[TextLine], page: int) -> list[Loss]:
    """A loss for characters set one below the other beside level text; they become boilerplate."""
    losses = []
    for run in vertical_runs(lines):
        for line in run:
            line.is_boilerplate = True
        losses.append(Loss("vertical_text", page, (run[0].x0, run[0].baseline - run[0].size, run[0].x1, run[-1].baseline)))
    return losses


def _last_columns(before: PageItems | None) -> tuple[tuple[float, float], ...]:
    """The columns of a table without rules that ends a page, page number apart."""
    own = [
        item
        for item in (before.items if before else [])
        if isinstance(item, TableBlock) or not (item.is_boilerplate or len(item.text) < _PAGE_MARK)
    ]
    return own[-1].columns if own and isinstance(own[-1], TableBlock) else ()


def _doubt_last_row(before: PageItems) -> None:
    """What a row at the end of a page lacks stands in a table of the next page that could not be read."""
    at = next((at for at in range(len(before.items) - 1, -1, -1) if isinstance(before.items[at], TableBlock)), None)
    block = before.items[at] if at is not None else None
    if at is not None and isinstance(block, TableBlock):
        before.items[at] = replace(block, unread=block.unread | {len(block.rows) - 1})


def _region_of(table: Table) -> Region | None:
    glyphs = [glyph for cell in table.glyphs.values() for glyph in cell if glyph.is_upright]
    return reopened(table.xs, table.ys, glyphs) if glyphs else None


def _open_tables(regions: list[Region], page: Page) -> tuple[list[TableBlock], list[TextLine], list[Loss], set[int]]:
    """Tables without rules between columns or rows, the lines of those whose rows are not certain with losses, and the characters of either."""
    blocks, lines, losses = [], [], []
    claimed: set[int] = set()
    for region in regions:
        inside = [glyph for band in region.bands for fragment in band.fragments for glyph in fragment.glyphs]
        claimed |= {glyph.index for glyph in inside}
        top = region.bands[0].baseline
        box = (region.columns[0][0], top - region.size, region.columns[-1][1], region.bands[-1].baseline)
        rows = None if any(_overlap(box, each) for each in _unread_boxes(page)) else rows_of(region)
        if rows is None:
            losses.append(Loss("unclear_table", page.number, box))
            lines += [line for band in region.bands for line in line_of([g for f in band.fragments for g in f.glyphs], page.number)]
        else:
            blocks.append(TableBlock(region.borders(), top, min(glyph.index for glyph in inside), rows, tuple(region.columns)))
    return blocks, lines, losses, claimed


def _unread_boxes(page: Page) -> list[Box]:
    """Where writing stands that nobody could read: what it belongs to is not to be read in part."""
    return [loss.box for loss in page.losses if loss.box and loss.kind in {"unread_ink", "doubtful_text"}]


def _overlap(box: Box, other: Box) -> bool:
    return min(box[2], other[2]) > max(box[0], other[0]) and min(box[3], other[3]) > max(box[1], other[1])


def _unread_rows(table: Table, page: Page) -> frozenset[int]:
    """The rows of a table in which unread writing stands, and those that share a merged cell with it."""
    found: set[int] = set()
    for box in _unread_boxes(page):
        rows = [row for row, (top, bottom) in enumerate(pairwise(table.ys)) if _overlap(box, (table.xs[0], top, table.xs[-1], bottom))]
        column = bisect_right(table.xs, (box[0] + box[2]) / 2) - 1
        owners = {table.owner.get((row, column)) for row in rows}
        found |= {row for (row, _), owner in table.owner.items() if owner in owners} | set(rows)
    return frozenset(found)


def _leave_unread(lines: list[TextLine], page: Page) -> None:
    """A line beside writing that could not be read is cut short: it becomes boilerplate."""
    for box in _unread_boxes(page):
        for line in lines:
            line.is_boilerplate |= box[1] < line.baseline - 0.3 * line.size < box[3]


def _lines_by_place(loose: list[Glyph], claimed: set[int], page: int) -> list[TextLine]:
    """Lines put together by where their characters stand, for pages that are drawn in no order; far apart they are two."""
    lines: list[TextLine] = []
    for band in bands_of(glyph for glyph in loose if glyph.is_upright and glyph.index not in claimed):
        run: list[Glyph] = []
        for glyph in (glyph for fragment in band.fragments for glyph in fragment.glyphs):
            if run and glyph.x0 - run[-1].x1 > _APART * glyph.size:
                lines += line_of(run, page)
                run = []
            run.append(replace(glyph, baseline=band.baseline))
        lines += line_of(run, page)
    return lines


def _top(item: Item) -> float:
    return item.baseline if isinstance(item, TextLine) else item.top


def _top_and_left(item: Item) -> tuple[int, float]:
    return (round(_top(item) / 4), item.x0 if isinstance(item, TextLine) else item.xs[0])

"""The models that every register has alike, written out of its descriptor, so that a new register is a descriptor and nothing else.

For a register `x` of records (one with a column printed_unit_name):

    staging.x               its rows with types, coded words as codes, masks put on; what is no date, number or known word is named.
                            Rows that cannot go on are set aside from it (flows/quality/register_rules.py)
    core.x                  the others, each once, with unit, term and computed columns
    marts.x                 where the register has a dataset: its columns, of the rows that core.x says are released
    staging.record_units    which units all registers name, for the resolution of names
    core.record_versions    rows of records that are told more than once, which counts, and what holds for all (flows/warehouse/record_versions.py)
    core.record_findings    what is wrong with the rows, register by register
    core.register_evidence  rows that show how far a unit is with its plan tasks, by the descriptor's `evidence`

A file sql/<layer>/<name>.sql takes the place of the model written here. `python -m flows.warehouse.register_models core.x` prints one.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from textwrap import indent

from exports.catalog import Catalog, Column, Dataset, Masked, Register, load_catalog
from exports.release.files import literal
from flows.warehouse.clock_models import clock_columns, clock_joins, receipts, started
from flows.warehouse.leaving import ATTRIBUTE, REVIEW, holds, row_hold, stated_columns
from flows.warehouse.masking import spared
from flows.warehouse.person_rows import LINK, held_columns, masked_text, person_names, persons_row, proven_text, said_text, text_columns
from flows.warehouse.record_findings import record_findings
from flows.warehouse.record_versions import version_models

UNIT = "printed_unit_name"
RELEASED = "is_released"
SAID = """case when silent.silent_headers is null then rows.statements else nullif(list_filter(
    rows.statements, lambda said: not list_contains(silent.silent_headers, said.header)), []) end as statements"""


def register_models(catalog: Catalog) -> dict[str, str]:
    """Every model of this kind by its name, as the text of a model file: first line the grain, then one SELECT."""
    records = catalog.records
    models = {f"staging.{name}": _staging(name, register, catalog) for name, register in records.items()}
    models |= {f"core.{name}": _core(name, register) for name, register in records.items()}
    models |= {f"marts.{name}": _mart(catalog.datasets[name], register) for name, register in records.items() if name in catalog.datasets}
    models["staging.record_units"] = _record_units(records)
    models |= version_models(records, catalog)
    models["core.record_findings"] = record_findings(records, catalog)
    models["core.register_receipts"] = receipts(records)
    models["core.register_evidence"] = _evidence(records)
    return models


def _staging(name: str, register: Register, catalog: Catalog) -> str:
    """Types by the dictionary; masks by the descriptor of the dataset, so that no later model sees what they hide."""
    columns = [catalog.columns[column] for column in register.column_names]
    checked = [column for column in columns if column.type != "string" or column.enum]
    masks = catalog.datasets[name].masked if name in catalog.datasets else ()
    held = held_columns(register, catalog.datasets[name], text_columns(columns)) if masks else ()
    words = "".join(_words(column.name) for column in checked if column.enum and column.name != ATTRIBUTE)
    typed = [
        *(f"{_typed(column)} as {column.name}" for column in columns),
        *(f"rows.{c.name} is not null as has_{c.name}" for c in checked),
        SAID,
        *(["rows.other_columns"] if _name_mask(masks) else ()),
    ]
    stated = ["sources.source_path", "run.leaving_on", *(f"{sql} as {column}" for column, sql in stated_columns(register).items())]
    judged = ["*", *(f"{sql} as {column}" for column, sql in holds(name, register).items())]
    shown = {ATTRIBUTE: f"masked.stated_attribute as {ATTRIBUTE}"}
    return f"""-- one row per row of the register {name}, typed; a date, number or word that is none is null and named in invalid_cells
with typed as (
    select
        rows.source_sha256, rows.source_sheet, rows.source_row,
{indent(_lines(typed), " " * 8)}
    from raw.{name} as rows{words}
    left join raw.silent_headers as silent on rows.source_sha256 = silent.source_sha256
),

reviewed as (
    select distinct source_sha256 from raw.questions where column_name = '{REVIEW}' and is_filled
),

defaults as (
    select source_sha256, when_absent_value from raw.file_defaults where source_kind = {literal(name)}
),

{_masked(masks, columns, held)},

stated as (
    select
        masked.*,
{indent(_lines(stated), " " * 8)}
    from masked
    cross join reference.run as run
    inner join staging.sources as sources
        on masked.source_sha256 = sources.source_sha256 and sources.source_kind = {literal(name)}
    left join reviewed on masked.source_sha256 = reviewed.source_sha256
    left join defaults on masked.source_sha256 = defaults.source_sha256
),

judged as (
    select
{indent(_lines(judged), " " * 8)}
    from stated
)

select
    {_record_id(register)} as {register.id},
{indent(_lines(shown.get(column.name, f"masked.{column.name}") for column in columns), " " * 4)},
    masked.statements,
    {row_hold(name, register)} as row_hold,
    {_any(checked, "date")} as is_date_invalid,
    case when {_any(checked)} then {_invalid_cells(checked)} end as invalid_cells,
    masked.source_path,
    masked.source_sheet,
    masked.source_row
from judged as masked
"""


def _typed(column: Column) -> str:
    if column.name == ATTRIBUTE:  # most cells are a code as it stands
        codes = ", ".join(map(literal, column.enum or ()))
        return f"case when rows.{ATTRIBUTE} in ({codes}) then rows.{ATTRIBUTE} else attribute_code(rows.{ATTRIBUTE}) end"
    if column.enum:
        return f"{column.name}_words.code"
    macro = {"date": "parse_date", "integer": "parse_count", "number": "parse_amount", "boolean": "parse_truth"}.get(column.type)
    return f"{macro}(rows.{column.name})" if macro else f"rows.{column.name}"


def _words(column: str) -> str:
    """A coded column may come in every word of reference.code_words that stands for one of its codes."""
    words = f"{column}_words"
    return (
        f"\n    left join reference.code_words as {words}"
        f"\n        on {words}.column_name = {literal(column)} and {words}.written = fold_word(rows.{column})"
    )


def _name_mask(masks: Iterable[Masked]) -> Masked | None:
    return next((mask for mask in masks if mask.by == "name"), None)


def _masked(masks: Sequence[Masked], columns: Sequence[Column], held: Collection[str]) -> str:
    """CTEs from `typed` to `masked`: names of natural persons to 张某某, in every text of the row; what else a mask hides to nothing.

    A party's name is spared only where it is surely no person's. A text of `held` that may name one all the same is struck out.
    """
    name = _name_mask(masks)
    shown = {mask.column: f"case when {spared(mask, mask.unless)} then {mask.column} else cast(null as varchar) end" for mask in masks}
    if name is None:
        return f"masked as (\n    select *{_replace(shown)}\n    from typed\n)"
    texts = [column for column in text_columns(columns) if column not in shown]
    party = f"case when {spared(name, name.unless)} then mask_names({name.column}, person_names) else shown_party({name.column}) end"
    shown |= {name.column: party} | {column: masked_text(column) for column in texts}
    proven = {column: proven_text(column, name.column) for column in texts if column in held}
    said = said_text(name, "other_columns", [column for column in texts if column != LINK])
    steps = {
        "sorted_rows": f"select *, {persons_row(name, masks)}\n    from typed",
        "told": f"select *, {said}\n    from sorted_rows",
        "named": f"select\n        *,\n{indent(person_names(name, 'other_columns'), ' ' * 8)}\n    from told",
        "hidden": f"select *{_replace(shown)}\n    from named",
        "masked": f"select *{_replace(proven)}\n    from hidden",
    }
    return ",\n\n".join(f"{step} as (\n    {select}\n)" for step, select in steps.items())


def _replace(shown: Mapping[str, str]) -> str:
    parts = [f"{masked} as {name}" for name, masked in shown.items()]
    return f" replace ({', '.join(parts)})" if parts else ""


def _record_id(register: Register) -> str:
    """The key as it stands, its parts joined by strokes; a digest of what tells rows apart where the key is not filled."""
    key = [f"cast(masked.{name} as varchar)" for name in register.key]
    filled = " and ".join(f"masked.{name} is not null" for name in register.key if name in register.required_headers)
    parts = ", ".join(f"cast(masked.{name} as varchar)" for name in register.key_otherwise or register.column_names)
    some = f"coalesce({', '.join(key)}) is not null"
    whole = key[0] if len(key) == 1 else f"concat_ws('/', {', '.join(key)})"
    return f"case when {filled or some} then {whole} else md5(concat_ws('|', {parts})) end"


def _any(columns: Iterable[Column], kind: str | None = None) -> str:
    """Whether a cell (of a kind) was filled and is none of its type."""
    wrong = [f"(masked.has_{column.name} and masked.{column.name} is null)" for column in columns if kind in (None, column.type)]
    return " or ".join(wrong) or "false"


def _invalid_cells(columns: Iterable[Column]) -> str:
    cells = [f"case when masked.has_{column.name} and masked.{column.name} is null then {literal(column.name)} end" for column in columns]
    return f"list_filter([{', '.join(cells)}], lambda cell: cell is not null)" if cells else "cast(null as varchar[])"


def _core(name: str, register: Register) -> str:
    """Every row that was not set aside, once. What it has to do with others than its own register belongs into another model."""
    columns = [f"records.{column}" for column in register.column_names]
    unit = register.column_names.index(UNIT) + 1
    columns[unit:unit] = ["records.unit_id", "records.unit_name"]
    columns += [f"records.{column}" for column in (*register.computed, "hold_reason")]
    computed = "".join(
        f",\n        {_released(sql) if column == RELEASED else sql} as {column}" for column, sql in register.computed.items()
    )
    return f"""-- one row per record of the register {name} that counts: what must be filled is, its dates are dates, it is no repetition
with resolved as (
    select
        records.*,
        run.as_of_on,
        aliases.unit_id,
        aliases.unit_name,
        case when holds.other_hold is null then records.row_hold else strictest_hold([records.row_hold, holds.other_hold]) end as hold_reason{computed}
    from staging.{name} as records
    cross join reference.run as run
    left join core.unit_aliases as aliases
        on records.{UNIT} = aliases.alias_name and run.region_scope = aliases.region_scope
    left join (select record_id as held_id, hold_reason as other_hold from core.record_holds where register_name = {literal(name)}) as holds
        on records.{register.id} = holds.held_id
    anti join core.record_versions as repeated
        on
            repeated.register_name = {literal(name)}
            and repeated.version_kind is not null
            and records.source_path = repeated.source_path
            and records.source_row = repeated.source_row
            and records.source_sheet is not distinct from repeated.source_sheet
){started(register)}

select
    records.{register.id},
{indent(_lines(columns), " " * 4)},{clock_columns(register)}
    records.source_path,
    records.source_sheet,
    records.source_row
from {"started" if started(register) else "resolved"} as records{clock_joins(name, register)}
"""


def _released(condition: str) -> str:
    """What the descriptor asks, and that nothing holds the record; what is not known is not so."""
    return f"coalesce(({condition}) and hold_reason is null, false)"


def _mart(dataset: Dataset, register: Register) -> str:
    """The columns that the descriptor names, of released rows: of all that nothing holds, where the register computes no `is_released`."""
    released = "\nwhere records.is_released" if RELEASED in register.computed else "\nwhere records.hold_reason is null"
    columns = _lines(f"records.{name}" for name in dataset.column_names)
    return f"-- {dataset.grain.en}\nselect\n{indent(columns, ' ' * 4)}\nfrom core.{dataset.name} as records{released}\n"


def _record_units(records: Mapping[str, Register]) -> str:
    selects = [
        f"select {literal(name)} as register_name, {UNIT}, count(*) as mention_count\n"
        f"from staging.{name}\nwhere {UNIT} is not null\ngroup by {UNIT}"
        for name in records
    ]
    return "-- one row per register and unit name that stands in it, with how often it does\n" + union(
        selects, ("register_name", "varchar"), (UNIT, "varchar"), ("mention_count", "bigint")
    )


def _evidence(records: Mapping[str, Register]) -> str:
    selects = [
        f"""select {literal(name)} as register_name, {literal(rule.rule)} as evidence_rule, {register.id} as record_id, unit_id,
    {literal("completed" if rule.completes else "record")} as evidence_kind, {rule.dated_by} as evidence_on, {literal(rule.title.zh)} as evidence_text,
    source_path, source_sheet, source_row
from core.{name}
where unit_id is not null and {rule.dated_by} is not null"""
        for name, register in records.items()
        for rule in register.evidence
    ]
    texts = ("register_name", "evidence_rule", "record_id", "unit_id", "evidence_kind")
    places = (
        ("evidence_on", "date"),
        ("evidence_text", "varchar"),
        ("source_path", "varchar"),
        ("source_sheet", "varchar"),
        ("source_row", "bigint"),
    )
    head = "-- one row per record of a register and evidence rule of its descriptor: what may show how far its unit is with a plan task (a view)\n"
    return head + union(selects, *((text, "varchar") for text in texts), *places)


def union(selects: Iterable[str], *columns: tuple[str, str]) -> str:
    """All rows of some selects; with none, no row of the named and typed columns."""
    nothing = "select " + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns) + " where false"
    return "\nunion all\n".join(selects) or nothing


def _lines(parts: Iterable[str]) -> str:
    return ",\n".join(parts)


def main(words: list[str]) -> int:
    models = register_models(load_catalog())
    for name in words or models:
        print(models.get(name, f"-- no such model: {name}"))
    return 0 if models.keys() >= set(words) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

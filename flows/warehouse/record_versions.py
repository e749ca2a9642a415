"""Versions of one record, and what of one row, register or version holds for the record: SQL written out of the descriptors.

    core.record_versions   rows of a record that is told more than once: which counts, which repeat it, which it supersedes
    core.record_notices    rows that say that some record may not leave, by its numbers, link, or unit and title
    core.record_matches    which records those rows name
    core.held_corrections  corrections of cells of held records: their values stay in
    core.record_holds      records that may not leave because of another row than the one that counts

The later statement wins: by the record's own days, else by when its file arrived, and not by the name of the file. On the question
of leaving the strictest statement of all versions wins, of those too that were set aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exports.catalog import Catalog, Register
from exports.release.files import literal
from flows.warehouse.leaving import WITHDRAWALS

UNIT = "printed_unit_name"
PLACE = ("source_path", "source_sheet", "source_row")
SHARED_LINKS = 5  # a link that more records share (a home page) names none of them
HELD_FOR_ALL = ("secret", "withheld", "withdrawn", "on_request")  # what one row says of the record, under whatever id


_FIRST = "(strictness_of(hold_reason), hold_origin, source_path, coalesce(source_sheet, ''), source_row)"
_PLACES = ", ".join(f"arg_min({column}, {_FIRST}) as {column}" for column in ("hold_origin", *PLACE))
HOLDS = f"""-- one row per record that some row says may not leave: the strictest reason, and the row that gives it
select register_name, record_id, strictest_hold(list(hold_reason)) as hold_reason, {_PLACES}
from core.record_matches
group by all
"""


def version_models(records: Mapping[str, Register], catalog: Catalog) -> dict[str, str]:
    """The models by their names, as texts of model files."""
    return {
        "core.record_versions": _versions(records, catalog),
        "core.record_notices": _notices(records),
        "core.record_matches": _all_matches(records),
        "core.record_holds": HOLDS,
        "core.held_corrections": _held_corrections(records),
    }


def _rows(name: str, columns: str, where: str = "true") -> str:
    """SQL: rows of a register, those that were set aside too."""
    return (
        f"select {columns}, false as is_aside from staging.{name} where {where} "
        f"union all select {columns}, true as is_aside from quarantine.{name} where {where}"
    )


def _versions(records: Mapping[str, Register], catalog: Catalog) -> str:
    """Ids that come twice are looked for first: most rows then need no comparing."""
    selects = [_versions_of(name, register, catalog) for name, register in records.items()]
    return f"""-- one row per row of a record that is told more than once, version 1 the one that counts; rows that were set aside have no version
with told as (
    {" union all ".join(selects)}
),

placed as (
    select told.*, sources.arrival_number
    from told
    inner join staging.sources as sources on told.source_path = sources.source_path and told.register_name = sources.source_kind
),

numbered as (
    select
        *,
        row_number() over versions as version_rank,
        first_value(content_key) over versions as first_content,
        first_value(record_id) over versions as counting_id,
        row_number() over (partition by register_name, record_key, content_key order by is_aside, source_path, source_sheet, source_row) as copy_number
    from placed
    window versions as (
        partition by register_name, record_key
        order by is_aside, told_on desc nulls last, arrival_number desc, strictness nulls last, content_key, source_path, source_sheet, source_row
    )
)

select
    register_name, counting_id as record_id, source_path, source_sheet, source_row,
    case when not is_aside then version_rank end as version_rank,
    case
        when is_aside or version_rank = 1 then null
        when content_key = first_content or copy_number > 1 then 'duplicate'
        else 'superseded'
    end as version_kind,
    told_on, row_hold
from numbered
"""


def _versions_of(name: str, register: Register, catalog: Catalog) -> str:
    days = [c for c in register.column_names if catalog.columns[c].type == "date"]
    days = list(register.versioned_by) or days
    told_on = f"greatest({', '.join(days)})" if days else "cast(null as date)"
    said = "list_sort(list_distinct(statement_holds(statements)))"  # not the headers: they differ from file to file
    content = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in (*register.column_names, said, "invalid_cells"))
    columns = (
        f"{literal(name)} as register_name, {register.id} as record_id, record_number_key({register.id}) as record_key, {', '.join(PLACE)}, "
        f"row_hold, {told_on} as told_on, "
        f"strictness_of(row_hold) as strictness, md5(concat_ws(chr(31), {content})) as content_key"
    )
    key = f"record_number_key({register.id})"
    repeated = (
        f"{key} in (select record_key from (select {key} as record_key from staging.{name} "
        f"union all select {key} from quarantine.{name}) group by record_key having count(*) > 1)"
    )
    return _rows(name, columns, repeated)


def _notices(records: Mapping[str, Register]) -> str:
    """Tombstones hold in every register; what a row says of its own record holds in its register, under another number too."""
    selects = [_tombstones(records[WITHDRAWALS])] if WITHDRAWALS in records else []
    selects += [
        _own_notices(name, register)
        for name, register in records.items()
        if name != WITHDRAWALS and (register.titles or "url" in register.column_names)
    ]
    nothing = "select null, null, null, null, null, null, null, null, null, false where false"
    return f"""-- one row per row that says that a record may not leave, with the numbers, link, unit and title by which it names the record
with named (register_name, record_id, number_key, url, unit_name, title, hold_reason, source_path, source_sheet, source_row, is_aside) as (
    {" union all ".join(selects) or nothing}
)

select
    register_name,
    record_id,
    record_number_key(number_key) as number_key,
    link_key(url) as link_key,
    unit_name as printed_unit_name,
    title_key(title) as title_key,
    hold_reason,
    source_path,
    source_sheet,
    source_row
from named
"""


def _tombstones(register: Register) -> str:
    """Every row of the register of withdrawals whose day has come or cannot be read, set aside or not."""
    title = register.titles[0] if register.titles else "cast(null as varchar)"
    columns = (
        f"cast(null as varchar) as register_name, {register.id} as record_id, {register.identified_by[0]} as number_key, url, {UNIT} as unit_name, "
        f"{title} as title, 'withdrawn' as hold_reason, {', '.join(PLACE)}"
    )
    return _rows(WITHDRAWALS, columns, "(withdrawn_on is null or withdrawn_on <= (select leaving_on from reference.run))")


def _own_notices(name: str, register: Register) -> str:
    number = f"coalesce({', '.join(register.identified_by)})" if register.identified_by else "cast(null as varchar)"
    title = register.titles[0] if register.titles else "cast(null as varchar)"
    url = "url" if "url" in register.column_names else "cast(null as varchar)"
    columns = (
        f"{literal(name)} as register_name, {register.id} as record_id, {number} as number_key, {url} as url, {UNIT} as unit_name, "
        f"{title} as title, row_hold as hold_reason, {', '.join(PLACE)}"
    )
    return _rows(name, columns, f"row_hold in ({', '.join(map(literal, HELD_FOR_ALL))})")


def _all_matches(records: Mapping[str, Register]) -> str:
    matches = [match for name, register in records.items() if name != WITHDRAWALS for match in _matches(name, register)]
    return f"""-- one row per record and row that says that it may not leave: another version, a tombstone, a record of the same link or title
with units as (
    select plain_name(aliases.alias_name) as unit_name, min(aliases.unit_id) as unit_id
    from core.unit_aliases as aliases
    inner join reference.run as run on aliases.region_scope = run.region_scope
    where aliases.unit_id is not null
    group by all
),

notices as (
    select notices.*, coalesce(units.unit_id, plain_name(notices.printed_unit_name)) as unit_key
    from core.record_notices as notices
    left join units on plain_name(notices.printed_unit_name) = units.unit_name
)

select register_name, record_id, row_hold as hold_reason, 'version' as hold_origin, source_path, source_sheet, source_row
from core.record_versions
where row_hold is not null
{" ".join(f"union all {match}" for match in matches)}
"""


def _held_corrections(records: Mapping[str, Register]) -> str:
    """A row that was set aside is held whatever it says."""
    same = " and ".join(f"corrections.{column} is not distinct from records.{column}" for column in PLACE)
    columns = "{id} as record_id, row_hold, " + ", ".join(PLACE)
    selects = [
        f"select corrections.correction_id, {', '.join(f'records.{column}' for column in PLACE)} from staging.corrections as corrections "
        f"inner join ({_rows(name, columns.format(id=register.id))}) as records "
        f"on corrections.register_name = {literal(name)} and {same} "
        f"left join core.record_holds as holds on holds.register_name = {literal(name)} and records.record_id = holds.record_id "
        "where records.is_aside or records.row_hold is not null or holds.hold_reason is not null"
        for name, register in records.items()
    ]
    nothing = "select null::varchar as correction_id, null::varchar as source_path, null::varchar as source_sheet, null::bigint as source_row where false"
    return f"-- one row per correction and row of a register that is held: what the correction changes there is not public\n{' union all '.join(selects) or nothing}\n"


def _matches(name: str, register: Register) -> Iterator[str]:
    """SQL: records of a register that a notice names. Tombstones name them by number, link, or unit and title; what a row says of its own
    record holds for another id of the same link, or title where one of the two bears no number.
    """
    place = ", ".join(f"notices.{column}" for column in PLACE)
    chosen = f"select {literal(name)} as register_name, records.{register.id} as record_id, notices.hold_reason, "
    here = f"(notices.register_name is null or (notices.register_name = {literal(name)} and notices.record_id <> records.{register.id}))"
    origin = "if(notices.register_name is null, 'withdrawals', {})"
    joined = f"from staging.{name} as records inner join notices on {here} and"
    unit = f"left join units on plain_name(records.{UNIT}) = units.unit_name"
    same_unit = f"(notices.unit_key is null or notices.unit_key = coalesce(units.unit_id, plain_name(records.{UNIT})))"
    for number in register.identified_by:
        yield (
            f"{chosen} 'withdrawals' as hold_origin, {place} from staging.{name} as records inner join notices on notices.register_name is null "
            f"and record_number_key(records.{number}) = notices.number_key {unit} where length(notices.number_key) >= 4 or {same_unit}"
        )
    if "url" in register.column_names:
        yield (
            f"select * from ({chosen} {origin.format(literal('link'))} as hold_origin, {place} {joined} link_key(records.url) = notices.link_key) "
            f"qualify count(*) over (partition by {', '.join(PLACE)}) <= {SHARED_LINKS}"
        )
    for title in register.titles:
        number = f"coalesce({', '.join(f'records.{column}' for column in register.identified_by)})" if register.identified_by else "null"
        yield (
            f"{chosen} {origin.format(literal('title'))} as hold_origin, {place} {joined} title_key(records.{title}) = notices.title_key {unit} "
            f"where {same_unit} and (notices.register_name is null or notices.number_key is null or {number} is null)"
        )

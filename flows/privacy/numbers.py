"""Numbers of natural persons, as SQL: resident identity numbers, mobile telephones, bank cards, landlines, in all groupings.

A number with a check digit is held wherever the digit is right, even joined to other digits; one without (mobiles, identity numbers
of 15 digits) only where it is bounded, and not after words that announce the number of a thing.

Sources: GB 11643-1999 (resident identity number; 81, 82, 83 residence permits of Hong Kong, Macao, Taiwan residents, 国办发〔2018〕81号;
9 foreigners' permanent residence, 国家移民管理局 2023), GB 32100-2015 (unified social credit code, which must not be taken for one),
残疾人证管理办法 (identity number and two digits), ISO/IEC 7812-1 (bank card, Luhn; issuers of JR/T 0008), 工信部 numbering plan 2024.
"""

from __future__ import annotations

from flows.privacy.kinds import NUMBER_WORDS
from flows.privacy.text import BETWEEN, CHINESE_DIGITS

PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"
_REGION = f"(?:(?:{PROVINCES})[0-9]{{4}}|9(?:{PROVINCES})[0-9]{{3}})"
ID_SHAPE = f"{_REGION}(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9]{{4}}[0-9X]"
# The words after which 18 characters are an identity number whatever their check digit; 证件号 of an organisation is a credit code.
ID_WORDS = (
    "身份证明?|身份证件|公民身份|居民身份|有效证件|证件|残疾人?证|残疾证|居住证|社会保障|社保|医保|身份识别"
    "|永久居留(?:身份)?证|IDCARD|IDNO|ID_?NUM(?:BER)?|ID_?CARD|ID_NO|SFZH?|SFZHM|ZJHM?|CERT_?NO|IDENTITY(?:NO|_NO)?"
)
_ID_GAP = f"(?:号码?|号\\(码\\)|编号|NO|NUMBER|ID)?(?:[是为]|{BETWEEN}){{0,6}}"
_BETWEEN3 = f"{BETWEEN}{{0,3}}"
BEHIND_ID_WORD = rf"(?:(?:{ID_WORDS}){_ID_GAP}|(?:^|[^A-Z])ID号码?(?:[是为]|{BETWEEN}){{0,6}})([0-9](?:{_BETWEEN3}[0-9]){{13,16}}{_BETWEEN3}[0-9X])(?:[^0-9]|$)"
MOBILE_PREFIX = "1(?:3[0-9]|4[0145-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])"
BEHIND_PHONE_WORD = (
    "(?:手机|电话|联系方式|移动|MOBILE|PHONE|TEL|CELL)(?:号码?)?"
    f"(?:[是为]|{BETWEEN}){{0,4}}(?:(?:00)?86{BETWEEN}?)?(1(?:{BETWEEN}{{0,2}}[0-9]){{10}})(?:[^0-9]|$)"
)
_CARD_WORDS = "银行卡|储蓄卡|借记卡|信用卡|工资卡|医保卡|存折|(?:个人|本人)[账帐][号户]|工资[账帐]号|卡号|BANKCARD|CARD_?NO"
BEHIND_CARD_WORD = f"(?:{_CARD_WORDS})(?:卡?号码?|账号|帐号)?(?:[是为]|{BETWEEN}){{0,5}}([0-9](?:{_BETWEEN3}[0-9]){{14,18}})(?:[^0-9]|$)"
# Issuers of this country, and the schemes whose cards are held here too; the latter only as a run, or in groups of four.
_ISSUERS = (
    "62[0-9]{14,17}|9558[0-9]{12,15}|9559[0-9]{12,15}|436742[0-9]{10,13}|436745[0-9]{10,13}|601382[0-9]{10,13}|456351[0-9]{10,13}|60(?:1428|3[0-9]{3})[0-9]{11,13}"
    "|(?:4213|4340|4895|5240|5264|5522|5899|6223|6858|9843|9400)[0-9]{15}"
)
_SCHEMES = "4[0-9]{15}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|35[0-9]{14}|3[47][0-9]{13}|6(?:011|5[0-9]{2})[0-9]{12}"

# Amounts, digests, and numbers of things look like telephone numbers and are not.
UNIT = "[十百千万亿]*元|[万亿](?:人|户|吨|亩|平方|千瓦|立方|条|件|次)|平方米|公顷|亩|吨|千瓦|立方米|KWH|%"
AMOUNT = rf"(^|[^0-9])(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)? ?(?:{UNIT})"
DIGEST = r"[0-9A-F]{32,}"
_DAY = "(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
PERIOD = rf"(^|[^0-9-]){_DAY}[/ ~—-]{{1,3}}{_DAY}([^0-9-]|$)"  # 2025-01-07/2026-10-30 (ISO 8601) reads like 010 and seven digits
NUMBER_OF_A_THING = rf"(?:{NUMBER_WORDS})[:是为(№ ]{{0,2}}[A-Z-]{{0,6}}[0-9]{{11,}}"
LINK = r"HTTPS?:(?:[^ ，。；、)]| {1,3}[0-9X](?:[0-9X &?./#=_-]|$))+"
# Names of pages as content systems make them: the numbers in them are counters.
COUNTERS = r"ART_[0-9]+_[0-9]+|T20[0-9]{6}_[0-9]+"

_PHONE_GROUPS = "[2-9](?:-[2-9]){0,3}(?:-[1-9])?"
_LANDLINE = "(?:(?:00)?86)?(?:010|02[0-9]|0[3-9][0-9]{2})[2-9][0-9]{6,7}"
_CARD_GROUPS = "(?:(?:[3-9]|1[0-9])(?:-(?:[3-9]|1[0-9]))*(?:-[12])?|2(?:-2){6,8}(?:-[13])?)"
# A CASE may evaluate all its conditions: casts of non-digits give null.
MACROS = f"""
    create or replace temp macro digit(sign) as try_cast(sign as integer);

    create or replace temp macro is_day(yyyymmdd) as try_strptime(yyyymmdd, '%Y%m%d') is not null;

    create or replace temp macro is_resident_id(number) as
        regexp_full_match(number, '{ID_SHAPE}')
        and is_day(substr(number, 7, 8))
        and substr('10X98765432', 1 + cast(list_sum(list_transform(
            [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
            lambda weight, i: weight * digit(substr(number, i, 1)))) % 11 as integer), 1) = right(number, 1);

    -- of 15 digits: given out until 1999, so that whoever was born before 1927 is past a hundred
    create or replace temp macro is_resident_id_of_15(number) as
        regexp_full_match(number, '(?:{PROVINCES})[0-9]{{4}}(?:2[7-9]|[3-9][0-9])(?:0[1-9]|1[0-2])[0-3][0-9]{{4}}') and is_day('19' || substr(number, 7, 6));

    create or replace temp macro is_luhn(number) as list_sum(list_transform(
        list_reverse(string_split(number, '')),
        lambda sign, i: case when i % 2 = 1 then digit(sign) else digit(sign) * 2 // 10 + digit(sign) * 2 % 10 end)) % 10 = 0;

    create or replace temp macro is_credit_code(number) as
        regexp_full_match(number, '(?:1[1-9]|5[1-9]|9[1-3])[0-9]{{15}}[0-9X]')
        and substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + cast((31 - list_sum(list_transform(
            [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28],
            lambda weight, i: weight * digit(substr(number, i, 1)))) % 31) % 31 as integer), 1) = right(number, 1);

    -- beside the groups of a telephone number: a year, a day, a counter, or a number too long for one of its groups
    create or replace temp macro is_another_number(part) as
        regexp_full_match(part, '(?:19|20)[0-9]{{2}}') or length(part) <= 2 or length(part) >= 6;

    create or replace temp macro is_mobile(parts) as regexp_full_match(array_to_string(parts, ''), '{MOBILE_PREFIX}[0-9]{{8}}');

    create or replace temp macro signs_of(chain) as regexp_replace(chain, '[^0-9X]', '', 'g');
"""


def numbers() -> str:
    """SQL: scanned_row, column_name and kind of all numbers in `readings`."""
    parts = [_glued(), _parted(), _announced(), _grouped(), _singly()]
    return " union all ".join(parts)


def _glued() -> str:
    """Identity numbers within a run of digits, wherever they begin."""
    return f"""
        select scanned_row, column_name, 'resident_id' as kind
        from (select scanned_row, column_name, unnest(regexp_extract_all(plain_text, '[0-9]{{17,}}X?')) as run from readings)
        where regexp_matches(run, '{ID_SHAPE}')
            and len(list_filter(range(1, length(run) - 16), lambda first: coalesce(is_resident_id(substr(run, first, 18)), false))) > 0
        union all
        select scanned_row, column_name, 'resident_id'
        from (select scanned_row, column_name, unnest(regexp_extract_all(plain_text, '(?:^|[^0-9])([0-9]{{17}})[*?#]', 1)) as body from readings)
        where regexp_full_match(body || '0', '{ID_SHAPE}') and is_day(substr(body, 7, 8))
    """


def _parted() -> str:
    """Identity numbers whose digits are separated. One begins where a group begins; in a link, where folders are dates and counters, it
    also ends where a group ends. Longer chains are tables of numbers.
    """
    return f"""
        select scanned_row, column_name, 'resident_id' as kind
        from (
            select scanned_row, column_name, is_text, signs,
                list_transform(range(0, len(parts) + 1), lambda before: coalesce(list_sum(list_transform(parts[1:before], lambda part: length(part))), 0)) as ends
            from (
                select scanned_row, column_name, is_text, signs_of(chain) as signs, regexp_extract_all(chain, '[0-9]+X?|X') as parts
                from (
                    select scanned_row, column_name, is_text, unnest(regexp_extract_all(plain_text, '[0-9]+(?:{BETWEEN}{{1,3}}[0-9X]+)+')) as chain
                    from readings
                )
                where length(chain) between 19 and 1500 and regexp_matches(signs_of(chain), '{ID_SHAPE}')
            )
        )
        where len(list_filter(ends, lambda before:
            (is_text or list_contains(ends, before + 18) or list_contains(ends, before + 20))
            and coalesce(is_resident_id(substr(signs, cast(before as bigint) + 1, 18)), false))) > 0
    """


def _announced() -> str:
    """Numbers after the word that says what they are."""
    return f"""
        select scanned_row, column_name, 'resident_id' as kind
        from (select scanned_row, column_name, signs_of(unnest(regexp_extract_all(plain_text, '{BEHIND_ID_WORD}', 1))) as signs from readings)
        where length(signs) in (15, 18) and (regexp_full_match(signs, '{ID_SHAPE}') or not coalesce(is_credit_code(signs), false))
        union all
        select scanned_row, column_name, 'mobile'
        from (
            select scanned_row, column_name, signs_of(unnest(regexp_extract_all(words, '{BEHIND_PHONE_WORD}', 1))) as signs
            from (
                select scanned_row, column_name, case
                    when is_text then regexp_replace(plain_text, '{AMOUNT}', '\\1 ', 'g')
                    else replace(plain_text, '/', '夹')  -- strokes part folders
                end as words
                from readings
            )
        )
        where regexp_full_match(signs, '{MOBILE_PREFIX}[0-9]{{8}}')
        union all
        select scanned_row, column_name, 'bank_card'
        from (select scanned_row, column_name, signs_of(unnest(regexp_extract_all(plain_text, '{BEHIND_CARD_WORD}', 1))) as signs from readings)
        where length(signs) between 16 and 19
    """


def _grouped() -> str:
    """Runs of digits, and up to six neighbouring runs with the same separator, as people group them; first match wins.

    In links a number is bounded by non-digits, and separated by hyphens, dots or blanks only: slashes separate folders.
    """
    return f"""
        select scanned_row, column_name, case
            when groups = 1 and is_text and length(joined) = 15 and is_resident_id_of_15(joined) then 'resident_id'
            when groups = 1 and is_text and regexp_full_match(joined, '0{MOBILE_PREFIX}[0-9]{{8}}') then 'mobile'  -- dialled from another province
            when regexp_full_match(joined, '(?:(?:00)?86)?{MOBILE_PREFIX}[0-9]{{8}}') and (
                groups = 1
                or (sizes = '3-4-4' and regexp_full_match(partings, '[ ()-]+'))
                or (sizes = '3-8' and parting = ')')
                or (is_uniform and sizes = '3-4-4' and (is_text or not contains(parting, '/')))
                or (is_uniform and is_bounded and (
                    (regexp_full_match(parting, '[ ·]+') and regexp_full_match(sizes, '{_PHONE_GROUPS}'))
                    or (is_text and regexp_full_match(parting, '[ ·_)-]+') and regexp_full_match(sizes, '{_PHONE_GROUPS}'))
                    or (is_text and parting = '.' and groups > 2 and regexp_full_match(sizes, '{_PHONE_GROUPS}'))
                    or ((is_text or parting = '-') and sizes in ('4-4-3', '4-3-4', '3-3-5', '2-3-3-3'))))
            ) then 'mobile'
            when length(joined) between 15 and 19 and (
                (regexp_full_match(joined, '{_ISSUERS}') and (groups = 1 or (is_uniform and regexp_full_match(sizes, '{_CARD_GROUPS}') and not is_of_region)))
                or (regexp_full_match(joined, '{_SCHEMES}') and is_text and (groups = 1 or sizes in ('4-4-4-4', '4-6-5') or (sizes = '4-4-4-3' and parting = ' ')))
            ) and is_luhn(joined) and not coalesce(is_resident_id(joined), false) then 'bank_card'
            when is_text and (groups <= 2 or (groups <= 4 and is_bounded)) and regexp_full_match(joined, '{_LANDLINE}') then 'landline'
        end as kind
        from ({_windows()})
        where length(joined) between 10 and 19
    """


def _windows() -> str:
    window = """{
        'joined': array_to_string(parts[first:first + more], ''),
        'sizes': array_to_string(list_transform(parts[first:first + more], lambda part: length(part)), '-'),
        'groups': more + 1,
        'is_of_region': seps[first] in ('-', '/') and regexp_full_match(parts[first], '62(?:0[1-9]|1[0-2]|29|30)[0-9]{2}')
            and regexp_matches(parts[first + 1], '^20[0-3][0-9]'),
        'parting': coalesce(seps[first], ''),
        'partings': array_to_string(seps[first:first + more - 1], ''),
        'is_uniform': more = 0 or len(list_distinct(seps[first:first + more - 1])) = 1,
        'is_bounded': (first = 1 or seps[first - 1] <> seps[first] or is_another_number(parts[first - 1]) or is_mobile(parts[first - 1 - more:first - 1]))
            and (first + more = len(parts) or seps[first + more] <> seps[first] or is_another_number(parts[first + more + 1])
                or is_mobile(parts[first + more + 1:first + 2 * more + 1]))
    }"""
    return f"""
        select scanned_row, column_name, is_text, found.*
        from (
            select scanned_row, column_name, is_text, unnest(flatten([
                [{window} for more in range(6) if first + more <= len(parts)] for first in range(1, len(parts) + 1)
            ])) as found
            from (
                select scanned_row, column_name, is_text, regexp_extract_all(chain, '[0-9]+') as parts, regexp_extract_all(chain, '[^0-9]+') as seps
                from ({_chains(f"[0-9]+(?:{BETWEEN}{{1,3}}[0-9]+)*")})
                where length(chain) between 10 and 1500
            )
        )
    """


def _singly() -> str:
    """Mobiles and cards written digit by digit."""
    chain = f"(?:^|[^0-9])([0-9](?:{BETWEEN}{{1,3}}[0-9]){{10,18}})(?:[^0-9]|$)"
    return f"""
        select scanned_row, column_name, case
            when regexp_full_match(joined, '{MOBILE_PREFIX}[0-9]{{8}}') then 'mobile'
            when regexp_full_match(joined, '{_ISSUERS}|{_SCHEMES}') and is_luhn(joined) then 'bank_card'
        end as kind
        from (select scanned_row, column_name, regexp_replace(chain, '[^0-9]', '', 'g') as joined from ({_chains(chain, 1)}))
    """


def _chains(pattern: str, group: int = 0) -> str:
    """Texts without periods, amounts, digests and numbers of things; links without the counters of content systems."""
    return f"""
        select scanned_row, column_name, is_text, unnest(regexp_extract_all(case
            when is_text then regexp_replace(
                regexp_replace(regexp_replace(plain_text, '{PERIOD}', '\\1 \\2', 'g'), '{DIGEST}|{NUMBER_OF_A_THING}', ' ', 'g'),
                '{AMOUNT}', '\\1 ', 'g')
            else regexp_replace(plain_text, '{DIGEST}|{COUNTERS}', ' ', 'g')
        end, '{pattern}', {group})) as chain
        from readings
    """


CHINESE_RUN = f"(?:[0-9{CHINESE_DIGITS}]{BETWEEN}{{0,3}}){{11}}"

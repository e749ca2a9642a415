"""Names of natural persons in the texts of a row, including names that are on no list.

A text is clean when its characters are explained: by words of enforcement and of general Chinese, by names that are masked
already, and by characters that are no surnames. What remains is a candidate for a name, and the text is held back.
So a name is found because no word explains it, not because a list has it. A name that is also a listed word (安全) is not found.

The lists are in sql/reference/person_names/, each with its source. Everything here is SQL text, run by DuckDB.

Sources: 国办发〔2018〕118号 (results of enforcement are published without what identifies natural persons), Civil Code 1012-1017 (names).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, groupby

from exports.catalog import PROJECT_ROOT
from flows.privacy.text import HAN, INVISIBLE

LISTS = PROJECT_ROOT / "sql" / "reference" / "person_names"
# Of words in one pattern: with twice as many, RE2 leaves its fast automaton and takes two hundred times as long.
MAX_PATTERN_CHARACTERS = 4000
LONGEST_NAME = 3  # characters: a longer word is no name
GAP = "＿"  # replaces words that were explained
KNOWN = "〇"  # replaces a masked name
DOT = "·"
DOTS = "•・‧∙●⋅･．‐‑"  # besides those that also have other uses: . and -
BLANK = r"[\s\p{Z}]"
MASK_SIGNS = "*＊×xXＸ○〇□■●△◯"

# What may come before a name: the text's beginning, a mark, a gap, or a word that a name follows.
BEFORE = rf"(?:^|[^\x{{4E00}}-\x{{9FFF}}]|[对由给将被为以系与及和于至向令在是某人员者主长]|{KNOWN})"
CITED = r"《[^《》]{1,60}(?:法|法典|条例|规定|办法|规则|细则|标准|规范|基准|目录|制度)(?:[（(][^）)]{1,20}[）)])?》"
ARTICLE = r"第[一二三四五六七八九十百千零〇0-9０-９XＸx]+(?:之[一二三四五六七八九十])?(?:条|款|项|章|节|目|号|次|批|类|阶段|季度)(?:之[一二三四五六七八九十])?"


def _lines(name: str) -> list[str]:
    return [line for line in (LISTS / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


@cache
def surnames(group: str) -> tuple[str, ...]:
    """`anywhere`, `beginning` or `double`: the surnames of one group of the list, each once."""
    lines = _lines("surnames.txt")
    first = next(number for number, line in enumerate(lines) if line.startswith(f"[{group}"))
    rest = "\n".join(lines[first + 1 :]).partition("\n[")[0]
    return tuple(dict.fromkeys(rest.split() if group == "double" else rest.replace("\n", "")))


@cache
def words() -> tuple[str, ...]:
    """Every word that explains its characters, longest first."""
    listed = {word for name in ("enforcement_words.txt", "general_words.txt") for line in _lines(name) for word in line.split()}
    return tuple(sorted(listed, key=lambda word: (-len(word), word)))


def any_of(signs: Iterable[str]) -> str:
    return f"[{''.join(signs)}]"


@cache
def double_surnames() -> str:
    """A pattern of the surnames of two characters and more, longest first."""
    return f"(?:{'|'.join(sorted(surnames('double'), key=len, reverse=True))})"


@cache
def word_beginnings() -> str:
    """A pattern of the words that begin with a surname: a text that begins so is no name."""
    begin = {*surnames("anywhere"), *surnames("beginning")}
    return f"^(?:{'|'.join(word for word in words() if word[0] in begin and len(word) <= LONGEST_NAME)})"


def _explained(text: str) -> str:
    """SQL: the text with a gap for each word of the lists."""
    for pattern in _patterns(words()):
        text = f"regexp_replace({text}, '{pattern}', '{GAP}', 'g')"
    return text


def _patterns(listed: Sequence[str]) -> Iterator[str]:
    ends = list(accumulate(len(word) for word in listed))
    for _, group in groupby(zip(listed, ends, strict=True), key=lambda pair: pair[1] // MAX_PATTERN_CHARACTERS):
        yield "|".join(word for word, _ in group)


def _candidates() -> str:
    """A pattern of what may be a name, in a text whose words were replaced by gaps."""
    anywhere, beginning = any_of(surnames("anywhere")), any_of(surnames("beginning"))
    plain = "".join(_lines("plain_characters.txt")) + "".join(surnames("beginning"))
    goes_on = rf"[\x{{4E00}}-\x{{9FFF}}{GAP}{KNOWN}]"
    return "|".join(
        (
            f"{anywhere}{goes_on}",
            f"{double_surnames()}{goes_on}",
            f"(?:{BEFORE}|{GAP}){beginning}{goes_on}",
            rf"[^{plain}{''.join(surnames('anywhere'))}{GAP}{KNOWN}\x{{0000}}-\x{{4DFF}}\x{{A000}}-\x{{FFFF}}]",
            f"{goes_on}{DOT}{goes_on}",
            "[A-Za-z]{2,}[ .·]+[A-Z][a-z]+",
        )
    )


@cache
def macros() -> str:
    """Macros over the texts of a row, for DuckDB.

    even_text(written)      no invisible signs, one kind of dot
    tidy_text(written)      the same without blanks between Chinese characters
    unexplained(written)    the tidy text with a gap for every word, 〇 for every masked name
    may_name_a_person(written)  whether something remains that may be a name; false for null
    """
    two = double_surnames()
    even, tidy = f"regexp_replace(nfc_normalize(written), '[{INVISIBLE}]', '', 'g')", "even_text(written)"
    for _ in range(2):  # neighbours share a character, and RE2 cannot look ahead
        even = f"regexp_replace({even}, '({HAN}){BLANK}*[{DOTS}{DOT}.-]{BLANK}*({HAN})', '\\1{DOT}\\2', 'g')"
        tidy = f"regexp_replace({tidy}, '({HAN})(?:{BLANK}+)({HAN})', '\\1\\2', 'g')"
    masked = rf"(?:{two}|{HAN})(?:某{{1,3}}|[{MASK_SIGNS}]{{2,3}}|[{MASK_SIGNS}]{HAN}?)[甲乙丙丁0-9]?"
    known = f"regexp_replace(regexp_replace(regexp_replace(tidy_text(written), '{CITED}', '{GAP}', 'g'), '{ARTICLE}', '{GAP}', 'g'), '{masked}', '{KNOWN}', 'g')"
    return f"""
    create or replace macro even_text(written) as {even};
    create or replace macro tidy_text(written) as {tidy};
    create or replace macro unexplained(written) as {_explained(known)};
    create or replace macro may_name_a_person(written) as coalesce(regexp_matches(unexplained(written), '{_candidates()}'), false);
"""

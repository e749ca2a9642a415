"""Who signed a document and when, and its own number: read from the lines that stand for it, typing errors included.

A signature is a date that ends a line (or, in run-on text, follows the name of an organ) with the names above it. A number is the
document's own where it opens a line or piece of the head or closes its title; in brackets behind a cited title it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.names import is_plain_unit
from flows.sources.plans.numbermarks import chinese_number
from flows.sources.plans.sounds import SOUND, SOUND_BEFORE, SOUNDS

# scanners and typists print O for 0, l for 1, 曰 for 日; some sites lose the last sign of a line
_DATE = re.compile(
    r"[12lI二一](?P<year>[09oO〇零一二三四五六七八九][0-9oOlI〇零一二三四五六七八九]{2})年"
    r"(?P<month>[0-9oOlI]{1,2}|[一二三四五六七八九十]{1,3})月(?P<day>[0-9oOlI]{1,2}|[一二三四五六七八九十]{1,3})(?:[日曰]|(?=\n))"
)
# a line of which a site has lost signs: 2022624, 20223月23日
_LOST_SIGNS = re.compile(r"(?<=\n)(?P<year>20\d\d)(?:(?P<month>\d{1,2})月(?P<day>\d{1,2})日|(?P<digits>\d{2,4}))(?=\n|$)")
_GOES_ON = re.compile(r"[前底起至,、以召经]|[(]?[上下]午|区政府|市政府|县政府|印发《")
_DIGITS = str.maketrans("〇零oOlI一二三四五六七八九", "000011123456789")
ORGAN = r"(?:人民政府|政府|办公室|办公厅|委员会|管委会|局|厅|委|办|院|中心|署|部|领导小组|指挥部|联席会议|银行|[分支]行|海关|公司|集团|学校|医院|馆|站|处|会|科|社)"
_ORGAN_NAME = re.compile(rf"[\u4e00-\u9fff()、〔〕]{{2,38}}{ORGAN}(?:\([\u4e00-\u9fff]{{2,12}}\))?$")
_MARK_BEFORE = re.compile(r"(?<=\n)\((?:此件|公开)[^()\n]{2,16}\)$")  # (此件发至乡镇级) 2017年6月13日
_STOPS = frozenset("。;:!?》\n”")
NUMBER = r"[\u4e00-\u9fff]{2,14}(?:\([\u4e00-\u9fff]{1,4}\))?字?[〔(](?:19|20)\d\d[〕)]第?\d{1,4}号"
_NUMBERED = re.compile(rf"\n\({NUMBER},?$")  # (某政办〔2019〕8号 2019年3月2日) below a title
_LONGEST_BRACKET = 40
_YEAR_IN_NUMBER = re.compile(r"[〔(](?:19|20)\d\d[〕)]第?\d{1,4}号")
_NUMBER_WORD = re.compile(rf"(?:(?:[\u4e00-\u9fff]{SOUND}){{2,14}}(?:\([\u4e00-\u9fff]{{1,4}}\))?)$")
_SEALED_BY = re.compile(r"\n?\([\u4e00-\u9fff]{2,30}代章\)$")
_ENCLOSED_BEFORE = re.compile(r".*(?:方案|流程|规程|名单|清单|目录|分解表|任务表|一览表|要点|办法|计划)(?=[\u4e00-\u9fff]{5,})")
_TITLED = re.compile(
    r"(?:[^。;,:\n]{4,120}(?:通知|意见|方案|要点|办法|计划|分工|分解|决定))?"
)  # what may stand before the number in its brackets
_FEWEST_BESIDE = 3  # 市政府 办公室 is one name
_LONGEST_WORD = 18  # characters of a number before its year
_MOST_SIGNERS = 16  # joint plans of a district's departments carry a dozen names
_END_OF_TITLE = re.compile(r".*(?:通知|方案|意见|要点|办法|计划|安排|文件|号:|文号|字号)")


@dataclass(frozen=True, slots=True)
class Signature:
    issuer: str | None
    signed_on: date | None
    printing: bool = False  # 某办公室2021年2月1日印发: who had it printed and when


def read_signatures(flow: NormalizedText, start: int, end: int) -> Iterator[Signature]:
    """All signatures of flow.text[start:end]; a date that opens a sentence (经2017年8月26日会议通过) is none."""
    for found in _DATE.finditer(flow.text, start, end):
        signed_on = _date("2" + found["year"] if found["year"][0] in "0oO〇零" else "1" + found["year"], found["month"], found["day"])
        if signed_on is None or _GOES_ON.match(flow.text, found.end()):
            continue
        mark = _MARK_BEFORE.search(flow.text, max(start, found.start() - 30), found.start())
        at = mark.start() if mark else found.start()
        issuer = _issuer(flow, start, at)
        begins = at == start or flow.text[at - 1] == "\n"
        ends = found.end() >= len(flow.text) or flow.text[found.end()] in "\n印|?" or flow.text.startswith("(", found.end())
        numbered = flow.text.startswith(")", found.end()) and _NUMBERED.search(flow.text, max(start, at - _LONGEST_BRACKET), at)
        if issuer or (begins and ends) or numbered:
            yield Signature(issuer, signed_on, printing=flow.text.startswith("印发", found.end()))


def read_damaged_signatures(flow: NormalizedText, start: int, end: int) -> Iterator[Signature]:
    """Signatures whose dates have lost 年, 月 or 日, below the name of an organ; the day only where it can be read in one way."""
    for found in _LOST_SIGNS.finditer(flow.text, start, end):
        digits = found["digits"] or ""
        pairs = [(found["month"], found["day"])] if found["month"] else [(digits[:at], digits[at:]) for at in range(1, len(digits))]
        days = {day for month, rest in pairs if rest[0] != "0" and (day := _date(found["year"], month, rest))}
        issuer = _issuer(flow, start, found.start())
        if issuer and days:
            yield Signature(issuer, days.pop() if len(days) == 1 else None)


def _issuer(flow: NormalizedText, start: int, end: int) -> str | None:
    """The names right above or before a date, joint signers each on a line of their own or apart by blanks."""
    signers: list[str] = []
    right = end
    while right > start and len(signers) < _MOST_SIGNERS:
        right -= flow.text[right - 1] in "\n?"  # ? stands for a blank that was lost with its encoding
        sealed = _SEALED_BY.search(flow.text, max(start, right - 40), right)
        right = sealed.start() if sealed and not signers else right
        line = max(flow.text.rfind("\n", start, right) + 1, start)
        beside = _names_beside(flow, line, right)
        if beside:
            signers[:0] = beside
            right = line
            continue
        if _ORGAN_NAME.fullmatch(flow.text, line, right) and not signers and len(flow.gaps(line, right)) > 1:
            return flow.quote(line, right)  # 某区 政务公开 领导小组 办公室
        left = right
        while left > start and flow.text[left - 1] not in _STOPS and right - left < 42 and not (left < right and flow.is_gap(left)):  # noqa: PLR2004
            if flow.text[left - 1] == ")" and left < right:
                sound = SOUND_BEFORE.search(flow.text, max(start, left - 10), left)
                if sound is None:
                    break  # what stands in brackets before a name is not of it
                left = sound.start()
                continue
            left -= 1
        if signers and flow.text[left - 1 : left] == ":":
            break  # the value of the last item's label
        name = SOUNDS.sub("", flow.text[left:right])
        enclosed = _ENCLOSED_BEFORE.match(name) if not signers else None
        if enclosed and _ORGAN_NAME.match(name[enclosed.end() :]):
            left += enclosed.end()  # 附件:2.工作流程某区管委会办公室2015年7月31日
            name = flow.text[left:right]
        if not _ORGAN_NAME.match(name) or (signers and len(name) < 6):  # noqa: PLR2004 -- above a signature stands text, not a shorter name
            break
        signers[:0] = [flow.quote(first, last) for first, last in _glued(flow.text, left, right)]
        right = left
    return "、".join(signers) or None


def _names_beside(flow: NormalizedText, start: int, end: int) -> list[str]:
    """The names of joint signers that stand beside each other in one line, apart by blanks; empty where a piece is no name of its own."""
    pieces = [*pairwise([start, *flow.gaps(start + 1, end), end])]
    if len(pieces) < _FEWEST_BESIDE or not all(_ORGAN_NAME.fullmatch(flow.text, *piece) for piece in pieces):
        return []
    names = [flow.quote(*piece) for piece in pieces]
    return names if all(is_plain_unit(flow.text[slice(*piece)]) for piece in pieces) else []


def joint_names(words: str) -> list[str]:
    """The organs named in `words` one behind the other without a sign, each of one place; empty where other words stand there."""
    names = [words[first:last] for first, last in _glued(words, 0, len(words))]
    return names if all(map(_ORGAN_NAME.match, names)) else []


def _glued(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Joint signers printed without a break: the second name begins with the same place as the first (某县委办公室某县人民政府办公室)."""
    place = text[start:end].removeprefix("中共")[:2]
    second = text.find(place, start + 5, end - 3)
    while second > 0:
        second -= 2 * text.endswith("中共", start, second)
        if not _ORGAN_NAME.match(text[start:second]):
            break
        yield start, second
        start, second = second, text.find(place, second + 5, end - 3)
    yield start, end


def own_number(flow: NormalizedText, end: int) -> str | None:
    """The number in the head of a document that is not cited: not behind 》 and not inside a sentence that rests on it."""
    for found in _YEAR_IN_NUMBER.finditer(flow.text, 0, end):
        left = found.start()
        while (
            left > 0
            and found.start() - left < _LONGEST_WORD
            and flow.text[left - 1] not in "\n。;,:》《"
            and (left == found.start() or not flow.is_gap(left))
        ):
            left -= 1
        before = flow.text[left : found.start()]
        title = _END_OF_TITLE.match(before)
        left += title.end() if title else 0
        own = flow.text[left] == "(" and _TITLED.fullmatch(flow.text, flow.text.rfind("\n", 0, left) + 1, left) is not None
        word = _NUMBER_WORD.match(flow.text[left + own : found.start()])
        left += own
        cited = flow.text[left - 1 : left] in {"》", "("} or "(" in before[: -len(word.group())] if word and left and not own else False
        if word and not cited:
            return flow.quote(left, found.end())
    return None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year.translate(_DIGITS)), _small(month), _small(day))
    except ValueError:
        return None


def _small(text: str) -> int:
    plain = text.translate(_DIGITS)
    return int(plain) if not re.search("[一二三四五六七八九十]", text) else chinese_number(text)

"""Which column of a register a header means, however a clerk writes it: numbered, starred, with hints in brackets or on a second line.

A spelling that only loses hints (必填, 年/月/日) is as good as the header itself. What else stands in brackets may be a meaning of its own
(罚款金额（万元）, 单位（联系人）): then the header is taken only where it surely is none, and only where no other says the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from exports.catalog import Register, fold_header
from exports.descriptor_parts import RegisterColumn
from exports.messages import Message, _, listed
from flows.sources.tables.cleaning import clean
from flows.sources.tables.code_words import code_words
from flows.workspace.errors import UnreadableSource

BRACKETS = re.compile(r"[(\[{<《【「]([^()\[\]{}<>《》【】「」]*)[)\]}>》】」]")
HINT = re.compile(
    r"^$|必填|选填|必录|必须|可选|可空|可不填|非必|格式|示例|样例|例[如:]?|^如|yyyy|mm|dd|年.?月|[/\-.年]月|^日期$|填写|填报|请|单选|多选|下拉|选择|选项|字以内|"
    r"字符|长度|全称|简称|规范名称|^中文$|加?盖?公?章|文本|数字|整数|见|参照|参见|同|要素|逐条|每条|\d{4}|^\d+$|^[*★]+$|^(text|date|string|varchar|int|number)"
)
MEANING = re.compile(
    r"万元|千元|百元|小时|分钟|工作日|月$|^年$|代码|号码|编号|文号|证号|注册号|机构|代理|原|旧|前|拟|预计|计划|应|目标|人|姓名|电话|手机|地址|邮箱|证件|身份|数量|次数|率|"
    r"[是否有无]|√|不|非|第三方|备注|说明|原因|理由|附件|图"
)
NUMBERING = re.compile(
    r"^(\(?\d{1,2}[.．、:)\s]+|\d{1,2}(?=[^\d年月日季./\-])|[一二三四五六七八九十]{1,3}[.、．:]|\([一二三四五六七八九十]{1,3}\)|[①-⑳]|[a-z][.、．])"
)
MARKS = re.compile(r"^[*★☆▲△※#●○◆◇■□>•·\-—_\s]+|[*★☆▲△※#●○◆◇■□:：_\s]+$|^必填[项]?[:：]?|[\-—_]?必填[项]?$")
TAIL = re.compile(r"(格式|例如|示例|样例|请填|请按|如[:：]).*$|[yY]{4}.*$|[:：](?=.*[年月日填写选/\-]).*$")
SEVERAL = re.compile(r"[\\/、|]|或者?")
DESCRIBED = re.compile(
    r"^([^()\[\]{}<>《》【】「」]*?)[,，;；。]\s*(.+)$", re.DOTALL
)  # 受理时间，窗口接件的时间: exports of databases head so
DESCRIBED_PARTS = re.compile(r"[,，;；。]")
DENIES = re.compile(r"未|为空|预计|计划|拟|应|原|旧|[万千百]元")
LATIN = re.compile(r"(?<=[\u4e00-\u9fff)])\s+[A-Za-z][A-Za-z0-9 ,.()/&'\-]*$")  # the same in English after it
NAME = "@名称"
UNIT = "@单位"  # 部门名称 alone is 单位; 编号, 时间 or 名称 alone say nothing of which
SAYS_NOTHING = re.compile(r"做出|作出|实际|详情页?|行政|的")
CORES = (  # words at the end of a header that mean one thing, and what names of columns that have such headers end in
    (UNIT, re.compile(r"(单位|部门|机构|机关|主体)(名称)?$"), ("_name",)),
    ("@日", re.compile(r"(日期|时间)$"), ("_on",)),
    ("@文号", re.compile(r"(书文号|文书编号|文书号码|文书号|书编号|书号码|书号|文号)$"), ("_number", "_id", "_no")),
    ("@编号", re.compile(r"(编号|编码|号)$"), ("_number", "_id", "_no")),
    (NAME, re.compile(r"(标题|题目|题名|名称|全称)$"), ("_title", "topic", "_name")),
)
OF_ANY = {"@编号": "编号", NAME: "名称"}  # a number or a title of what a register is about is that of its records
WHO = re.compile(
    r"(被处罚|被许可|当事|相对|自然|个?人|个体工商户|姓名|名称|单位|企业|公司|法人|(其他)?组织|机构|及其他|或者?|及|和|与|[/、|\\])+"
)
NAMES_A_PARTY = re.compile(r"人|对象|相对|者")
QUICK = re.compile(r"[(（【\[\n]")
WHOLE = 4  # characters of a header that says enough alone
LONGEST = 40  # characters of a header
MOST_LISTED = 8  # headers in a message
MAPPED, EXACT, HINTED, LOOSE = 0, 1, 2, 3


class NoSuchHeaders(UnreadableSource):
    """A table whose headers are not those of the register."""

    def or_else(self, other: NoSuchHeaders) -> NoSuchHeaders:
        """The same, with what another form of the register would need."""
        expected = _("{expected}; or a ledger with one row a case: {other}", expected=self.expected, other=other.expected)
        return NoSuchHeaders(self.place, self.found, expected, self.remedy)


def listed_headers(columns: Iterable[RegisterColumn]) -> Message:
    """Columns as a message lists them, each with its usual headers."""
    each = [(column.name, _usual_headers(column)) for column in columns]
    return Message("；".join(f"{name}：{words.zh}" for name, words in each), "; ".join(f"{name}: {words.en}" for name, words in each))


def _usual_headers(column: RegisterColumn) -> Message:
    """The usual headers of a column, with the number of those that are not listed: the day of a ledger has some sixty."""
    more = len(column.headers) - MOST_LISTED
    headers = listed(column.headers[:MOST_LISTED])
    return _("{headers} and {more} more", headers=headers, more=more) if more > 0 else headers


class Known:
    """The headers that a register knows, with what the settings say of a source's own."""

    def __init__(self, register: Register, mapping: Mapping[str, str] | None = None) -> None:
        self.register = register
        self._mapped = {fold_header(clean(header)): column for header, column in (mapping or {}).items()}
        self._words = {*register.names_by_header, *(h.casefold() for column in register.columns for h in column.headers), *self._mapped}
        self._of = lru_cache(maxsize=20_000)(self._find)
        self._alike = _by_core(register)
        self._about = sorted(register.about, key=len, reverse=True)
        self._of_any = {core: word for core, word in OF_ANY.items() if word in register.names_by_header}
        self._refused = {fold_header(header) for header in register.refused}
        placed = [(place, fold_header(header)) for column in register.columns for place, header in enumerate(column.headers)]
        self._place = {core_of(header): place for place, header in reversed(placed)} | {header: place for place, header in placed}

    @property
    def required(self) -> frozenset[str]:
        return frozenset(self.register.required_headers)

    def column(self, header: str) -> str | None:
        """The column that a header means, None for none."""
        found = self._of(header)
        return found[0] if found else None

    def rank(self, header: str) -> int:
        """How surely: 0 by the settings, 1 word for word, 2 but for hints, 3 but for a bracket; lower is better."""
        found = self._of(header)
        return found[1] if found else LOOSE + 1

    def _precedence(self, header: str) -> tuple[int, int]:
        """Of headers of one column: the surer first, and of those as sure the one to whose words the descriptor gives the earlier place."""
        words = [word for spelling, _rank in spellings(header) for word in (spelling, *self._cores(spelling))]
        return self.rank(header), min((self._place[word] for word in words if word in self._place), default=len(self._place))

    def claims(self, headers: Sequence[str]) -> dict[str, list[str]]:
        """Column -> the headers that mean it, the surest first, and of those as sure in the order of the descriptor, whose general words (单位,
        检查日期) come last; what the settings say goes alone.
        """
        claims: dict[str, list[str]] = {}
        for header in headers:
            if column := self.column(header):
                claims.setdefault(column, []).append(header)
        for column, found in claims.items():
            best = min(map(self.rank, found))
            claims[column] = sorted((h for h in found if best > MAPPED or self.rank(h) == MAPPED), key=self._precedence)
        return claims

    def lacks(self, headers: Sequence[str]) -> bool:
        """Whether a row of headers cannot be the register's: a column that must be there is not."""
        return not self.required <= {self.column(header) for header in headers if header}

    def may_head(self, text: str) -> bool:
        """Whether a cell may head a column: a look that costs little, for it is taken at every cell of a sheet."""
        return len(text) <= LONGEST and QUICK.split(text.strip("*★ \t\n:："), maxsplit=1)[0].casefold() in self._words

    def count(self, headers: Sequence[str]) -> int:
        """How many columns of the register some headers mean."""
        return len({column for header in headers if header and (column := self.column(header))})

    def told(self, names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Columns of which the headers of others (`names`: column -> header) say what stands in every row: column -> value, and under which
        header it goes.
        """
        found = {}
        for rule in self.register.told_by_header:
            headers = [names[column] for column in rule.of if column in names]
            values = {value for value, pattern in rule.words.items() if any(re.search(pattern, header) for header in headers)}
            if rule.column not in names and len(values) == 1:
                found[rule.column] = (values.pop(), f"{rule.column}（按表头认定）")
        return found

    def joins(self, column: str, heard: Sequence[str]) -> bool:
        """Whether two headers of a column may be read together where each row fills one of them: not where it says what may leave (`heard`),
        from when a term runs, or what the record is; a day that is there is not taken for one that is not.
        """
        return column not in {*heard, *self.required, *self.register.key, *(clock.start for clock in self.register.clocks)}

    def not_spoken(self, names: Mapping[str, str], cells: Callable[[str], Iterable[str | None]]) -> list[str]:
        """Columns whose header is known and whose cells (`cells` gives those below a header) say no word of theirs, where other headers tell
        what every row is: a 类别 of something else in a table of penalties.
        """
        found = []
        for rule in self.register.told_by_header:
            others = {column: header for column, header in names.items() if column != rule.column}
            if rule.column not in names or rule.column not in self.told(others):
                continue
            words = {fold_header(word) for word in (*rule.words, *(w for pair in code_words(rule.column) for w in pair))}
            if not words & {fold_header(cell) for cell in cells(names[rule.column]) if cell}:
                found.append(rule.column)
        return found

    def _find(self, header: str) -> tuple[str, int] | None:
        if len(header) > 120:
            return None
        for spelling, rank in spellings(header):
            if rank <= EXACT and spelling in self._mapped:
                return (self._mapped[spelling], MAPPED) if self._mapped[spelling] else None
            if rank == LOOSE and self.register.refused:
                break
            if column := self.register.names_by_header.get(spelling):
                return column, rank
        return self._of_core(header) or self._of_several(header) or self._of_described(header)

    def _of_core(self, header: str) -> tuple[str, int] | None:
        """The column of a header that says what a known one does in the common words of another office."""
        known = [spelling for spelling, rank in spellings(header) if rank < LOOSE and spelling not in self._refused]
        column = next((column for spelling in known for core in self._cores(spelling) if (column := self._alike.get(core))), None)
        column = column or next((column for spelling in known if (column := self._of_record(spelling))), None)
        return (column, HINTED) if column else None

    def _of_record(self, spelling: str) -> str | None:
        """The column of a header that begins with what the register is about: 案件撤销原因 is 撤销原因. A short word is too general to be left
        alone, 处罚类别, and a bare 单位 or 日期 is that of nobody.
        """
        rest = next((spelling.removeprefix(word) for word in self._about if spelling.startswith(word)), "")
        return self.register.names_by_header.get(rest) if len(rest) >= WHOLE and not core_of(rest).startswith("@") else None

    def _cores(self, spelling: str) -> Iterator[str]:
        """What a header says, and what it says without the words for what the register is about: 信件办理单位 is 办理单位, 信件单位 is nobody's."""
        core = core_of(spelling)
        yield core
        while "@" in core and (word := next((word for word in self._about if core.startswith(word)), None)):
            core = core.removeprefix(word)
            if core.startswith("@"):
                core = self._of_any.get(core, "")
            yield core

    def _of_several(self, header: str) -> tuple[str, int] | None:
        """The column of a header that gives it two names, 发文字号/文号, the second perhaps without what both begin with, 处罚结果/内容: both
        must mean it.
        """
        parts = [part.strip() for part in SEVERAL.split(unicodedata.normalize("NFKC", header)) if part.strip()]
        first = self._of(parts[0]) if len(parts) > 1 else None
        if not first:
            return None
        same = first[0]
        heads = [parts[0][:size] for size in range(2, len(parts[0]))]
        is_one = all(
            found[0] == same if (found := self._of(part)) else any(self.column(head + part) == same for head in heads) for part in parts[1:]
        )
        return (same, HINTED) if is_one else None

    def _of_described(self, header: str) -> tuple[str, int] | None:
        """The column of a header that goes on to describe itself after a comma, where what follows names no other."""
        described = DESCRIBED.match(clean(header))
        found = self._of(described[1]) if described and not DENIES.search(described[2]) else None
        if not described or not found:
            return None
        others = {self.column(part) for part in DESCRIBED_PARTS.split(described[2]) if part.strip()}
        return (found[0], max(found[1], HINTED)) if others <= {None, found[0]} else None


def core_of(header: str) -> str:
    """What a header says whatever common words say it: 作出处罚决定的机关名称 and 处罚决定部门, 征集结束时间 and 征集结束日期, 处罚决定书文号 and
    处罚决定文书号 are one. A header that consists of common words only stays what it is.
    """
    plain = SAYS_NOTHING.sub("", header)
    for mark, words, _names in CORES:
        if (core := words.sub(mark, plain)) != plain:
            is_unit = mark == UNIT and not plain.startswith("主体")  # whose name is that of a party
            return core if core != mark else words.sub(mark, header) if is_unit else header
    return plain or header


def _by_core(register: Register) -> dict[str, str]:
    """Core of each header -> its column, where only one column has it, and a column of the kind that such headers have."""
    found: dict[str, set[str]] = {}
    for column in register.columns:
        for header in map(fold_header, (column.name, *column.headers)):
            core = core_of(header)
            kinds = next((names for mark, _words, names in CORES if core.endswith(mark)), ("",))
            is_kind = column.name.endswith(kinds)  # what ends so and is another kind is no example
            found.setdefault(core, set()).add(column.name if is_kind else "")
            if "@" not in core and column.name.endswith(CORES[-1][2]):  # 课题名称 is what 课题 is
                found.setdefault(core + NAME, set()).add(column.name)
    return {core: next(iter(columns)) for core, columns in found.items() if len(columns) == 1 and "" not in columns}


def spellings(header: str) -> Iterator[tuple[str, int]]:
    """What a header may be known by, folded as descriptors' headers are, the surest first."""
    plain = unicodedata.normalize("NFKC", clean(header))
    yield fold_header(plain), EXACT
    seen = {fold_header(plain)}
    plain = LATIN.sub("", plain)
    if whole := BRACKETS.fullmatch(plain.strip()):
        plain = whole[1]
        yield fold_header(plain), HINTED
    unhinted = BRACKETS.sub(lambda found: "" if HINT.search(found[1].strip().casefold()) and not _means(found[1]) else found[0], plain)
    lines = [line for line in unhinted.splitlines() if line.strip()]
    for text in (unhinted, *(lines[:1] if len(lines) > 1 and _is_hint(" ".join(lines[1:])) else ())):
        for spelling in (fold_header(text), fold_header(_bare(text)), fold_header(TAIL.sub("", _bare(text)))):
            if spelling and spelling not in seen:
                seen.add(spelling)
                yield spelling, HINTED
    bracketed = BRACKETS.findall(unhinted)
    loose = fold_header(_bare(BRACKETS.sub("", unhinted)))
    meaning = [words for words in bracketed if MEANING.search(words) and not (NAMES_A_PARTY.search(loose) and WHO.fullmatch(words))]
    if bracketed and loose and loose not in seen and not meaning:
        yield loose, LOOSE


def _means(words: str) -> bool:
    """Whether words that look like a hint say something of their own: 万元, 身份证号."""
    return bool(re.search(r"元|代码|号码|证件|身份|姓名|电话|联系|代理|原|拟|应", words))


def _is_hint(line: str) -> bool:
    return bool(HINT.search(line.strip().casefold())) and not _means(line)


def _bare(text: str) -> str:
    """Without numbering before it and marks around it."""
    former, text = "", text.strip()
    while former != text:
        former, text = text, NUMBERING.sub("", MARKS.sub("", text).strip().casefold()).strip()
    return text

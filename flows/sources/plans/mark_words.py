"""What the words of a mark mean: 不予公开, 依申请公开, 秘密★1年, 内部资料; and which labels (公开属性, 密级 …) lead to such words.

Sources: 政府信息公开条例 14 to 16 and 27 to 36 (open, on request, withheld), 党政机关公文格式 GB/T 9704-2012, 7.2.2 (密级和保密期限),
国家秘密定密管理规定 (★ between grade and term). What is of this family and not known to mean "public" is `unknown`.
"""

from __future__ import annotations

import re
import unicodedata

from flows.sources.plans.formats.boilerplate import WORDS
from flows.sources.plans.shapes import fold

PUBLIC, UNKNOWN, ON_REQUEST, WITHHELD, INTERNAL, SECRET = STRICTNESS = (
    "public", "unknown", "on_request", "withheld", "internal", "secret",
)  # fmt: skip
"""From the mark that lets a document go to the strictest."""

ATTRIBUTES = {PUBLIC: "主动公开", ON_REQUEST: "依申请公开", WITHHELD: "不予公开"}

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TRADITIONAL = dict(
    zip("開機絕內請屬級範圍傳錄轉應發佈標識類別選項閱減預", "开机绝内请属级范围传录转应发布标识类别选项阅减预", strict=True)
)
_ANY_TRADITIONAL = re.compile(f"[{''.join(_TRADITIONAL)}]")
_OPENING, _CLOSING = "([{〔<《〈「『“‘\"'", ")]}〕>》〉」』”’\"'"
FRAME = " \t|*#·•●■◆▲※-_=~★☆" + _OPENING + _CLOSING + ":,。;!、"
_UNOPENED = re.compile(r"^([^(\[{〔<〈「『]*)[)\]}〕>〉」』]")
_BLANKS = re.compile(r"\s+")
LONGEST = 60

_THIS = r"(?:此|本|该)(?:件|文件|公文|文|通知|方案|计划|要点|清单|资料|材料|信息)"
_OPEN_WORDS = (
    r"(?:法定)?(?:主动|全文|全部|完全)?(?:向|对|面向)?(?:全?社会|公众|外)?(?:主动|全文|全部|予以)?公开(?:发布|刊登|登载)?"
    r"|主动|公开件|可以?公开(?:发布)?|应当?(?:主动)?公开|予以公开|允许公开"
)
_OPEN = re.compile(rf"(?:的?(?:为|是|属于?|系)|属性为)?(?:{_OPEN_WORDS})(?:类|件|信息|的?文件|属性)?")
_OPEN_TO = re.compile(r"(?:面?向)?(?:全?社会(?:公众|公开)?|公众|社会各界|全部|全体公民|不限|所有公众|公民、?法人(?:和|及|或|、)?其他组织)")
_CHANNEL = re.compile(
    r"(?>(?:县|市|区|省|镇|乡|本)?(?:人民)?(?:政府|政务|门户|部门|官方|信息公开)*(?:网站?|网络|门户|公报|公告栏?|公示栏|公开栏|宣传栏|新媒体|微信(?:公众号)?|微博|新闻媒体|报刊|报纸|广播|电视|电子屏"
    r"|服务中心|档案馆|图书馆|查阅点|文本|纸质|电子(?:文本|文件)?|互联网|平台|新闻发布会)(?:公开|发布)?[、,/;和及与]*)+(?:等(?:方式|形式|渠道)?)?"
)
_NOT_CLASSIFIED = re.compile(r"无|非密|非涉密|不涉密|未定密|普通|一般|公开|平件|/|-+|\\")
_YES = re.compile(r"是|能|可|可以|√|☑|对|Y|yes", re.IGNORECASE)
_NO = re.compile(r"否|不|不能|不可|不是|×|N|no", re.IGNORECASE)
_SECRET = re.compile(r"(?<![家业守作露涉])(?:绝密|机密|秘密)(?!书)|涉密|涉及国家秘密|(?<!注意)保密(?!审查)")
_INTERNAL = re.compile(
    r"内部|内参|注意保[存管密]|妥善保管|阅后(?:销毁|收回|即焚)|(?:不得|请勿|严禁|禁止|切勿|不准|不可|勿)(?:外传|外泄|外借|传播|扩散|转发|翻印|复印|复制|上网|登报|见报|刊登|登载|报道|泄露|泄漏|对外|公布|发布)"
    r"|仅(?:供|限)"
)
_NOT_OPEN = re.compile(
    r"(?:不|免|暂缓|缓|拒绝|禁止|勿)[^。,;]{0,8}公开|非(?:主动)?公开|公开[^。,;]{0,4}(?:不|禁|否)|不(?:得|宜|能|可|予)[^。,;]{0,6}(?:发布|公布|登载|上网)"
)
_REQUESTED = re.compile(r"(?:依|经|按|凭|须|需|应)[^。,;]{0,3}申请|申请[^。,;]{0,3}公开")

_LABEL = (
    r"(?:(?:(?:政府|政务|公文|文件|本文|发文|本件)?(?:信息)?(?:主动)?公开(?:的)?(?:属性|方式|类别|类型|形式|选项|范围|级别|权限|状态|性质|种类|等级|程度|标识|标志|标记|意见|与否|情形|对象|分类|审查意见))"
    r"|(?:是否|能否|可否|应否)(?:属于|可以?|主动|予以|依法|对外|向社会|上网|网上|全文)*公开(?:发布)?"
    r"|(?:公文|文件|发文|信息|本文|发布|发文)属性|属性"
    r"|(?:文件|信息|公文|涉密|保密)?(?:密级|保密等级|保密级别|秘密等级|涉密等级|保密属性|涉密属性|涉密情况)(?:(?:及|和|与|、)?保?密?期限)?"
    r"|是否涉密|知悉范围|传达范围|阅读范围|阅知范围|发放范围|发送范围|密)"
)
_YES_NO_FIELD = re.compile(
    r"(?P<label>(?:主动|对外|依法|全文|向社会|网上)?公开|依申请公开|不予公开)[:=|]+(?P<value>是|否|√|×|Y|N|yes|no)", re.IGNORECASE
)
_FIELD = re.compile(rf"(?P<label>{_LABEL})(?:[:=|]+|(?P<verb>为|是|属于|属))(?P<value>.+)")
_GOES_ON = re.compile(r"[,;。、]|的(?!文件|信息|公文)")
_ALONE = re.compile(rf"{_LABEL}[:=|]*")
_OTHER_LABEL = re.compile(
    r"公开(?:渠道|时限|时间|时长|日期|依据|主体|事项|内容|程序|层级|要素|责任.{0,4}|单位|部门|机构|目录|栏目|平台|载体|对象)(?:\(.*\))?"
)
_WEAK = re.compile(r"方式|形式|范围|对象|情形|等级$|^(?:文件|信息|本文|发布)?属性$|^密$")
_ABOUT_SECRECY = re.compile(r"密")
_RANGE = re.compile(r"范围|对象")
_WAY = re.compile(r"方式|形式")
_NEXT_FIELD = re.compile(
    f"(?<=.)(?:{'|'.join(sorted((label for label in WORDS['fact_labels'].split() if len(label) > 1), key=len, reverse=True))})(?::|$)"
)
_SHORT = 20
_ASKS = re.compile("^(?:是否|能否|可否|应否|主动)|与否$")
_TICKED = re.compile(r"[☑☒✓✔√■●◉](?P<value>[^☐□○〇◯☑☒✓✔√■●◉]+)")
_BOXES = re.compile(r"[☐□◯☑☒✓✔■◉]")
_SAYS_OF_ITSELF = re.compile(
    rf"(?:此件|{_THIS}(?=(?:现|应|拟|均|一律|的)?(?:为|是|系|属于?|定为|列为|仅)?(?:政府)?(?:信息)?(?:公开|密级)?(?:属性|类别|类型|方式)?[:为是]?"
    r"(?:不|非|免|暂|依|经申请|按申请|申请|主动公开|公开(?!征|透|栏|竞|招|选|后)|内部|秘密|机密|绝密|涉密|保密|删减|部分公开|限|仅|请勿|严禁|禁止|切勿|注意保)))(?P<value>.+)"
)
_SECRECY_LINE = re.compile(
    r"(?:密级)?(?:及保密期限)?[:]?(?:绝密|机密|(?:国家|工作|警务|商业)?秘密|(?:核心|普通)?商密)(?:级|件|文件|公文)?[★☆*×xX·.◆●▲]*(?:(?:保密期限)?[:(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:个)?(?:年|月)?\)?|长期)?(?:保存|管理|以内)?"
)
_HANDED_OUT_TO = re.compile(r"(?:印?发|传达|分发|阅)至[^。,;:]{1,14}(?:级|单位|部门|镇|乡|街道|领导|干部|党组织)")  # （发至县团级）
_BARE = {ON_REQUEST: re.compile(r"(?:依|经|按)申请公开(?:类|件|文件)?"), PUBLIC: re.compile(r"(?:主动公开|公开发布)")}
_BARE_NOT_OPEN = re.compile(
    r"(?:暂|依法|现)?(?:不予|不宜|不得|不|免予|非|暂不|禁止|不对外|不向社会)(?:主动|对外|向社会)?公开(?:发布)?(?:类|件|文件)?"
)
_GLUED = re.compile(  # a page's label and value without what parted them: 公开属性依申请公开
    rf"{_LABEL}(?P<value>{_BARE[ON_REQUEST].pattern}|{_BARE[PUBLIC].pattern}|{_BARE_NOT_OPEN.pattern}|(?:绝密|机密|秘密)级?)"
)
_INTERNAL_WORDS = (
    r"(?:限|发行|内部(?:资料|文件|材料|使用|参考|刊物|传阅|情况|掌握|公开|发行|通报|工作|文稿|信息|印发|电报)?|(?:资料|文件|材料)"
    r"|注意保[存管密]|妥善保管|阅后(?:销毁|收回|即焚)|(?:不得|请勿|严禁|禁止|切勿|不准|不可|勿)(?:外传|外泄|外借|传播|扩散|对外|向外|转发|翻印|复印|复制|上网|登报|见报|刊登|登载|报道|泄露|泄漏|公布|发布|提供|[、,和或])+"
    r"|仅(?:供|限)(?:本)?(?:内部|单位|机关|系统|领导|参会人员|与会人员)*(?:参考|使用|传阅|掌握|阅知|阅读)?|保密|注意|请|涉密|机关|单位|本系统|[,、;!。:·*])"
)
_TAKEN_BACK = r"(?:已经?)?(?:被)?(?:撤回|撤下|撤稿|撤销发布|下架|下线|删除|驳回|退回|退稿)"
_NOT_OUT = re.compile(  # 发布状态：已撤回; 审核状态：待审核; 本信息已下架
    rf"(?:发布|信息|文件|公文|文稿|稿件|审核|审签|审批|审查|当前)?状态[:=|]+(?:{_TAKEN_BACK}|(?:待|未|尚未|暂缓|暂不)(?:审|审核|审查|审批|发布|签发|上网|公布)"
    r"|(?:审核|审批|流转|编辑)中|草稿|暂存)"
    rf"|(?:本|该|此)(?:文|文件|信息|页面|通知|稿件|条信息)(?:{_TAKEN_BACK})"
)
_NOT_PRINTED = re.compile(r"(?:一律)?(?:不(?:上网|登报|见报|上报刊|刊登|登载|外传)[、,;和]*)+")
_PARTLY = re.compile(  # 附件2为内部资料，不予公开; 本页以下内容依申请公开: of a part, so that a person must look at the whole
    r"(?:本页|附件|附表|附录)[^,。;:]{0,14}?(?:(?:均|一律|为|属于?|系|[:,、])*(?:不予公开|不公开|不宜公开|依申请公开|内部(?:资料|文件|材料)|不得外传|请勿外传|秘密|机密))+"
)
_INTERNAL_LINE = re.compile(rf"(?:{_INTERNAL_WORDS})+")


def of_piece(printed: str, *, at_edge: bool, is_row: bool) -> str | None:
    """What a piece of a line says of the whole document; None where it says nothing of the kind. A cell of a row speaks of its row only."""
    piece = squeezed(printed).strip(FRAME)
    piece = cut[1] if (cut := _UNOPENED.match(piece)) else piece
    if not piece or len(piece) > LONGEST:
        return None
    own = _SAYS_OF_ITSELF.fullmatch(piece)
    if own:
        return of_words(own["value"])
    return _of_yes_or_no(piece) or _of_mark(piece, at_edge=at_edge, is_row=is_row) or _of_field(piece, at_edge=at_edge)


def _of_mark(piece: str, *, at_edge: bool, is_row: bool) -> str | None:
    """A piece that is nothing but a mark. One that a menu or a heading may have as well (依申请公开) counts only at the document's ends."""
    if _SECRECY_LINE.fullmatch(piece):
        return SECRET
    if _INTERNAL_LINE.fullmatch(piece) and (kind := of_words(piece)) in {INTERNAL, SECRET}:
        return kind
    if any(words.fullmatch(piece) for words in (_HANDED_OUT_TO, _NOT_PRINTED, _PARTLY)) or (_NOT_OUT.fullmatch(piece) and not is_row):
        return UNKNOWN
    if _BARE_NOT_OPEN.fullmatch(piece):
        return UNKNOWN if is_row else WITHHELD
    is_free = at_edge and not is_row
    return next((kind for kind, words in _BARE.items() if is_free and words.fullmatch(piece)), None)


def _of_yes_or_no(piece: str) -> str | None:
    """主动公开：否; 依申请公开：是. A word of the family with a colon is a field only where nothing but yes or no stands behind it."""
    field = _YES_NO_FIELD.fullmatch(piece)
    if not field:
        return None
    is_yes = bool(_YES.fullmatch(field["value"]))
    if field["label"] == "依申请公开":
        return ON_REQUEST if is_yes else UNKNOWN
    return (PUBLIC if is_yes else WITHHELD) if field["label"] != "不予公开" else (WITHHELD if is_yes else UNKNOWN)


def _of_field(piece: str, *, at_edge: bool) -> str | None:
    field = _FIELD.fullmatch(piece)
    if not field:
        glued = _GLUED.fullmatch(piece)
        return of_words(glued["value"]) if glued else None
    value = _NEXT_FIELD.split(_own_cells(field["value"]), maxsplit=1)[0]
    if field["verb"] and _GOES_ON.search(value):
        return None
    kind = of_value(field["label"], value)
    if kind == UNKNOWN and _WEAK.search(field["label"]) and not (at_edge and len(value) <= _SHORT):
        return None
    return kind


def _own_cells(printed: str) -> str:
    """The cells of a value as far as the next label: 主动公开|密级|无."""
    cells = printed.split("|")
    return "|".join(cells[: next((at for at, cell in enumerate(cells) if at and is_label(cell)), len(cells))])


def of_value(label: str, printed: str) -> str | None:
    """What the value of a labelled field means; None where it is empty or only a blank to be filled."""
    if _BOXES.search(printed):
        ticked = [found["value"].strip(FRAME) for found in _TICKED.finditer(printed)]
        return of_value(label, "、".join(ticked)) if ticked else UNKNOWN
    value = printed.strip(FRAME + "_")
    if not value or len(value) > LONGEST:
        return of_words(value) if value else None
    return _yes_or_no(label, value) or _open_by_label(label, value) or of_words(value)


def _yes_or_no(label: str, value: str) -> str | None:
    """是否公开：否; 是否涉密：是."""
    is_yes, is_no = bool(_YES.fullmatch(value)), bool(_NO.fullmatch(value))
    if not (is_yes or is_no) or not (is_no or _ASKS.search(label)):
        return None
    if _ABOUT_SECRECY.search(label):
        return SECRET if is_yes else PUBLIC
    return PUBLIC if is_yes else WITHHELD


def _open_by_label(label: str, value: str) -> str | None:
    """Values that mean public under their label only: 密级：无, 公开范围：全社会, 公开方式：政府网站."""
    pairs = ((_ABOUT_SECRECY, _NOT_CLASSIFIED), (_RANGE, _OPEN_TO), (_WAY, _CHANNEL))
    return PUBLIC if any(labels.search(label) and words.fullmatch(value) for labels, words in pairs) else None


def of_words(words: str) -> str:
    """The strictest meaning that the words of a mark have; `unknown` for what is not wholly a word for public."""
    words = words.strip(FRAME)
    for kind, pattern in ((SECRET, _SECRET), (INTERNAL, _INTERNAL), (WITHHELD, _NOT_OPEN), (ON_REQUEST, _REQUESTED)):
        if pattern.search(words):
            return kind
    return PUBLIC if _OPEN.fullmatch(words) else UNKNOWN


def _is_of_the_family(words: str) -> bool:
    return bool(re.search(r"公开|公布|申请|密|内部|外传|发至|传达", words)) and len(words) <= LONGEST // 2


def is_label(cell: str) -> bool:
    """Whether a cell is a label (公开属性, 密级:) and nothing else."""
    return bool(_ALONE.fullmatch(cell))


def is_value(label: str, value: str, *, is_row: bool) -> bool:
    """Whether a cell beside or below a label is its value: a word of the family, or short under a label that nothing else has."""
    if _ALONE.fullmatch(value) or _OTHER_LABEL.fullmatch(value):
        return False
    if _is_of_the_family(value) or _NO.fullmatch(value) or _YES.fullmatch(value):
        return True
    return not is_row and not _WEAK.search(label)


def plain(text: str) -> str:
    """One shape for each sign, no invisible ones, today's characters; blanks stay."""
    shaped = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return fold(_ANY_TRADITIONAL.sub(lambda found: _TRADITIONAL[found[0]], shaped))


def squeezed(text: str) -> str:
    return _BLANKS.sub("", text)

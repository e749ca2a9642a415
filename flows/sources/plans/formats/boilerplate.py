"""Site furniture: menus, share buttons, counters, upload banners, copyright footers. Only whole lines that can be nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.sources.plans.formats.draft import Row


@dataclass(frozen=True, slots=True)
class Furniture:
    """One kind of line that a website or reader program adds, with an example of it. `pattern` must fit the whole stripped line."""

    name: str
    pattern: re.Pattern[str]
    example: str


def _furniture(name: str, pattern: str, example: str) -> Furniture:
    return Furniture(name, re.compile(pattern, re.IGNORECASE), example)


# Buttons stand alone or several in a line. A word that could be a title or a cell of a plan's table (政务公开, 附件, 责任部门) is none.
_BUTTON = (
    "打印(?:本页|此页|页面|文章|正文)?|(?:我要)?(?:收藏|分享)(?:本页|此页|按钮|到?)?|关闭(?:本页|此页|窗口|页面)?|返回(?:顶部|首页|列表|上一页|上一级|目录)?|回到?(?:顶部|首页)|"
    "(?:新浪|腾讯)?微博|(?:QQ|qq)(?:空间|好友)?|微信(?:好友|朋友圈|扫一扫)?|朋友圈|复制链接|人人网?|豆瓣|百度贴吧|更多|"
    "(?:A[+-]|大|中|小|默认|超大|特大)|字(?:体|号)(?:大小)?|语音(?:播报|阅读)|纠错|我要纠错|点赞|二维码|手机(?:版|端)|电脑版|无障碍(?:阅读|浏览)?|适老(?:化|版)|长者(?:版|模式|专区)|繁體|简体|English|"
    "扫一扫(?:在手机(?:上)?打开当前页(?:面)?|分享)?|上一[篇条页]|下一[篇条页]|尾页|末页|首页|网站首页|登录|注册|登录/注册|搜索|检索|网站地图|站点地图|联系我们|关于我们|设为首页|加入收藏|"
    "下载|在线预览|预览|举报|相关|相关资源|相关搜索|猜你喜欢|展开阅读全文|阅读全文|全文|资源描述|文档(?:介绍|描述|简介)|word|pdf|保存|收起|展开"
)
_GAP = r"[\s|·•/,，、:：\[\]【】()()\-—>＞»]*"
_LINK = r"(?:[\w.]+@)?[\w\-./:?=&%#]+"

FURNITURE = (
    _furniture("buttons", rf"{_GAP}(?:(?:{_BUTTON}){_GAP})+", "打印本页 关闭窗口 |"),
    _furniture("breadcrumb", r"(?:您?(?:现在|当前)?(?:所在)?的?位置(?:是)?|当前位置|您的位置|当前栏目)\s*[:：].{0,120}", "当前位置:首页 > 政务公开 > 通知公告"),
    _furniture("breadcrumb of arrows", r"(?:网站)?首页\s*(?:[>＞»›→]+\s*[^>＞»›→。;；]{1,40}\s*){1,10}[>＞»›→]?", "首页 > 政府信息公开 > 法定主动公开内容"),
    _furniture("view counter", r"(?:本文|文章)?(?:浏览|访问|阅读|点击|查看)(?:次数|量|数|率)?\s*[:：]?\s*\[?\s*\d*\s*\]?\s*次?", "浏览次数: 1024 次"),
    _furniture("font size", r"[【\[(（]?\s*(?:字体|字号|文字)(?:大小)?\s*[:：]?\s*[\[【(（]?\s*(?:[超特大中小默认]{1,2}\s*){1,5}[\]】)）]?\s*[】\])）]?.{0,12}", "【字体:大 中 小】"),
    _furniture("share", r"(?:分享(?:到|至)?|转发到?)\s*[:：].{0,60}", "分享到: 微信 微博 QQ空间"),
    _furniture("uploader", r"上传(?:人|者|用户)\s*[:：]?.{0,40}(?:文档编号|上传时间|格式|页数|大小|ID).{0,120}", "上传人:a** 文档编号:1 上传时间:2023-01-01 格式:DOCX 页数:5 大小:17KB"),
    _furniture("page image", r".{1,100}\.(?:docx?|pdf|wps|pptx?)_第\s*\d+\s*页", "工作方案.docx_第1页"),
    _furniture("page of pages", r"[-—–―\s]*第?\s*\d{1,4}\s*页?\s*(?:[/／,，]?\s*共\s*\d{1,4}\s*页|[/／]\s*\d{1,4}\s*页?)[-—–―\s]*", "第1页 / 共5页"),
    _furniture("page number", r"[-—–―－]\s?\d{1,4}\s?[-—–―－]|第\s*\d{1,4}\s*页", "- 3 -"),
    _furniture("download banner", r"亲[,，].{0,60}(?:下载|预览).{0,20}", "亲,该文档总共5页,全部预览完了,如果喜欢就下载吧!"),
    _furniture("member share", r"《.{1,120}》由会员分享[,，]可在线阅读.{0,200}", "《方案.docx》由会员分享,可在线阅读,更多相关《方案.docx》请在某网上搜索。"),
    _furniture("copyright", r"(?:copyright|版权所有|©|&copy;|\(c\)).{0,200}|.{0,60}版权所有.{0,120}", "Copyright © 2023 某网 版权所有"),
    _furniture("licence number", r".{0,60}(?:ICP[备证]|公网安备|网安备|经营许可证编号|网站标识码|政府网站标识码).{0,120}", "冀ICP备12345678号-1 网站标识码:1301000001"),
    _furniture("site credits", r"(?:主办(?:单位)?|承办(?:单位)?|技术支持|网站维护|运行维护|建设维护|维护单位)\s*[:：].{0,80}(?:主办|承办|技术支持|电话|邮编|标识码|维护|地址).{0,120}", "主办:某县人民政府办公室 承办:某县大数据中心 技术支持:某公司"),
    _furniture("site notice", r"(?:本站|本网站?)(?:为|所有|仅|文档|内容|部分).{0,300}(?:上传|侵权|版权|下载|删除|负责).{0,300}", "本站为文档交易平台,用户上传的文档直接被用户下载。"),
    _furniture("browser advice", r"(?:建议|推荐)使用.{0,80}(?:浏览器|分辨率).{0,80}", "建议使用1366*768分辨率,IE9以上浏览器"),
    _furniture("extraction notice", r">?\s*(?:本文|正文).{0,60}(?:脚本|程序|自动).{0,10}(?:提取|采集|抓取).{0,300}", "> 本文正文由脚本自官方页面提取,仅供检索。"),
    _furniture("public domain notice", r">\s*依?《?(?:中华人民共和国)?著作权法.{0,120}", "> 依《中华人民共和国著作权法》,公文不受保护。"),
    _furniture("attachment icon", r"(?:附件下载|相关附件|相关文件下载|点击下载|相关链接|相关解读|政策解读|相关文档|相关稿件|延伸阅读)\s*[:：]?", "附件下载:"),
    _furniture("neighbours", r"(?:上一篇|下一篇|上一条|下一条)\s*[:：].{0,120}", "上一篇:某县2023年政府信息公开工作年度报告"),
    _furniture("scan code", r".{0,12}扫一扫.{0,30}(?:打开|关注|分享|查看).{0,12}", "扫一扫在手机打开当前页"),
    _furniture("rule", r"[=*_~—–\-]{3,200}", "--------------------"),
)  # fmt: skip
_LONGEST = 700
_MENU_WORDS = frozenset(
    [
        "首页",
        "网站首页",
        "本站首页",
        "政务公开",
        "政府信息公开",
        "信息公开",
        "政务服务",
        "办事服务",
        "网上办事",
        "互动交流",
        "政民互动",
        "公众参与",
        "新闻中心",
        "新闻动态",
        "政务动态",
        "要闻动态",
        "工作动态",
        "走进",
        "魅力",
        "专题专栏",
        "专题",
        "数据开放",
        "数据发布",
        "政府数据",
        "机构设置",
        "机构职能",
        "领导之窗",
        "政府领导",
        "通知公告",
        "政策文件",
        "政策解读",
        "解读回应",
        "依申请公开",
        "政府信息公开指南",
        "政府信息公开制度",
        "法定主动公开内容",
        "政府信息公开年报",
        "无障碍",
        "无障碍浏览",
        "关怀版",
        "登录",
        "注册",
        "个人中心",
        "智能问答",
        "搜索",
        "English",
    ]
)


def mark_boilerplate(rows: list[Row]) -> None:
    """Give furniture lines the kind "boilerplate". What is only likely stays as it is."""
    for row in rows:
        if row.kind in {"text", "table", "heading"} and is_furniture(row.text):
            row.kind = "boilerplate"


def is_furniture(line: str) -> bool:
    """Whether `line` is certainly not the document's own."""
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return False
    return _is_menu(text) or any(each.pattern.fullmatch(text) for each in FURNITURE)


def _is_menu(text: str) -> bool:
    words = re.split(r"[\s|>·]+", text)
    return len(words) > 2 and all(word in _MENU_WORDS for word in words)  # noqa: PLR2004 - two could be a title of a plan's section

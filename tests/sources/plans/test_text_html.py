"""Government pages as their systems write them: the article is read, the site's own words are kept apart, nothing of a plan is lost."""

from __future__ import annotations

from flows.sources.plans.text import SourceText, read_text
from tests.sources.plans.text_makers import PLAN

TITLE = PLAN.title


def read(body: str, head: str = "") -> SourceText:
    return read_text(f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode(), "a.html")


def content(source: SourceText) -> list[str]:
    return [line.text for line in source.lines if line.kind in {"text", "heading", "table"}]


def boilerplate(source: SourceText) -> list[str]:
    return [line.text for line in source.lines if line.kind == "boilerplate"]


TRS_PAGE = f"""
<div class="header"><div class="logo">青川县人民政府</div><ul><li><a href="/">首页</a></li>
<li><a href="/zwgk">政务公开</a></li><li><a href="/hd">互动交流</a></li></ul></div>
<div class="dqwz">您当前的位置:<a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a> &gt; <a href="/gzyd">工作要点</a></div>
<table class="xxgk"><tbody><tr><td>索 引 号:</td><td>QC001/2025-0007</td><td>主题分类:</td><td>政务公开</td></tr>
<tr><td>发布机构:</td><td>青川县人民政府办公室</td><td>发文日期:</td><td>2025-03-18</td></tr>
<tr><td>文 号:</td><td>青府办发〔2025〕7号</td><td>有 效 性:</td><td>有效</td></tr></tbody></table>
<div class="xl_title">{TITLE}</div>
<div class="xl_info"><span>来源:县政府办</span> <span>发布时间:2025-03-20 09:30</span> <span>浏览次数:<i id="hits">57</i></span>
  <span>【字体:<a href="javascript:f(16)">大</a> <a href="javascript:f(14)">中</a> <a href="javascript:f(12)">小</a>】</span></div>
<div class="view TRS_UEDITOR trs_paper_default"><style type="text/css">.TRS_Editor P{{margin:0}}</style>
<div class="TRS_Editor"><p align="justify">&emsp;&emsp;各乡镇人民政府,县级各部门:</p>
<p style="text-indent:2em">　　一、总体要求</p><p>&nbsp;&nbsp;&nbsp;&nbsp;(一)<strong>公开预算。</strong>按月更新。<br/>
责任单位:县财政局</p><p style="text-align:right">2025年3月18日</p></div></div>
<div class="fujian">附件:<a href="./P0201.docx">1.任务分工表.docx</a></div>
<div class="share">分享到:<a href="#">微信</a><a href="#">微博</a></div><div>打印本页 关闭窗口</div>
<ul class="xgwz"><li><a href="/1">2024年工作要点</a></li><li><a href="/2">2023年工作要点</a></li></ul>
<div class="footer"><p>主办:青川县人民政府办公室 承办:青川县大数据中心 网站标识码:5108220001</p><p>蜀ICP备05000000号-1</p></div>
<script>hits()</script>"""


def test_a_page_of_the_trs_kind() -> None:
    source = read(
        TRS_PAGE,
        f"<title>{TITLE}_青川县人民政府</title><meta name='ArticleTitle' content='{TITLE}'><meta name='PubDate' content='2025-03-20 09:30'>",
    )
    assert content(source) == [
        TITLE,
        "各乡镇人民政府,县级各部门:",
        "一、总体要求",
        "(一)公开预算。按月更新。",
        "责任单位:县财政局",
        "2025年3月18日",
        "附件:1.任务分工表.docx",
    ]
    expected = {
        "文号": "青府办发〔2025〕7号",
        "发布机构": "青川县人民政府办公室",
        "发文日期": "2025-03-18",
        "来源": "县政府办",
        "索引号": "QC001/2025-0007",
    }
    assert source.metadata.items() >= (expected | {"标题": TITLE, "发布日期": "2025-03-20 09:30"}).items()


def test_nothing_of_a_page_is_thrown_away_but_what_no_reader_sees() -> None:
    source = read(TRS_PAGE)
    for words in ("互动交流", "分享到", "2024年工作要点", "蜀ICP备", "打印本页", "浏览次数"):
        assert words in source.text
    for words in ("margin", "hits()", "javascript"):
        assert words not in source.text


def test_a_page_of_the_ucap_kind_with_its_own_tags() -> None:
    source = read(
        f"<div class='top'><a href='/'>网站首页</a> | <a href='/a'>无障碍</a></div><h1><ucaptitle>{TITLE}</ucaptitle></h1>"
        "<div id='UCAP-CONTENT'><ucapcontent><p><span>一、公开重点</span></p><p>县政府各部门要按时公开年度预算、决算和重大项目信息,"
        "主动接受社会监督,年底前完成目录更新。<a href='/x.html'>政策原文</a></p></ucapcontent></div><div><a href='/n'>下一篇:某项通知</a></div>"
    )
    assert content(source) == [
        TITLE,
        "一、公开重点",
        "县政府各部门要按时公开年度预算、决算和重大项目信息,主动接受社会监督,年底前完成目录更新。政策原文",
    ]


def test_nested_layout_tables_fall_apart_into_paragraphs_and_the_data_table_stays() -> None:
    data = (
        "<table border=1><tr><th>序号</th><th>任务</th><th>单位</th></tr><tr><td>1</td><td>更新<br>目录</td><td>县政府办</td></tr></table>"
    )
    source = read(
        f"<table width=1000><tr><td><table><tr><td><a href=/>首页</a></td><td><a href=/a>公开</a></td><td><a href=/b>服务</a></td></tr></table></td></tr>"
        f"<tr><td><table><tr><td align=center>{TITLE}</td></tr><tr><td><p>一、总则</p><p>逐项落实。</p>{data}</td></tr></table></td></tr></table>"
    )
    assert content(source)[-5:] == [TITLE, "一、总则", "逐项落实。", "序号 | 任务 | 单位", "1 | 更新目录 | 县政府办"]


def test_merged_cells_of_a_page() -> None:
    source = read(
        "<table><tr><td rowspan=2>一、公开</td><td>甲</td><td>财政局</td></tr><tr><td>乙</td><td>审计局</td></tr><tr><td colspan=2>合计</td><td>2</td></tr></table>"
    )
    assert content(source) == ["一、公开 | 甲 | 财政局", "一、公开 | 乙 | 审计局", "合计 |  | 2"]
    assert source.merged_cells == ((2, 0),)


def test_a_page_that_word_has_saved() -> None:
    source = read(
        "<div class=WordSection1><p class=MsoNormal><b><span style='font-family:方正小标宋'>工作要点<span lang=EN-US><o:p></o:p></span></span></b></p>"
        "<p class=MsoNormal style='text-indent:32.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US style='mso-list:Ignore'>1.<span"
        " style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]><span>公开\n预算</span>12345热线。</p>"
        "<p class=MsoNormal><span style='display:none;mso-hide:all'>隐藏</span>&nbsp;</p></div>"
    )
    assert content(source) == ["工作要点", "1.公开预算12345热线。"]


def test_ordered_lists_get_the_numbers_that_a_browser_shows() -> None:
    source = read(
        "<ol><li>甲</li><li><p>乙</p></li></ol><ol start=3><li>丙</li><li value=9>丁</li><li>戊</li></ol>"
        "<ol style='list-style-type:cjk-ideographic'><li>己</li></ol><ol><li>(一)庚</li></ol><ol style='list-style:none'><li>辛</li></ol><ul><li>壬</li></ul>"
    )
    assert content(source) == ["1.甲", "2.乙", "3.丙", "9.丁", "10.戊", "一、己", "(一)庚", "辛", "壬"]


def test_hidden_parts_and_form_controls_are_not_read() -> None:
    source = read(
        "<p>正文</p><div style='display: none'>甲</div><p hidden>乙</p><noscript>丙</noscript><form>年份<select><option>丁</option></select>"
        "<button>戊</button><textarea>己</textarea></form><!-- 庚 -->"
    )
    assert content(source) == ["正文", "年份"]


def test_entities_and_wide_blanks_become_plain_text() -> None:
    source = read("<p>&#12288;&#12288;&ldquo;互联网&#43;&rdquo;&nbsp;&lt;公开&gt;&amp;服务&#x200b;&middot;要点</p>")
    assert content(source) == ["“互联网+” <公开>&服务·要点"]


def test_a_menu_of_links_is_boilerplate_but_linked_sentences_and_files_are_not() -> None:
    menu = "".join(f"<li><a href=/{n}>栏目{n}</a></li>" for n in range(6))
    sentence = "根据<a href=/law>《政府信息公开条例》</a>规定,各部门应当依法公开,便于群众查询和监督,做到应公开尽公开。"
    links = f"<p><a href=/x>{'全县政务公开工作要点按照上级要求逐项推进,确保年底前完成各项任务,现予公布。'}</a></p>"
    source = read(f"<ul>{menu}</ul><p>{sentence}</p>{links}<p><a href=/f.pdf>任务分工表</a></p>")
    assert boilerplate(source) == [f"栏目{n}" for n in range(6)]
    assert len(content(source)) == 3


def test_a_class_name_alone_never_hides_the_body() -> None:
    """Some sites put the whole article into a container named like a menu."""
    text = "县财政局按月公开预算执行情况,县审计局公开整改结果,均于年底前完成,接受群众和媒体的监督。"
    assert content(read(f"<div class='nav position'><p>{text}</p><h2>二、保障措施</h2></div>")) == [text, "二、保障措施"]


def test_broken_markup_is_read_as_browsers_read_it() -> None:
    source = read("<p>甲<p>乙<td>丙</td><b>丁</p></b></div></div><table><tr><td>戊<td>己<tr><td>庚<td>辛</table>壬")
    assert "".join(content(source)).replace(" | ", "") == "甲乙丙丁戊己庚辛壬"

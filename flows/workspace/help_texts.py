"""What the options of commands and of Prefect's forms mean, Chinese first: each text once, for both."""

from __future__ import annotations

WORKSPACE = "工作区目录，含 gongkai.yaml。Folder with gongkai.yaml."
WORKSPACES = "工作区目录，可用通配符。Folders of workspaces, or globs such as /srv/gongkai/*."
TO_PORTAL = "是否发布到门户（如已设置）。Publish to the portal, where one is set."
ACCEPT_LOSS = "允许本次大幅减少的数据集，可重复。A dataset that may lose many of its public rows this time; may be repeated."
FIRST_DAY = "首日。The first day of the series."
LAST_DAY = "末日，缺省为工作区的截止日。The last day; left out: the workspace's own as-of day."
EVERY = "间隔。How far apart the days lie."
YEAR = "报告年度。The year reported on."
UNIT = "单位（编号或名称），缺省为全部。One unit (id, name or any name it goes by), or the government; left out: all of them."
BIG_CHANGES = (
    "同意大变动：新建机构、移动数据集、另用前缀再发一套、停止发布多个。"
    "Allow big changes: create an organisation, move datasets, publish a second set, retire many."
)
COMPARE_ALL = "逐字节、逐行核对门户所供内容。Compare all that the portal serves, to the byte and row."
PLAN_ONLY = "只列出将作的变更。Only say what would be created, changed, uploaded, retired."
WAIT_MINUTES = "工作区被占用时最多等待几分钟，0 为立即拒绝。Minutes to wait while another run holds the workspace; 0 refuses at once."
REFRESH_FIRST = "先全流程刷新。Refresh before, so that the answers are of today."
AGAIN = "没有变化也重新校验。Check the current warehouse again, though nothing changed."
QUIET = (
    "只显示需要人处理的，一切正常时不显示；退出码不变。Print only what a person has to act on: nothing where all is well; exit codes stay."
)
AS_JSON = "以 JSON 输出，供程序读取。Print JSON, one object on a line, for scripts."
BOM = "CSV 带字节序标记，供 Excel 打开。A byte order mark before the CSV, for Excel."
LANGUAGE = (
    "显示的语言，缺省为工作区的 language 设置或中英双语；可写在命令之后。"
    "Language of what is shown; left out: the workspace's setting `language`, or both. May stand behind the command."
)
REFRESH_PLAN = "只说明将做什么及原因，不执行。Say what would be done and why, and do nothing."

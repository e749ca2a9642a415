"""What was withdrawn stays in when the register of withdrawals is lost, emptied or unreadable, until a person confirms that it is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import County, a_county, gongkai
from tests.release.test_followed_leaks import told_in

RECORDS = "索引号,标题,公开单位,形成日期,公开日期,链接\n"
TOMBS = "索引号,标题,公开单位,撤回日期,撤回原因,原链接\n"
LINK = "https://qichuan.example/art/{}.html"
WITHDRAWN = {  # a word of its title -> the row of the register
    "芦荡渡槽": "CH-0001,,县财政局,2026-09-01,内容有误,\n",
    "柿林驿站": f",,县财政局,2026-09-02,内容有误,{LINK.format('shilin')}\n",
    "蓼滩水塔": ",关于蓼滩水塔移交的公告,县财政局,2026-09-03,内容有误,\n",
}
PLAN = "栖川县财政局2026年政务公开工作要点\n栖财发〔2026〕7号\n1.公开榆坡茶站账目。（责任单位：县财政局；完成时限：2026年6月底）\n"
OF_PLAN = "栖财发〔2026〕7号,,县财政局,2026-09-04,内容有误,\n"
REGISTER = "withdrawals/w.csv"


def files() -> dict[str, bytes]:
    open_rows = "".join(f"KF-{n:04d},关于公开事项第{n}号的公告,县财政局,2026-03-02,2026-03-05,\n" for n in range(20))
    rows = (
        "CH-0001,关于芦荡渡槽移交的公告,县财政局,2026-03-02,2026-03-05,\n"
        f"CH-0002,关于柿林驿站移交的公告,县财政局,2026-03-02,2026-03-05,{LINK.format('shilin')}\n"
        "CH-0003,关于蓼滩水塔移交的公告,县财政局,2026-03-02,2026-03-05,\n"
    )
    other = "栖川县2026年政务公开工作要点\n1.公开办事指南。（责任单位：县财政局；完成时限：2026年6月底）\n"
    return {
        "units/all.csv": "单位名称\n栖川县财政局\n".encode(),
        "disclosures/a.csv": (RECORDS + open_rows + rows).encode(),
        "plans/held.txt": PLAN.encode(),
        "plans/open.txt": other.encode(),
        REGISTER: (TOMBS + "".join(WITHDRAWN.values()) + OF_PLAN).encode(),
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county with three records and a plan withdrawn, released; must not be changed."""
    made = a_county(tmp_path_factory.mktemp("gone") / "county", files())
    assert made.refresh().exit_code == 0
    assert returned(made) == []
    return made


def returned(made: County) -> list[str]:
    return [word for word in (*WITHDRAWN, "榆坡茶站") if told_in(made.latest, word)]


def put(made: County, data: bytes) -> None:
    (made.root / "inbox" / REGISTER).write_bytes(data)


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(TOMBS.encode(), id="only headers"),
        pytest.param(b"", id="no byte"),
        pytest.param(b"\x00\x01PK\x03\x04\xff", id="garbage"),
        pytest.param("甲,乙\n一,二\n".encode(), id="headers that nobody knows"),
        pytest.param((TOMBS + WITHDRAWN["柿林驿站"]).encode(), id="fewer rows"),
        pytest.param(f"{TOMBS}CH-0999,,县财政局,2026-09-09,内容有误,\n".encode(), id="other rows"),
    ],
)
def test_a_withdrawal_holds_though_its_row_is_gone(whole: County, tmp_path: Path, left: bytes) -> None:
    made = County(Path(shutil.copytree(whole.root, tmp_path / "county", symlinks=True)))
    put(made, left)
    done = made.refresh()
    assert done.exit_code == 3, done.output
    assert "withdrawals" in done.output
    assert returned(made) == []
    assert told_in(made.latest, "CH-0001"), "the tombstone stays"
    still_there = left.count(LINK.format("shilin").encode())
    assert made.ask("select count(*) from core.findings where finding_kind = 'withdrawal_gone'") == [(4 - still_there,)]


def test_a_source_that_is_no_longer_named_takes_back_no_withdrawal(whole: County, tmp_path: Path) -> None:
    made = County(Path(shutil.copytree(whole.root, tmp_path / "county", symlinks=True)))
    settings = made.root / "gongkai.yaml"
    settings.write_text(
        "".join(line for line in settings.read_text("utf-8").splitlines(keepends=True) if "withdrawals" not in line), "utf-8"
    )
    assert made.refresh().exit_code == 3
    assert returned(made) == []
    assert gongkai("backfill", "--from", "2026-10-31", "--to", "2026-10-31", "-w", made.root).exit_code == 0
    assert [word for word in WITHDRAWN if told_in(made.root / "backfill", word)] == []


def test_a_confirmed_one_returns_with_the_next_run_and_the_others_stay(whole: County, tmp_path: Path) -> None:
    made = County(Path(shutil.copytree(whole.root, tmp_path / "county", symlinks=True)))
    put(made, (TOMBS + WITHDRAWN["柿林驿站"] + WITHDRAWN["蓼滩水塔"] + OF_PLAN).encode())
    assert made.refresh().exit_code == 3
    assert made.refresh().exit_code == 3  # waiting confirms nothing
    assert returned(made) == []
    assert made.refresh("--accept-loss", "withdrawals").exit_code == 0
    assert made.refresh().exit_code == 0
    assert returned(made) == ["芦荡渡槽"]
    assert "nothing changed" in " ".join(made.refresh("-v").output.split())


def test_a_row_that_is_moved_or_worded_anew_is_not_gone(whole: County, tmp_path: Path) -> None:
    made = County(Path(shutil.copytree(whole.root, tmp_path / "county", symlinks=True)))
    (made.root / "inbox" / REGISTER).unlink()
    rows = "".join(WITHDRAWN.values()) + OF_PLAN
    (made.root / "inbox" / "withdrawals" / "2026.csv").write_text(TOMBS + rows.replace("内容有误", "内容有误，已更正"), "utf-8")
    assert made.refresh().exit_code == 0
    assert returned(made) == []
    assert made.ask("from core.former_tombstones") == []

"""`gongkai refresh --plan`: what it says, that it does nothing, and that a refresh does no more."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from flows.orchestration.local import quiet
from flows.quality.making import Maker
from flows.refresh_plan import plan_refresh
from flows.warehouse.models import Model
from flows.workspace.settings import Workspace
from tests.conftest import County, gongkai

FILES = {
    "units/all.csv": "单位名称\n栖川县财政局\n".encode(),
    "trainings/all.csv": "单位,时间,类型,主题,参训人数\n栖川县财政局,2026-04-11,培训,解读,12\n".encode(),
    "disclosures/all.csv": "索引号,标题,公开单位,公开属性,形成日期,公开日期\nA1,关于预算的公告,栖川县财政局,主动公开,2026-01-05,2026-01-12\n".encode(),
}


def everything(root: Path) -> dict[str, str]:
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in root.rglob("*") if path.is_file()}


def test_a_plan_says_what_a_refresh_then_does_and_changes_nothing(county: Callable[..., County], monkeypatch: pytest.MonkeyPatch) -> None:
    made = county(FILES)
    said = gongkai("refresh", "-w", made.root, "--plan")
    assert said.exit_code == 0, said.output
    assert "新增 new: disclosures/all.csv" in said.output
    assert "no warehouse of this version that can be taken over" in said.output
    assert not (made.root / "raw").exists()
    assert made.refresh().exit_code in {0, 3}
    assert "nothing to do" in gongkai("refresh", "-w", made.root, "--plan").output
    with (made.root / "inbox" / "trainings" / "all.csv").open("a", encoding="utf-8") as stream:
        stream.write("栖川县财政局,2026-05-12,培训,解读,15\n")
    before = everything(made.root)
    plan = plan_refresh(Workspace.open(made.root), runner=quiet())
    said = gongkai("refresh", "-w", made.root, "--plan")
    assert everything(made.root) == before
    assert "已变更 changed: trainings/all.csv" in said.output
    planned = {each.table for each in plan.tables}
    assert "staging.trainings" in {each.table for each in plan.tables if each.is_sure}
    assert not planned & {"staging.disclosures", "core.calendar"}
    created: list[str] = []
    create = Maker._create

    def note(self: Maker, model: Model) -> object:
        created.append(model.name)
        return create(self, model)

    monkeypatch.setattr(Maker, "_create", note)
    assert made.refresh().exit_code in {0, 3}
    assert "staging.trainings" in created
    assert {name for name in created if not name.startswith("marts.")} <= planned
    assert len(created) < len(plan.tables) < plan.table_count


def test_a_plan_says_what_it_would_not_read(county: Callable[..., County], tmp_path: Path) -> None:
    made = county(FILES)
    outside = tmp_path / "outside.csv"
    outside.write_text("单位名称\n外面的局\n", "utf-8")
    (made.root / "inbox" / "units" / "link.csv").symlink_to(outside)
    first = gongkai("refresh", "-w", made.root, "--plan").output
    assert "units/link.csv" in first
    assert "a link that leads out of the workspace" in first
    assert made.refresh().exit_code in {0, 3}
    again = gongkai("refresh", "-w", made.root, "--plan").output
    assert "nothing to do" in again
    assert "units/link.csv" in again

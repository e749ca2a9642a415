"""What happens between two releases: records are withheld, and datasets get what makes a gate hold them back."""

from __future__ import annotations

from tests.release.marks import Mark
from tests.release.plans import Document
from tests.release.recipes import as_public
from tests.release.rows import MARKED, NUMBERED, Maker, Row
from tests.release.search import Found, wrongly_held
from tests.release.sheets import Sheet
from tests.release.workspace import Workspace

KIND = "withheld since the last release"
WAYS = ("edited in its file", "said in a new file", "entered in the withdrawals register")
EACH = 4  # records of a register withheld in each way
VANISHING = ("disclosures", "normative_documents", "public_consultations")
QUIET = {"plain", "title speaks of secrecy"}


class Between:
    """Changes a workspace after its first release; afterwards its marks say what the second may hold."""

    def __init__(self, workspace: Workspace, make: Maker, found: Found) -> None:
        self.workspace, self.make, self.rng = workspace, make, make.rng
        self.released = {mark.text for mark in workspace.marks.public} - {mark.text for mark in wrongly_held(workspace.marks.public, found)}
        self.new: list[Sheet] = []

    def happen(self) -> Workspace:
        for register in NUMBERED:
            if register != "withdrawals":
                self._withhold(register)
                self._dwelling(register)
        for register in VANISHING:
            self._vanish(register)
        return self.workspace.put(self.new, self._plans())

    def _withhold(self, register: str) -> None:
        quiet = [sheet for sheet in self.workspace.sheets if sheet.folder == register and all(row.mark.kind in QUIET for row in sheet.rows)]
        rows = list({id(row.mark): row for sheet in quiet for row in sheet.rows if row.mark.text in self.released}.values())
        chosen = self.rng.sample(rows, min(3 * EACH, len(rows)))
        for number, row in enumerate(chosen):
            self._withheld(row.mark, WAYS[number % 3])
        for sheet in quiet:
            self._edit(sheet, [row for row in sheet.rows if row.mark.word == WAYS[0]])
        copies = [Row(register, self._stern(row), row.marks) for row in chosen if row.mark.word == WAYS[1]]
        entries = [self._entry(row) for row in chosen if row.mark.word == WAYS[2]]
        for folder, made in ((register, copies), ("withdrawals", entries)):
            if made:
                self.new.append(Sheet(folder, f"m-{register}-{folder}-2", made, self.rng.choice(("csv gb18030", "xlsx", "ndjson"))))

    def _withheld(self, mark: Mark, way: str) -> None:
        mark.leaves, mark.kind, mark.header, mark.word = False, KIND, "way", way

    @staticmethod
    def _stern(row: Row) -> dict[str, object]:
        return {**{name: cell for name, cell in row.cells.items() if name != "disclosure_attribute"}, "公开属性": "不予公开"}

    def _edit(self, sheet: Sheet, rows: list[Row]) -> None:
        if not rows:
            return
        for row in sheet.rows:
            row.cells.pop("disclosure_attribute", None)
            row.cells["公开属性"] = "依申请公开" if row.mark.word == WAYS[0] else "主动公开"
        self.workspace.sheets.remove(sheet)
        self.new.append(sheet)

    def _entry(self, row: Row) -> Row:
        number = "" if row.register == "policy_interpretations" else row.cells[NUMBERED[row.register]]
        cells = {
            "index_number": number,
            "printed_unit_name": row.cells["printed_unit_name"],
            "withdrawn_on": "2026-10-20",
            "withdrawal_reason": "涉及个人隐私",
        }
        return Row("withdrawals", {**cells, "url": row.cells.get("url", "")}, row.marks)

    def _dwelling(self, register: str) -> None:
        """A row with a natural person's dwelling: what holds back a row, or a whole dataset, of the second run."""
        row = as_public(self.make.row(register, False, "dwelling in a text", MARKED[register], "3幢2单元501室"))
        row.cells[MARKED[register]] = f"{row.cells[MARKED[register]]}（申请人住址：栖川县城关镇和平路8号3幢2单元501室）"
        self.new.append(Sheet(register, f"m-{register}-dwelling", [row], "csv utf-8"))

    def _vanish(self, register: str) -> None:
        """Most files of a register are gone from the inbox; what they held may be carried over, or not."""
        changed = {sheet.path for sheet in self.new}
        sheets = [sheet for sheet in self.workspace.sheets if sheet.folder == register and sheet.path not in changed]
        for sheet in self.rng.sample(sheets, len(sheets) * 7 // 10):
            self._gone(sheet.path, [mark for row in sheet.rows for mark in row.marks])

    def _gone(self, path: str, marks: list[Mark]) -> None:
        (self.workspace.root / "inbox" / path).unlink()
        for mark in marks:
            if mark.leaves:
                self.workspace.marks.all = [other for other in self.workspace.marks.all if other is not mark]

    def _plans(self) -> list[Document]:
        """A third of the public plans is marked as withheld, a third is gone."""
        public = [document for document in self.workspace.documents if document.marks[0].leaves]
        self.rng.shuffle(public)
        third = len(public) // 3
        for document in public[:third]:
            document.lines = [line for line in document.lines if "公开属性" not in line and "此件" not in line] + ["（此件不予公开）"]
            self.workspace.documents.remove(document)
            for mark in document.marks:
                self._withheld(mark, "plan marked 此件不予公开")
        for document in public[third : 2 * third]:
            self._gone(document.path, document.marks)
        return public[:third]

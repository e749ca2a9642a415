"""Nothing that identifies a natural person leaves: the dataset it stands in is held back, the others are released."""

from __future__ import annotations

from tests.conftest import County

# An identity number with the right check digit (GB 11643) that was never given out: born on the first day of 1900, sequence 001.
NOBODY = "110101190001010014"


def plant(county: County, title: str) -> None:
    path = county.root / "inbox" / "disclosures" / "late-report.csv"
    path.write_text(f"索引号,标题,公开单位,形成日期,公开日期\nQX-9,{title},县财政局,2026-10-08,2026-10-09\n", encoding="utf-8")


def test_a_dataset_with_an_identity_number_keeps_its_last_good_release_and_the_rest_goes_on(sample: County) -> None:
    before = (sample.latest / "data" / "disclosures.csv").read_bytes()
    plant(sample, f"关于{NOBODY}低保待遇的公示")
    done = sample.refresh()
    assert done.exit_code == 3
    assert (sample.latest / "data" / "disclosures.csv").read_bytes() == before
    assert "carried over" in done.output
    for path in sample.latest.rglob("*"):
        assert not path.is_file() or NOBODY.encode() not in path.read_bytes(), path.name
    manifest = (sample.latest / "manifest.json").read_text("utf-8")
    assert "居民身份证号" in manifest
    assert "disclosure_title" in manifest
    assert NOBODY not in done.output

    plant(sample, "关于城乡低保待遇的公示")
    assert "carried over" not in sample.refresh().output
    assert "城乡低保待遇的公示" in (sample.latest / "data" / "disclosures.csv").read_text("utf-8-sig")

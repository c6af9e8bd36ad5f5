"""The rows listed behind a value are those the value was computed from."""

from typing import Any

from tsunagu.indicators.evidence import list_evidence


def list_rows_behind(laboratory: Any, case: Any, person_id: int, name: str) -> Any:
    indicators = {one.id: one for one in case.indicators}
    return list_evidence(
        laboratory.engine,
        person_id,
        indicators[name],
        indicators=indicators,
        items=laboratory.items,
        feeds=laboratory.feeds,
        as_of=case.as_of,
    )


def test_own_evidence_is_what_was_counted(laboratory: Any) -> None:
    case = laboratory.build_case(11, n_person=30, n_indicator=18)
    cells = laboratory.ask_engine(case)
    own = {
        key: cell for key, cell in cells.items() if not key[1].startswith("household") and cell.evidence_rows
    }
    checked = sorted(own)[::3][:25]
    assert len(checked) >= 10
    for person_id, name in checked:
        rows = list_rows_behind(laboratory, case, person_id, name)
        cell = own[person_id, name]
        assert len(rows) == cell.evidence_rows
        assert max(row.known_from for row in rows) == cell.latest_known_from
        names = sorted({row.feed for row in rows})
        assert cell.feeds == ",".join(dict.fromkeys([names[0], names[-1]]))
        assert all(row.person_id == person_id and row.file_id for row in rows)

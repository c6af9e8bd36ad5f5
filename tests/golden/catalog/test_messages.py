"""What an officer reads when definitions are wrong, word for word."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.problems import DefinitionsError

BROKEN = {
    "purposes.yaml": """\
- id: helping
  title: {en: Helping}
  description: 困りごとに早く気づく。
  cordinator: こども課
  review_on: 2027/03/31
""",
    "codes/mark.yaml": """\
id: marks
title: {ja: 出欠区分}
title: {ja: 出欠}
codes:
  - {id: absent, title: {ja: 欠席}, written: [欠席]}
""",
    "notes/memo.yaml": "memo: 1\n",
}


def test_the_message(tmp_path: Path) -> None:
    for name, text in BROKEN.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionsError) as caught:
        check_definitions(tmp_path, None, on=date(2026, 6, 1))
    golden = Path(__file__).with_name("message.txt")
    assert str(caught.value) + "\n" == golden.read_text(encoding="utf-8")

"""What a feed may say of its file's format, and what it may not."""

import pytest
from pydantic import ValidationError

from tsunagu.catalog.feeds import FeedColumn
from tsunagu.catalog.formats import FileFormat

DOCUMENT = {"rows": "users", "fields": [{"header": "sourcedId"}]}
ARCHIVE = {
    "rows": "enrollments.csv",
    "tables": [{"file": "users.csv", "key": "id", "by": "enrollments.user"}],
}


@pytest.mark.parametrize(
    ("given", "sample"),
    [
        ({"kind": "csv"}, "sample.csv"),
        ({"kind": "excel"}, "sample.csv"),
        ({"kind": "json", "document": DOCUMENT}, "sample.json"),
        ({"kind": "zip", "archive": ARCHIVE}, "sample"),
    ],
)
def test_each_kind_has_its_own_words_and_sample(given, sample):
    assert FileFormat.model_validate(given).sample_name == sample


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "zip"},
        {"kind": "csv", "document": DOCUMENT},
        {"kind": "json", "document": DOCUMENT, "archive": ARCHIVE},
        {"kind": "json", "document": {"rows": "a b", "fields": [{"header": "x"}]}},
        {"kind": "json", "document": {"rows": "users", "fields": [{"header": "氏 名"}]}},
        {"kind": "zip", "archive": {"rows": "../enrollments.csv"}},
    ],
)
def test_words_of_another_kind_are_refused(given):
    with pytest.raises(ValidationError):
        FileFormat.model_validate(given)


def test_only_a_code_cell_holds_several():
    with pytest.raises(ValidationError, match="several"):
        FeedColumn.model_validate({"header": "学年", "several": ","})
    assert FeedColumn.model_validate(
        {"header": "学年", "type": "code", "codes": "grade", "several": ","}
    ).several

"""Promises about files: a fault of the whole file refuses it, changes nothing, and says why without a value."""

from datetime import date

import pytest

from tsunagu.intake import deliveries, my_number, read_csv, reading
from tsunagu.store.head import load_head
from tsunagu.vocabulary.errors import ExitCode

STAY = "番号,氏名,園,開始日,終了日"
ROW = "1,甲,い,2024-04-01,"


def make_rows(count, start=1):
    return "\n".join(f"{number},甲,い,2024-04-01," for number in range(start, start + count))


def make_my_number(stem):
    digits = [int(digit) for digit in f"{stem:011d}"]
    rest = sum(d * w for d, w in zip(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return f"{stem:011d}{0 if rest <= 1 else 11 - rest}"


MY_NUMBERS = "\n".join(f"{n},甲,{make_my_number(98765432100 + 7 * n)},2024-04-01," for n in range(25))

# what the file holds · the refusal's code · words the officer must find in it
REFUSED_FILES = {
    "no bytes at all": (b"", "empty_file", "行が一つもありません"),
    "a heading only": (f"{STAY}\n", "empty_file", "行が一つもありません"),
    "only blank rows": (f"{STAY}\n,,,,\n", "empty_file", "行が一つもありません"),
    "no heading we know": ("あ,い,う\n1,2,3\n", "unknown_layout", "知っている見出しが一つもありません"),
    "a column too few": (f"番号,氏名,園,開始日\n{ROW[:-1]}\n", "unknown_layout", "足りない列: 終了日"),
    "a column renamed": (f"番号,氏名,園名,開始日,終了日\n{ROW}\n", "unknown_layout", "知らない列: 園名"),
    "columns without end": (f"{STAY}{',' * 5_000}\n{ROW}\n", "too_many_columns", "5,005 列"),
    "one heading twice": (f"{STAY},園\n{ROW},ろ\n", "unknown_layout", "同じ見出しの列が二つ"),
    "not text": (b"\x81\x00\xff\xfe\xfa" * 50, "undecodable", "バイト目"),
    "a NUL byte": (f"{STAY}\n{ROW}\n2,乙\0,い,2024-04-01,\n", "nul_byte", "3 行目"),
    "a quote left open": (f'{STAY}\n{ROW}\n2,"乙,い,2024-04-01,\n', "unclosed_quote", "3 行目"),
    "a line cut off": (f"{STAY}\n{ROW}\n2,乙", "wrong_cell_count", "3 行目"),
    "a cell too many": (f"{STAY}\n{ROW}\n2,乙,い,2024-04-01,,\n", "wrong_cell_count", "3 行目"),
    "a My Number column": (f"{STAY},個人番号\n{ROW},\n", "my_number_header", "個人番号"),
    "My Numbers in a column": (f"{STAY}\n{MY_NUMBERS}\n", "my_number_values", "個人番号"),
    "mostly unusable rows": (
        f"{STAY}\n{ROW}\n2,乙,い,,\n3,丙,い,,\n",
        "too_many_bad_rows",
        "3 行のうち 2 行",
    ),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_faulty_file_is_refused_whole(town, name):
    content, code, words = REFUSED_FILES[name]
    content = content if isinstance(content, bytes) else content.encode()
    before = load_head(town.home)
    outcome = town.hand_over("x_20240605.csv", content)
    assert outcome.status == "refused"
    assert (outcome.refusal.code, outcome.refusal.exit_code) == (code, ExitCode.FILE_REFUSED)
    assert words in outcome.refusal.what
    assert outcome.refusal.why
    assert outcome.refusal.todo
    assert load_head(town.home) == before
    refused = [line for line in town.journal if line["event"] == "refused"]
    assert [line["details"]["refusal"] for line in refused] == [code]


def test_a_file_that_is_not_there_is_refused_and_the_others_go_in(town):
    good = town.write("x_20240605.csv", f"{STAY}\n{ROW}")
    first, second = town.take(good.with_name("gone_20240101.csv"), good)
    assert (first.refusal.code, second.status) == ("unreadable_file", "accepted")


def test_two_layouts_that_fit_equally_are_refused(town, feeds):
    twin = feeds["stays"].model_copy(update={"id": "education/twins"})
    town.catalog = feeds["make_catalog"](feeds["stays"], twin)
    assert town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}").refusal.code == "ambiguous_layout"
    assert town.hand_over("y_20240605.csv", f"{STAY}\n{ROW}", feed_id="education/twins").status == "accepted"


def test_the_file_name_decides_between_layouts_that_fit(town, feeds):
    twin = feeds["stays"].model_copy(update={"id": "education/twins", "file_names": ("双子_*.csv",)})
    named = feeds["stays"].model_copy(update={"file_names": ("在籍_*.csv",)})
    town.catalog = feeds["make_catalog"](named, twin)
    assert town.hand_over("双子_20240605.csv", f"{STAY}\n{ROW}").feed == "education/twins"


class TestDates:
    def test_the_folder_says_when_it_was_received_and_the_name_what_it_speaks_for(self, town):
        town.hand_over("x_20240531.csv", f"{STAY}\n{ROW}", day="2024-06-05")
        assert town.query("SELECT known_from, reference_date FROM landing.delivery") == [
            (date(2024, 6, 5), date(2024, 5, 31))
        ]

    def test_the_officer_may_say_when(self, town):
        town.hand_over("x_20240531.csv", f"{STAY}\n{ROW}", day="misc", received_on=date(2024, 6, 7))
        assert town.query("SELECT known_from FROM landing.file") == [(date(2024, 6, 7),)]

    def test_the_name_alone_is_enough_where_the_feed_says_so(self, town):
        town.hand_over("x_20240531.csv", f"{STAY}\n{ROW}", day="misc")
        assert town.query("SELECT known_from FROM landing.file") == [(date(2024, 5, 31),)]

    def test_no_date_at_all_is_refused(self, town):
        assert town.hand_over("x.csv", f"{STAY}\n{ROW}", day="misc").refusal.code == "undated"

    def test_the_name_is_not_enough_where_the_feed_does_not_say_so(self, town, feeds):
        strict = feeds["stays"].model_copy(update={"known_from": "received_on"})
        town.catalog = feeds["make_catalog"](strict)
        assert town.hand_over("x_20240531.csv", f"{STAY}\n{ROW}", day="misc").refusal.code == "undated"

    def test_a_reference_date_still_to_come_is_refused(self, town):
        outcome = town.hand_over("x_20240606.csv", f"{STAY}\n{ROW}", day="2024-06-05")
        assert outcome.refusal.code == "reference_after_received"


class TestOlderThanKnown:
    def test_an_older_snapshot_is_refused(self, town):
        assert _take_older(town).refusal.code == "older_than_known"

    def test_without_the_guard_it_would_undo_the_newer_one(self, town, monkeypatch):
        monkeypatch.setattr(deliveries.DeliveryLog, "check_not_older", lambda *_: None)
        assert _take_older(town).status == "accepted"

    def test_another_part_of_the_city_may_come_late(self, town):
        marks = "学校,年月,番号,日付,区分"
        town.hand_over("x_20240605.csv", f"{marks}\nS1,202405,7,2024-05-01,欠席", day="2024-06-05")
        late = town.hand_over("y_20240601.csv", f"{marks}\nS2,202405,8,2024-05-01,欠席", day="2024-06-01")
        assert late.status == "accepted"


def _take_older(town):
    town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}", day="2024-06-05")
    return town.hand_over("x_20240604.csv", f"{STAY}\n2,乙,い,2024-04-01,", day="2024-06-05")


class TestVolume:
    def test_too_few_rows_are_refused(self, town):
        outcome = _take_few(town)
        assert outcome.refusal.code == "unusual_volume"
        assert "前回 40 行に対して今回 10 行" in outcome.refusal.what

    def test_a_reason_lets_it_through_and_is_kept(self, town):
        assert _take_few(town, override_reason="閉園のため").status == "accepted"
        assert town.query("SELECT override_reason FROM landing.file ORDER BY known_from") == [
            (None,),
            ("閉園のため",),
        ]

    def test_a_reason_given_without_need_is_not_kept(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}", override_reason="念のため")
        assert town.query("SELECT override_reason FROM landing.file") == [(None,)]

    def test_without_the_guard_the_missing_would_seem_gone(self, town, monkeypatch):
        monkeypatch.setattr(deliveries.DeliveryLog, "check_volume", lambda *_: None)
        assert _take_few(town).status == "accepted"
        assert len(town.list_known("stay", "place", "2024-06-30")) == 40

    def test_small_numbers_may_jump(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{make_rows(15)}", day="2024-06-01")
        assert town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}").status == "accepted"

    def test_a_late_school_is_compared_with_itself(self, town):
        marks = "学校,年月,番号,日付,区分"

        def make(school, month, count):
            return "\n".join(f"{school},2024{month},{n},2024-{month}-10,欠席" for n in range(count))

        town.hand_over(
            "a_20240505.csv", f"{marks}\n{make('S1', '04', 60)}\n{make('S2', '04', 25)}", day="2024-05-05"
        )
        alone = town.hand_over("b_20240605.csv", f"{marks}\n{make('S2', '05', 24)}")
        assert alone.status == "accepted", alone.refusal


def _take_few(town, **options):
    town.hand_over("x_20240601.csv", f"{STAY}\n{make_rows(40)}", day="2024-06-01")
    return town.hand_over("x_20240605.csv", f"{STAY}\n{make_rows(10)}", **options)


class TestMyNumber:
    FILE = f"{STAY}\n{MY_NUMBERS}\n"
    UNDECLARED = f"{STAY},備考\n" + "\n".join(
        f"{n},甲,い,2024-04-01,,{make_my_number(98765432100 + 7 * n)}" for n in range(25)
    )

    def test_the_value_never_shows(self, town):
        outcome = town.hand_over("x_20240605.csv", self.FILE)
        number = make_my_number(98765432100)
        assert number in self.FILE
        assert number not in str(outcome.refusal) + str(town.journal)
        assert not any(town.home.var.rglob("*.age"))

    def test_without_the_guard_the_numbers_would_be_kept(self, town, monkeypatch):
        monkeypatch.setattr(my_number, "find_candidate_columns", lambda *_: [])
        assert town.hand_over("x_20240605.csv", self.FILE).status == "accepted"

    def test_full_width_and_hyphens_do_not_hide_it(self, town):
        wide = str.maketrans("0123456789", "０１２３４５６７８９")
        numbers = [make_my_number(98765432100 + 7 * n) for n in range(25)]
        rows = [f"{n},甲,{t[:4]}-{t[4:8]}-{t[8:]},2024-04-01," for n, t in enumerate(numbers[:12])]
        rows += [f"{n + 12},甲,{t.translate(wide)},2024-04-01," for n, t in enumerate(numbers[12:])]
        outcome = town.hand_over("x_20240605.csv", f"{STAY}\n" + "\n".join(rows))
        assert outcome.refusal.code == "my_number_values"

    @pytest.mark.parametrize("is_large", [False, True])
    def test_an_undeclared_column_is_looked_at_too(self, town, monkeypatch, is_large):
        if is_large:
            monkeypatch.setattr(read_csv, "_WATCHED_BYTES", 0)
        outcome = town.hand_over("x_20240605.csv", self.UNDECLARED)
        assert outcome.refusal.code == "my_number_values"

    def test_without_a_look_on_the_way_a_large_file_would_hide_them(self, town, monkeypatch):
        monkeypatch.setattr(read_csv, "_WATCHED_BYTES", 0)
        with monkeypatch.context() as patch:
            patch.setattr(read_csv, "may_hold_numbers", lambda *_: False)
            assert town.check("x_20240605.csv", self.UNDECLARED).status == "checked"
        monkeypatch.setattr(my_number, "write_candidate_condition", lambda _: "false")
        assert town.hand_over("x_20240605.csv", self.UNDECLARED).status == "accepted"

    def test_few_values_do_not_refuse(self, town):
        rows = "\n".join(f"{n},甲,{make_my_number(98765432100 + 7 * n)},2024-04-01," for n in range(19))
        assert town.hand_over("x_20240605.csv", f"{STAY}\n{rows}").problems == {"my_number": 19}

    @pytest.mark.parametrize("header", ["マイナンバー", "個人 番号", "MyNumber", "本人の個人番号（12桁）"])
    def test_any_spelling_of_the_heading_refuses(self, town, header):
        assert town.hand_over("x_20240605.csv", f"{STAY},{header}\n{ROW},").refusal.code == "my_number_header"

    @pytest.mark.parametrize("header", ["個人番号カード交付状況", "個人履歴番号"])
    def test_a_card_or_a_history_is_not_the_number(self, town, header):
        assert town.hand_over("x_20240605.csv", f"{STAY},{header}\n{ROW},").status == "accepted"


class TestPermission:
    def test_an_item_without_a_purpose_is_not_taken_in(self, town, feeds):
        unused = {
            **feeds["items"],
            "stay": feeds["make_item"]("stay", "state", uses=(), place={"type": "text"}),
        }
        town.catalog = feeds["make_catalog"](feeds["stays"], items=unused)
        assert town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}").refusal.code == "not_registered"

    def test_of_two_items_only_the_registered_one_is_kept(self, town, feeds):
        columns = [
            {"header": "番号", "required": True},
            {
                "header": "日付",
                "to": ["mark.occurred_on", "secret.occurred_on"],
                "type": "date",
                "required": True,
            },
        ]
        both = feeds["make_feed"](
            "education/both",
            columns,
            subject={"system": "both", "column": "番号"},
            record_key=["番号", "日付"],
        )
        town.catalog = feeds["make_catalog"](both)
        outcome = town.hand_over("x_20240605.csv", "番号,日付\n1,2024-05-01")
        assert outcome.unregistered_items == ("secret",)
        assert town.query("SELECT count(*) FROM facts.secret") == [(0,)]
        assert town.query("SELECT count(*) FROM facts.mark") == [(1,)]

    def test_a_feed_not_adopted_is_refused_under_a_real_code(self, town, feeds):
        town.catalog = feeds["make_catalog"](feeds["stays"], code="131016")
        assert town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}").refusal.code == "not_adopted"

    def test_without_the_guard_it_would_be_kept(self, town, feeds, monkeypatch):
        monkeypatch.setattr(reading, "_check_permission", lambda *_: None)
        town.catalog = feeds["make_catalog"](feeds["stays"], code="131016")
        assert town.hand_over("x_20240605.csv", f"{STAY}\n{ROW}").status == "accepted"

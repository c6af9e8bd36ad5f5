"""A pack's example children, run as tests of the pack."""

import re
from dataclasses import dataclass

from tsunagu.catalog.packs import ExampleChild, OtherValues, Pack
from tsunagu.judgement.oracle import KnownValue, Verdict, judge_one
from tsunagu.vocabulary.knowing import Knowledge

_NUMBER = re.compile(r"^(-?[0-9]+(?:\.[0-9]+)?)(\+?)$")


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """An example child whose judgement is not what the pack's author wrote."""

    pack: str
    example: str
    what: str

    def __str__(self) -> str:
        return f"{self.pack} の例「{self.example}」: {self.what}"


def check_examples(pack: Pack) -> list[ExampleFault]:
    """Judge every example child of the pack; empty when all come out as written."""
    return [
        ExampleFault(pack.id, example.id, what)
        for example in pack.examples
        for what in _list_differences(example, judge_example(pack, example), pack)
    ]


def judge_example(pack: Pack, example: ExampleChild) -> Verdict:
    """The verdict on one example child, with every indicator allowed."""
    others = Knowledge.NOTHING if example.others is OtherValues.NOTHING else Knowledge.UNKNOWN
    values = dict.fromkeys(pack.indicator_ids, KnownValue(others))
    values.update((name, read_value(text)) for name, text in example.values.items())
    return judge_one(pack, values)


def read_value(text: str) -> KnownValue:
    """`12`, `12+`, `nothing`, `unknown`, or a code."""
    if text in (Knowledge.NOTHING, Knowledge.UNKNOWN):
        return KnownValue(Knowledge(text))
    number = _NUMBER.match(text)
    if number is None:
        return KnownValue(Knowledge.VALUE, text=text)
    return KnownValue(Knowledge.VALUE, value=float(number[1]), is_lower_bound=bool(number[2]))


def _list_differences(example: ExampleChild, verdict: Verdict, pack: Pack) -> list[str]:
    pairs = [
        ("必要度", example.level.value, verdict.level.value),
        ("点", example.points, verdict.points),
        ("理由", sorted(example.reasons), sorted(verdict.reasons)),
        ("支えになっている事実", sorted(example.protective), sorted(verdict.protective)),
        ("わからない項目", sorted(example.unknown), sorted(verdict.unknown_items)),
        ("総合の段階", example.gives, verdict.gives),
    ]
    faults = [
        f"{name}は {written} と書いてありますが、判定は {found} です。"
        for name, written, found in pairs
        if written != found
    ]
    strangers = sorted(set(example.values) - set(pack.indicator_ids))
    return [*faults, *(f"規則が読まない指標 {name} があります。" for name in strangers)]

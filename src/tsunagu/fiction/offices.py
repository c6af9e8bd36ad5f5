"""The offices of the city: who writes which files, and which of them a city is asked for."""

from dataclasses import dataclass
from types import ModuleType

from tsunagu.fiction.departments import (
    address_protection,
    child_rearing_allowance,
    council,
    infant_checkup,
    meal_fees,
    nursery,
    pregnancy,
    register,
    school_aid,
    school_attendance,
    school_health,
    school_roster,
    school_survey,
    vaccination,
)

MAIN, ALL = "main", "all"


@dataclass(frozen=True)
class Office:
    """One writer of files: its name for the progress shown, its module, and whether its files are the main ones."""

    title: str
    module: ModuleType
    is_main: bool = True


OFFICES = (
    Office("住民記録", register),
    Office("支援措置", address_protection),
    Office("学齢簿", school_roster),
    Office("出欠", school_attendance),
    Office("就学援助", school_aid),
    Office("給食費", meal_fees),
    Office("定期健康診断", school_health),
    Office("学力生活状況調査", school_survey),
    Office("妊娠届出", pregnancy),
    Office("乳幼児健診", infant_checkup),
    Office("予防接種", vaccination),
    Office("児童扶養手当", child_rearing_allowance),
    Office("保育所", nursery),
    Office("要対協", council),
)


def list_offices(feeds: str) -> tuple[Office, ...]:
    """The offices that write the main files, or all of them."""
    return tuple(office for office in OFFICES if office.is_main or feeds == ALL)

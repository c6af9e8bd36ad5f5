"""The offices of the city: who writes which files, and which of them a city is asked for."""

from dataclasses import dataclass
from types import ModuleType

from tsunagu.fiction.departments import (
    address_protection,
    antenatal,
    child_allowance,
    child_rearing_allowance,
    council,
    disability,
    family_consultation,
    home_visits,
    infant_checkup,
    meal_fees,
    moved_in_checkups,
    nursery,
    nursery_attendance,
    pregnancy,
    public_assistance,
    register,
    school_aid,
    school_attendance,
    school_expenses,
    school_fitness,
    school_health,
    school_life_survey,
    school_nurse,
    school_roster,
    school_status,
    school_survey,
    single_parent_medical,
    vaccination,
    whereabouts,
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
    Office("保健室", school_nurse, is_main=False),
    Office("体力調査", school_fitness, is_main=False),
    Office("学校諸費", school_expenses, is_main=False),
    Office("学校生活アンケート", school_life_survey, is_main=False),
    Office("就学状況", school_status, is_main=False),
    Office("妊婦健診", antenatal, is_main=False),
    Office("乳児家庭訪問", home_visits, is_main=False),
    Office("転入児の健診歴", moved_in_checkups, is_main=False),
    Office("児童手当", child_allowance, is_main=False),
    Office("生活保護", public_assistance, is_main=False),
    Office("ひとり親医療", single_parent_medical, is_main=False),
    Office("障害者手帳", disability, is_main=False),
    Office("保育所の出欠", nursery_attendance, is_main=False),
    Office("家庭児童相談", family_consultation, is_main=False),
    Office("居住実態", whereabouts, is_main=False),
)


def list_offices(feeds: str) -> tuple[Office, ...]:
    """The offices that write the main files, or all of them."""
    return tuple(office for office in OFFICES if office.is_main or feeds == ALL)

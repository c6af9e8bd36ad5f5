"""`addresses.txt`: every address, and what it answers to whom, read and written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from tsunagu.catalog.words import Role

TABLE = Path(__file__).with_name("addresses.txt")
LETTERS = {
    "c": Role.COORDINATOR,
    "w": Role.CASEWORKER,
    "n": Role.PUBLIC_HEALTH_NURSE,
    "s": Role.SCHOOL_SOCIAL_WORKER,
    "p": Role.SCHOOL,
    "m": Role.COUNCIL_MEMBER,
    "g": Role.CHILD_GUIDANCE_CENTER,
    "v": Role.SUPERVISOR,
    "d": Role.DATA_HOLDER,
    "a": Role.ANALYST,
    "u": Role.AUDITOR,
}
NOBODY, PLAIN, ADMINISTRATOR = OUTSIDE_ROLES = ("nobody", "plain", "admin")
SIGN_IN = "/sign-in/"
PERSON = "person_id"
CHILDREN = {"stranger": 1, "bound": 2, "protected": 3, "sealed": 4}
"""Which children an address about a child is asked for, and their numbers."""

# Who asks (one of `OUTSIDE_ROLES`, or a role's letter), and whether a purpose was chosen.
Caller = tuple[str, bool]
CALLERS: tuple[Caller, ...] = (
    *((who, False) for who in OUTSIDE_ROLES),
    *((who, has_purpose) for has_purpose in (False, True) for who in LETTERS),
)


class LineError(ValueError):
    """A line that cannot be read."""


@dataclass(frozen=True)
class Line:
    """One address with its arguments; `answers` as the table has them."""

    method: str
    name: str
    given: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[Caller, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return " ".join(
            [f"{self.method:<4}", self.name, *(f"{key}={value}" for key, value in self.given.items())]
        )

    def find_one(self) -> Caller:
        """Who is asked each time: of those who are let in, or else of those who are answered otherwise than nobody, by turns."""
        others = [caller for caller in self.answers if caller[0] != NOBODY]
        let_in = [caller for caller in others if self.answers[caller] == "200"]
        known = (
            let_in or [one for one in others if self.answers[one] != self.answers[NOBODY, False]] or others
        )
        return known[crc32(self.key.encode()) % len(known)]

    def write(self, answers: Mapping[Caller, str]) -> str:
        outside = "  ".join(f"{shorten(answers[who, False]):<3}" for who in OUTSIDE_ROLES)
        return f"{self.key:<44} {outside} | {write_cell(answers, False)} | {write_cell(answers, True)}"


def read_table(text: str) -> list[Line]:
    return [read_line(line) for line in text.splitlines() if line and not line.startswith("#")]


def read_line(line: str) -> Line:
    start, *cells = line.split("|")
    words = start.split()
    if len(cells) != 2 or len(words) < 5:
        raise LineError(f"not `METHOD name [key=value] nobody plain admin | roles | roles`: {line}")
    method, name, *given = words[:-3]
    answers = {(who, False): lengthen(word) for who, word in zip(OUTSIDE_ROLES, words[-3:], strict=True)}
    for has_purpose, cell in zip((False, True), cells, strict=True):
        answers |= {(letter, has_purpose): answer for letter, answer in read_cell(cell).items()}
    return Line(method, name, dict(one.split("=", 1) for one in given), answers)


def read_cell(cell: str) -> dict[str, str]:
    default, *exceptions = cell.split()
    found = dict.fromkeys(LETTERS, lengthen(default))
    for exception in exceptions:
        letters, _, answer = exception.partition("=")
        if not answer or not set(letters) <= set(LETTERS):
            raise LineError(f"not letters=answer: {exception}")
        found |= dict.fromkeys(letters, lengthen(answer))
    return found


def write_cell(answers: Mapping[Caller, str], has_purpose: bool) -> str:
    mine = {letter: shorten(answers[letter, has_purpose]) for letter in LETTERS}
    (default, _), *others = Counter(mine.values()).most_common()
    exceptions = ("".join(letter for letter in mine if mine[letter] == one) + f"={one}" for one, _ in others)
    return " ".join([default, *exceptions])


def shorten(answer: str) -> str:
    return "in" if answer == SIGN_IN else answer


def lengthen(word: str) -> str:
    return SIGN_IN if word == "in" else word

"""What is wrong with definitions: every problem names the file, the line, what is wrong and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

SHOWN_PROBLEMS = 30


@dataclass(frozen=True, slots=True, order=True)
class DefinitionProblem:
    """One problem. `code` is a stable English word; `what` and `todo` are Japanese sentences."""

    file: str
    line: int
    code: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.code}] {self.what} → {self.todo}"


class DefinitionsError(TsunaguError):
    """The definitions cannot be used; `problems` holds all of them, in the order of files and lines."""

    exit_code = ExitCode.DEFINITIONS

    def __init__(self, problems: Iterable[DefinitionProblem]) -> None:
        """Collect the problems; the message shows the first ones and says how many there are."""
        self.problems = tuple(sorted(set(problems)))
        shown = "\n".join(str(problem) for problem in self.problems[:SHOWN_PROBLEMS])
        rest = len(self.problems) - SHOWN_PROBLEMS
        super().__init__(
            f"定義に{len(self.problems)}件の誤りがあります。\n{shown}"
            + (f"\nほか{rest}件" if rest > 0 else ""),
            why="定義は、何を何の目的に使ってよいかの台帳です。一つでも誤りがあれば、取込も判定も始めません。",
            todo="上の行を直して、もう一度点検してください。",
        )


def suggest(word: str, known: Iterable[str]) -> str:
    """`「…」のことですか。` when a known word is close, else the empty string."""
    close = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f"「{close[0]}」のことですか。" if close else ""


def list_words(known: Iterable[str]) -> str:
    """Known words for a message, shortened when there are many."""
    words = sorted(set(known))
    shown = "、".join(words[:12])
    return shown + (f" ほか{len(words) - 12}件" if len(words) > 12 else "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a definition: where inside it, a stable code, and two Japanese sentences."""

    place: tuple[str | int, ...]
    code: str
    what: str
    todo: str


def make_name_fault(
    place: tuple[str | int, ...], code: str, kind: str, name: str, known: Iterable[str]
) -> Fault:
    """`name` is none of the known names: say so, and which one may be meant."""
    names = list(known)
    hint = suggest(name, names)
    if not hint:
        hint = (
            f"次のどれかを書いてください: {list_words(names)}。"
            if names
            else "先にその定義を書いてください。"
        )
    return Fault(place, code, f"{kind}「{name}」はありません。", hint)

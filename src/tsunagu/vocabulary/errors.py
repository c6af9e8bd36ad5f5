"""The one base class of anticipated errors, and the exit codes the command line gives them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the `tsunagu` command; one meaning each, never reused."""

    DONE = 0
    BUG = 1
    USAGE = 2
    DEFINITIONS = 3
    FILE_REFUSED = 4
    NOT_ALLOWED = 5
    STORE = 6
    NOT_FOUND = 7
    BUSY = 8
    DISK_FULL = 9
    DATABASE = 10
    AUDIT = 11
    INTERRUPTED = 130


class TsunaguError(Exception):
    """An anticipated error: what happened, why it matters, what to do. Never holds a personal value.

    Subclasses live in the module that raises them and set `exit_code`.
    """

    exit_code: ExitCode = ExitCode.BUG

    def __init__(self, what: str, *, why: str = "", todo: str = "") -> None:
        """Keep the three sentences apart so that every front end can lay them out."""
        self.what = what
        self.why = why
        self.todo = todo
        super().__init__("\n".join(part for part in (what, why, todo) if part))

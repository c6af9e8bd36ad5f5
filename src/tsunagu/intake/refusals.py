"""The refusal of a whole file. Each reason is worded where it is found; none of them ever quotes a cell."""

from typing import Self

from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class FileRefusedError(TsunaguError):
    """A file that cannot be taken in. Nothing of it is kept. `code` names the reason for programs."""

    exit_code = ExitCode.FILE_REFUSED

    def __init__(self, code: str, what: str, *, why: str, todo: str) -> None:
        """`code` is stable; the three sentences are for people."""
        self.code = code
        super().__init__(what, why=why, todo=todo)

    def name_part(self, part: str) -> Self:
        """The same refusal, saying in which part of the file it was met."""
        return type(self)(self.code, f"{part}: {self.what}", why=self.why, todo=self.todo)

"""Intake: reads what a department sends, checks it, lands it whole or not at all, lists problems per row."""

from tsunagu.intake.batch import FileOutcome, FileStatus, check_feed_file, intake_files, list_files
from tsunagu.intake.send_back import Answers, read_answers, write_problems
from tsunagu.intake.withdraw import Withdrawal, withdraw_delivery

__all__ = [
    "Answers",
    "FileOutcome",
    "FileStatus",
    "Withdrawal",
    "check_feed_file",
    "intake_files",
    "list_files",
    "read_answers",
    "withdraw_delivery",
    "write_problems",
]

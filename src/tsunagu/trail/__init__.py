"""The audit trail: a row for every act, its place in the log, and the checkpoints of the log."""

PACKAGE = "tsunagu.trail"

"""The runs zone: one row per run; the stages declare their own result tables."""

from tsunagu.vocabulary.tables import Table, Zone, day, text

RUN = Table(
    zone=Zone.RUNS,
    name="run",
    grain="one run",
    columns=(
        text("run_id", "as_of and a short id"),
        day("as_of", "the day it speaks for"),
        text("purposes", "active purposes, separated by spaces"),
        text("definitions_hash", "hash of the resolved definitions"),
        text("input_hash", "hash of the inputs"),
        text("result_hash", "canonical hash of all results"),
    ),
    key=("run_id",),
)

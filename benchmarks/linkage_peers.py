"""Splink and recordlinkage on the same normalised files, tuned in good faith; run in an environment of their own.

    python benchmarks/linkage_peers.py splink|recordlinkage FOLDER OUT.parquet [--one-file]

Reads `FOLDER/normalised_left.parquet` (and `_right`), writes the pairs found, prints one JSON line of what it cost.
"""

import json
import logging
import sys
import time
import warnings
from pathlib import Path

import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
NAMES = ("surname", "given")


def read(folder, is_one_file):
    files = ["left"] if is_one_file else ["left", "right"]
    return [pd.read_parquet(folder / f"normalised_{name}.parquet") for name in files]


def link_by_splink(tables, is_one_file):
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    has = {name for name in tables[0].columns if all(table[name].notna().any() for table in tables)}

    def compare_name(part):
        kana = f"{part}_kana"
        if kana not in has:
            return cl.NameComparison(part).configure(term_frequency_adjustments=True)
        return cl.CustomComparison(
            output_column_name=part,
            comparison_levels=[
                cll.And(cll.NullLevel(part), cll.NullLevel(kana)),
                cll.And(cll.ExactMatchLevel(part), cll.ExactMatchLevel(kana)),
                cll.ExactMatchLevel(part, term_frequency_adjustments=True),
                cll.ExactMatchLevel(kana, term_frequency_adjustments=True),
                cll.JaroWinklerLevel(kana, 0.88),
                cll.JaroWinklerLevel(part, 0.66),
                cll.ElseLevel(),
            ],
        )

    comparisons = [
        compare_name("surname"),
        compare_name("given"),
        cl.DateOfBirthComparison("birth", input_is_string=True),
        *([cl.ExactMatch("sex")] if "sex" in has else []),
        cl.CustomComparison(
            output_column_name="site",
            comparison_levels=[
                cll.NullLevel("site"),
                cll.ExactMatchLevel("site", term_frequency_adjustments=True),
                cll.LevenshteinLevel("site", 2),
                cll.ExactMatchLevel("town"),
                cll.ElseLevel(),
            ],
        ),
        *([cl.ExactMatch("phone").configure(term_frequency_adjustments=True)] if "phone" in has else []),
    ]
    sound = "given_kana" if "given_kana" in has else "given"
    family = "surname_kana" if "surname_kana" in has else "surname"
    rules = [
        block_on("given", "birth"),
        block_on(sound, "birth"),
        block_on("surname", "birth"),
        block_on(family, "birth"),
    ]
    rules += [
        block_on("surname", "given"),
        block_on(family, sound),
        block_on("site", "given"),
        block_on("site", sound),
    ]
    if "phone" in has:
        rules += [block_on("phone", sound)]
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only" if is_one_file else "link_only",
        unique_id_column_name="record_id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    frames = [api.register(table) for table in tables]
    linker = Linker(frames[0] if is_one_file else frames, settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("surname", "given", "birth"), block_on(family, sound, "birth")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "birth"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("surname", "given"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("surname", "birth"))
    found = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
    return found.rename(
        columns={"record_id_l": "left_id", "record_id_r": "right_id", "match_probability": "probability"}
    )[["left_id", "right_id", "probability"]]


def link_by_recordlinkage(tables, is_one_file):
    import recordlinkage

    tables = [table.set_index("record_id") for table in tables]
    has = {name for name in tables[0].columns if all(table[name].notna().any() for table in tables)}
    indexer = recordlinkage.Index()
    for keys in (
        ["given", "birth"],
        ["surname", "birth"],
        ["surname", "given"],
        ["site", "given"],
        ["phone", "given"],
    ):
        if set(keys) <= has:
            indexer.block(keys)
    pairs = indexer.index(*tables)
    compare = recordlinkage.Compare()
    for name in ("surname", "given", "surname_kana", "given_kana"):
        if name in has:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in ("birth", "sex", "site", "town", "phone"):
        if name in has:
            compare.exact(name, name, label=name)
    features = compare.compute(pairs, *tables)
    links = recordlinkage.ECMClassifier(binarize=0.8).fit_predict(features)
    found = links.to_frame(index=False)
    found.columns = ["left_id", "right_id"]
    return found.assign(probability=1.0)


def read_peak_mb():
    """Of this program alone; what the parent had used before is not counted."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main():
    engine, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    is_one_file = "--one-file" in sys.argv
    tables = read(folder, is_one_file)
    wall, cpu = time.monotonic(), time.process_time()
    link = link_by_splink if engine == "splink" else link_by_recordlinkage
    found = link(tables, is_one_file)
    cost = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    found.to_parquet(out)
    print(json.dumps({**cost, "peak_mb": read_peak_mb(), "pairs": len(found)}))


if __name__ == "__main__":
    main()

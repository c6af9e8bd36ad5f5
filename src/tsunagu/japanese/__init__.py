"""Japanese text in the forms departments type it, folded to forms that can be compared.

Pure functions of text: names, kana readings, addresses, dates, telephone numbers and municipality codes. A fold
returns a new text and leaves the original to its caller, who keeps it; None means that nothing was there to
compare. Whatever text arrives, no fold raises; what is not a `str` is a TypeError.
"""

from tsunagu.japanese.address_book import AddressBook, build_address_book
from tsunagu.japanese.address_shapes import AddressFolder
from tsunagu.japanese.addresses import Address, fold_address, parse_address
from tsunagu.japanese.bigrams import list_name_keys, list_query_keys
from tsunagu.japanese.characters import GAIJI_MARK, count_gaiji
from tsunagu.japanese.dates import (
    DateNote,
    PartialDate,
    SchoolGrade,
    is_unknown_date,
    parse_date,
    school_cohort,
    school_grade,
    show_era_date,
)
from tsunagu.japanese.kana import fold_kana, fold_kana_loose
from tsunagu.japanese.municipality_codes import (
    compute_check_digit,
    fold_municipality_code,
    is_municipality_code,
)
from tsunagu.japanese.names import NameParts, fold_name, fold_name_tokens, split_name
from tsunagu.japanese.phones import fold_phone

__all__ = [
    "GAIJI_MARK",
    "Address",
    "AddressBook",
    "AddressFolder",
    "DateNote",
    "NameParts",
    "PartialDate",
    "SchoolGrade",
    "build_address_book",
    "compute_check_digit",
    "count_gaiji",
    "fold_address",
    "fold_kana",
    "fold_kana_loose",
    "fold_municipality_code",
    "fold_name",
    "fold_name_tokens",
    "fold_phone",
    "is_municipality_code",
    "is_unknown_date",
    "list_name_keys",
    "list_query_keys",
    "parse_address",
    "parse_date",
    "school_cohort",
    "school_grade",
    "show_era_date",
    "split_name",
]

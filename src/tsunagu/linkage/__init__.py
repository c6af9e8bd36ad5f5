"""名寄せ: which records are one person, and who lives with whom, as far as was known on one day."""

from tsunagu.linkage.link import LinkageSummary, link_records
from tsunagu.linkage.tables import TABLES

__all__ = ["TABLES", "LinkageSummary", "link_records"]

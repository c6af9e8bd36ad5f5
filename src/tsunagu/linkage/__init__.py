"""名寄せ: which records are one person, and who lives with whom, as far as was known on one day."""

from tsunagu.linkage.link import LinkageSummary, link_records
from tsunagu.linkage.link_files import LinkedFiles, link_files, write_links
from tsunagu.linkage.tables import TABLES

__all__ = ["TABLES", "LinkageSummary", "LinkedFiles", "link_files", "link_records", "write_links"]

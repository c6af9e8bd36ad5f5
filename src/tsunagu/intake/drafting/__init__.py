"""Drafts the mapping of a file nobody has described yet, for an officer to correct in Excel and read back."""

from tsunagu.intake.drafting.draft import AlreadyReadableError, Draft, draft_feed
from tsunagu.intake.drafting.keep import KeptFeed, keep_feed
from tsunagu.intake.drafting.mapping_book import write_mapping

__all__ = ["AlreadyReadableError", "Draft", "KeptFeed", "draft_feed", "keep_feed", "write_mapping"]

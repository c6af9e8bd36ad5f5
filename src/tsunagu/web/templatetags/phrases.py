"""`{{ phrase|said }}`: a text that knows both languages, in the language of the page."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from tsunagu.pipeline.seam import Phrase

register = template.Library()


@register.filter
def said(phrase: Phrase | Mapping[str, str] | None) -> str:
    """The text, as the seam gives it or as a table keeps it; nothing when there is none."""
    if not phrase:
        return ""
    japanese, english = (phrase.ja, phrase.en) if isinstance(phrase, Phrase) else (phrase["ja"], phrase["en"])
    return english if get_language() == "en" else japanese

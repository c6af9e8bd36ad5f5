"""`{{ phrase|said }}`: a text that knows both languages, in the language of the page."""

from django import template
from django.utils.translation import get_language

from tsunagu.pipeline.seam import Phrase

register = template.Library()


@register.filter
def said(phrase: Phrase | None) -> str:
    """The text; nothing when there is none."""
    if phrase is None:
        return ""
    return phrase.en if get_language() == "en" else phrase.ja

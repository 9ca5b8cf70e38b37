"""Search among service items: bigrams, pinyin, slips of the finger, everyday words and natural questions."""

from service_catalog.search.index import SearchIndex
from service_catalog.search.synonyms import Synonyms
from service_catalog.search.values import Entry, Found, Hit, Suggestion

__all__ = ["Entry", "Found", "Hit", "SearchIndex", "Suggestion", "Synonyms"]

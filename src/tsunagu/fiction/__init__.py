"""A fictional city: real export formats, invented people, and the truth to mark results against."""

from tsunagu.fiction.build import PLACES_FILE, CityBuildError, CitySummary, build_city, continue_city
from tsunagu.fiction.offices import ALL, MAIN

__all__ = ["ALL", "MAIN", "PLACES_FILE", "CityBuildError", "CitySummary", "build_city", "continue_city"]

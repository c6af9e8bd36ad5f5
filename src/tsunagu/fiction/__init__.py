"""A fictional city: real export formats, invented people, and the truth to mark results against."""

from tsunagu.fiction.build import CityBuildError, CitySummary, build_city

__all__ = ["CityBuildError", "CitySummary", "build_city"]

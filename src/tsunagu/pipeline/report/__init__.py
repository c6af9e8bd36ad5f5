"""The report of one run: one HTML file, printable, with nothing fetched from anywhere."""

from tsunagu.pipeline.report.write import write_report

__all__ = ["write_report"]

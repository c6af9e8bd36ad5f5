"""Vendors' layouts of the departments' files, one module a part of the town hall. All products are invented."""

from tsunagu.fiction.layouts import Layout
from tsunagu.fiction.vendors import families, health, schools

LAYOUTS: tuple[Layout, ...] = (*schools.LAYOUTS, *health.LAYOUTS, *families.LAYOUTS)
"""Set `b` keeps to headings the shipped definitions know under another name; set `c` does not."""

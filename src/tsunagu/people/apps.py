"""The Django application of this package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Children, as far as the desk needs to know them."""

    name = "tsunagu.people"
    label = "people"
    verbose_name = "こども"

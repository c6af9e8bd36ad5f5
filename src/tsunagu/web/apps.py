"""The Django application of this package: templates, static files, texts."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The desk's pages."""

    name = "tsunagu.web"
    label = "web"
    verbose_name = "職員の画面"

    def ready(self) -> None:
        """Whatever happens at sign-in is recorded from now on; connections keep their plans."""
        from tsunagu.web.planning import keep_statements
        from tsunagu.web.recording import connect_signals

        connect_signals()
        keep_statements()

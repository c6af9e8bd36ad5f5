"""Addresses: a child's number in one, and those that come from a browser, before anybody is sent there."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tsunagu.vocabulary.identifiers import read_id, show_id


class ChildNumber:
    """A child's number in an address, as people read it: `children/0000-0000-0001/`."""

    regex = "[0-9A-Za-z-]{12,14}"

    def to_python(self, value: str) -> int:
        """The number; what is none is an address that is not there."""
        return read_id(value)

    def to_url(self, value: int) -> str:
        """The same, as people read it."""
        return show_id(int(value))


def read_own_address(request: HttpRequest, address: str) -> str:
    """An address of ours; the start page instead of any other."""
    hosts = {request.get_host()}
    is_own = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_own and address.startswith("/") else reverse("home")

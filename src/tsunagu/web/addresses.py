"""Addresses that come from a browser, before anybody is sent there."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def read_own_address(request: HttpRequest, address: str) -> str:
    """An address of ours; the start page instead of any other."""
    hosts = {request.get_host()}
    is_own = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_own and address.startswith("/") else reverse("home")

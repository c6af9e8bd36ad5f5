"""Run beside a desk (TSUNAGU_HOME): reads [address name, its arguments] and prints the addresses, and how staff sign in.

In a process of its own, because Django belongs to one home for as long as a process lives.
"""

import json
import sys

import django

django.setup()

from allauth.mfa.adapter import get_adapter  # models can be loaded only now
from allauth.mfa.models import Authenticator
from django.urls import reverse


def main() -> None:
    asked = json.load(sys.stdin)
    decrypt = get_adapter().decrypt
    secrets, codes = {}, {}
    for one in Authenticator.objects.select_related("user"):
        if one.type == Authenticator.Type.TOTP:
            secrets[one.user.staff_number] = decrypt(one.data["secret"])
        elif one.type == Authenticator.Type.RECOVERY_CODES:
            codes[one.user.staff_number] = one.wrap().get_unused_codes()
    addresses = {name: reverse(name, kwargs=given) for name, given in asked}
    json.dump({"secrets": secrets, "codes": codes, "addresses": addresses}, sys.stdout)


main()

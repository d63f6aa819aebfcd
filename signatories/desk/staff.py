"""Who may log in: staff whom a superuser made. Nobody signs up."""

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import timezone

from signatories import tokens
from signatories.identity.mailboxes import keyed_hash
from signatories.views.holding import let_go_of_links

# Whoever has one address of an IPv6 network of this size has all of them.
ONE_CLIENT = 64


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Whose own page was open in this browser is no part of the session of the staff."""
        let_go_of_links(request)
        super().login(request, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """What failed log-ins are counted by: a keyed hash that turns daily, never the address itself (rule 12)."""
        address = ipaddress.ip_address(super().get_client_ip(request))
        if address.version == 6:
            address = ipaddress.ip_network((address, ONE_CLIENT), strict=False).network_address
        return keyed_hash("log-in", f"{timezone.now():%Y-%m-%d} {address}")


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """The secrets of the second factor are useless without the key, like every contact."""

    def encrypt(self, text: str) -> str:
        return tokens.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return tokens.decrypt(encrypted_text)

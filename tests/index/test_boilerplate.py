"""Which lines are page furniture, and which sentences only speak of such things."""

import pytest

from index.boilerplate import boilerplate_kind
from index.types import AsideKind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Subscribe to our free newsletter today", AsideKind.NEWSLETTER),
        ("Get the best stories in your inbox", AsideKind.NEWSLETTER),
        ("Sign up now", AsideKind.NEWSLETTER),
        ("Join now and become part of our community", AsideKind.NEWSLETTER),
        ("Enter your email address", AsideKind.NEWSLETTER),
        ("Invalid Email Address", AsideKind.FORM),
        ("Thank you for subscribing!", AsideKind.FORM),
        ("We'll be sending you the latest news", AsideKind.FORM),
        ("This field is required.", AsideKind.FORM),
        ("Share this article", AsideKind.SHARE),
        ("Facebook Twitter WhatsApp", AsideKind.SHARE),
        ("Copy link", AsideKind.SHARE),
        ("Read more »", AsideKind.NAVIGATION),
        ("Related articles:", AsideKind.NAVIGATION),
        ("Skip to content", AsideKind.NAVIGATION),
        ("5 min read", AsideKind.NAVIGATION),
        ("Comments (12)", AsideKind.NAVIGATION),
        ("This website uses cookies to help you.", AsideKind.COOKIES),
        ("Accept all cookies", AsideKind.COOKIES),
        ("Advertisement", AsideKind.ADVERTISEMENT),
        ("Article continues below", AsideKind.ADVERTISEMENT),
        ("© 2025 The Gull", AsideKind.COPYRIGHT),
        ("———", AsideKind.SEPARATOR),
    ],
)
def test_page_furniture_is_told_with_its_reason(line: str, kind: AsideKind) -> None:
    assert boilerplate_kind(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "The newsletter was read by forty thousand people.",
        "He told them to subscribe, and then he left the room.",
        "Share prices fell on Monday.",
        "Related to this, the harbour was closed.",
        "An invalid email address was the reason for the delay.",
        "Copyright law changed in the last century.",
        "Cookies are baked in the harbour.",
        "Home prices rose.",
        "Advertisement taxes were raised.",
        "Sign up for our newsletter, " + "they said, " * 20,
    ],
)
def test_a_sentence_about_such_things_is_text(line: str) -> None:
    assert boilerplate_kind(line) is None

"""Lines that belong to the page and not to the text: prompts, form messages, share links.

The rules name what a line says, and look only at short lines of their own, so that a sentence
about newsletters stays a sentence. Each rule gives its reason, which the ingest report shows.
"""

import re

from index.types import AsideKind

__all__ = ["boilerplate_kind"]

LONGEST = 160  # characters; page furniture is short, and a longer line is somebody's sentence


def _rule(kind: AsideKind, *patterns: str) -> tuple[AsideKind, re.Pattern[str]]:
    return kind, re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE)


_NEWSLETTER = (
    r"(?:newsletters?|mailing list|(?:news|weekly|daily|email) digest|email updates|inbox)"
)
_NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|reddit|telegram|pinterest|instagram|youtube|e-?mail)"
)

RULES = (
    _rule(
        AsideKind.NEWSLETTER,
        rf"^(?:subscribe|sign up|signup|register|join)\b.{{0,60}}\b{_NEWSLETTER}\b.{{0,60}}$",
        r"^(?:get|receive)\b.{0,60}\b(?:in|to) your inbox\b.{0,30}$",
        r"^(?:subscribe|sign up|join)(?: (?:now|today|here|for free|us))?(?: and\b.{0,80})?[.!]?$",
        r"^join (?:now|us|today) and become (?:a )?(?:part|member) of our\b.{0,80}$",
        r"^(?:enter|your) (?:your )?e-?mail(?: address)?(?: here)?[.:!]?$",
    ),
    _rule(
        AsideKind.FORM,
        r"^(?:in)?valid e-?mail(?: address)?[.!]?$",
        r"^please enter a valid\b.{0,60}$",
        r"^thank(?:s| you) for (?:subscribing|signing up|joining|registering)\b.{0,40}$",
        r"^we.ll be (?:sending|emailing) you\b.{0,80}$",
        r"^something went wrong\b.{0,60}$",
        r"^(?:please )?try again(?: later)?[.!]?$",
        r"^this field is required[.!]?$",
        r"^(?:check|confirm) your (?:inbox|e-?mail|subscription)\b.{0,60}$",
        r"^you have (?:successfully )?(?:subscribed|unsubscribed)\b.{0,60}$",
    ),
    _rule(
        AsideKind.SHARE,
        rf"^(?:share|tweet|pin|post|follow)(?: (?:this|us|it|on|via|to|the|article|story|page"
        rf"|post|link|and|our|with|friends|{_NETWORKS}))*[:.!]?$",
        rf"^(?:{_NETWORKS})(?:[\s,|·•/]+(?:{_NETWORKS}))+$",
        r"^(?:copy link|print(?: this)?(?: article| page)?|e-?mail this(?: article)?)$",
    ),
    _rule(
        AsideKind.NAVIGATION,
        r"^(?:read|see|show|load|learn|view) (?:more|next|all)\b[ .…>»→]*$",
        r"^(?:related|recommended|popular|trending|latest)"
        r"(?: (?:articles?|stories|news|posts?|topics?|reading|now|on))*:?$",
        r"^(?:skip to|back to|jump to) (?:the )?(?:main |top|content|home|navigation)\b.{0,20}$",
        r"^(?:home|menu|search|log ?in|sign ?in|log ?out|next|previous|comments?(?: \(\d+\))?)$",
        r"^leave a (?:comment|reply)$",
        r"^\d+ (?:min(?:ute)?s? read|comments?|shares?|views?)$",
    ),
    _rule(
        AsideKind.COOKIES,
        r"^(?:this (?:web)?site|we) uses? cookies\b.*$",
        r"^(?:accept|reject|manage)(?: all)? cookies$",
        r"^by (?:continuing|using) (?:to use )?this (?:web)?site\b.*$",
    ),
    _rule(
        AsideKind.ADVERTISEMENT,
        r"^(?:advertisements?|sponsored(?: content)?|paid content|ad|continue reading below)"
        r"[.:]?$",
        r"^(?:story|article) continues (?:after|below)\b.{0,40}$",
    ),
    _rule(
        AsideKind.COPYRIGHT,
        r"^(?:©|\(c\)|copyright\b)\s*(?:\d{4}|©).{0,100}$",
        r"^all rights reserved[.]?$",
    ),
    _rule(AsideKind.SEPARATOR, r"^[^\w]+$"),
)


def boilerplate_kind(line: str) -> AsideKind | None:
    """Why a line is page furniture, or None where it is text.

    Args:
        line: One line or one short block, without white space around it.
    """
    if len(line) > LONGEST:
        return None
    return next((kind for kind, pattern in RULES if pattern.search(line)), None)

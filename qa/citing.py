"""From words in a passage to a citation that anyone can check."""

import re
from urllib.parse import quote as percent_encoded

from index.store import Store
from index.types import Span
from qa.types import Citation, Finding, Verification

__all__ = ["cite", "document_link"]

CONTEXT = (
    32  # characters before and behind a quote, as the Web Annotation model's TextQuoteSelector
)
EDGE_WORDS = 5  # a long quote is linked by its first and last words
LONGEST_WHOLE = 12  # words; a shorter quote is linked as a whole


def cite(finding: Finding, store: Store, *, number: int) -> Citation:
    """Make the citation for a finding, compared with the stored text as it stands now.

    Args:
        finding: Words in a passage.
        store: Where the document is read again.
        number: Of the footnote, from 1.
    """
    passage = finding.hit.passage
    span = Span(passage.span.start + finding.span.start, passage.span.start + finding.span.end)
    quote = finding.span.of(passage.text)
    before = min(CONTEXT, span.start)
    window = store.excerpt(passage.document_id, span.start - before, span.end + CONTEXT)
    prefix, stored, suffix = (
        window[:before],
        window[before : before + len(quote)],
        window[before + len(quote) :],
    )
    return Citation(
        number=number,
        document_id=passage.document_id,
        passage_id=passage.id,
        quote=quote,
        span=span,
        prefix=prefix,
        suffix=suffix,
        content_sha256=finding.hit.content_sha256,
        title=finding.hit.title,
        heading=passage.heading,
        metadata=finding.hit.metadata,
        source=finding.hit.source,
        page=passage.page,
        link=document_link(passage.document_id, span, quote),
        verification=Verification.EXACT if stored == quote else Verification.NOT_FOUND,
    )


def document_link(document_id: str, span: Span, quote: str) -> str:
    """Address of the service's page of a document, at the quoted words.

    The range marks the words on any browser; the text fragment makes a browser scroll to them
    by itself. Source: WICG, "URL Fragment Text Directives".
    """
    page = f"/documents/{percent_encoded(document_id, safe='')}"
    return f"{page}?start={span.start}&end={span.end}#:~:text={text_fragment(quote)}"


def text_fragment(quote: str) -> str:
    """The value of a text directive for a quote: all of it, or its first and last words."""
    words = re.findall(r"\S+", quote)
    if len(words) <= LONGEST_WHOLE:
        return _escaped(" ".join(words))
    first, last = words[:EDGE_WORDS], words[-EDGE_WORDS:]
    return f"{_escaped(' '.join(first))},{_escaped(' '.join(last))}"


def _escaped(words: str) -> str:
    # "-" and "," have a meaning in the directive, and percent-encoding leaves "-" alone.
    return percent_encoded(words, safe="").replace("-", "%2D")

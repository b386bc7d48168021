"""What a web page states of itself, and where it states it."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from htmldate import find_date
from lxml.html import HtmlElement, document_fromstring
from trafilatura import extract_metadata

from index.formats.composing import clean
from index.formats.fields import language_code, state, web_address
from index.types import Metadata, Provenance

__all__ = ["find"]

# Fixed, because htmldate's own upper limit is today: equal input must give equal output.
EARLIEST = "1990-01-01"
LATEST = "2039-12-31"  # htmldate reads no later year
EMPTY_PAGE = "<html><head><title>-</title></head><body><p></p></body></html>"
PUBLISHED_NAME = re.compile(
    r"(^|[.:_-])(date|issued|pub[_-]?date|publi(sh|shed|cation)[_-]?(date|time)|published"
    r"|date[_-]?published)$"
)
OTHER_NAME = re.compile(r"modif|updat|revis|expir|valid|event|birth|start|end|review")
PUBLISHED_CLASS = re.compile(r"publi|pubdate|entry-date|posted")
JSON_LD_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
JSON_LD = './/script[@type="application/ld+json"]'
ADDRESSES = ('//link[@rel="canonical"]/@href', '//meta[@property="og:url"]/@content')


def find(tree: HtmlElement) -> Metadata:
    """Title, site, author, date, address and language of a page.

    The date is the one stated for the publication: in meta tags, JSON-LD or time elements, else
    in the address. A date that only stands in the words, or tells of a change, is none. Fields
    have provenance METADATA, the exceptions being an author found only on the visible page
    (BYLINE), and a date or site name read from the address (URL).
    """
    page = extract_metadata(tree, extensive=False)
    url = _url(tree)
    stated, in_url = _stated_date(tree), _date_in(url)
    found = Metadata(
        title=_line(page.title),
        publisher=_line(page.sitename),
        author=_line(page.author),
        published=stated or in_url,
        url=url,
        language=_language(tree),
    )
    provenance = dict(state(found, Provenance.METADATA).provenance)
    if in_url and not stated:
        provenance["published"] = Provenance.URL
    if found.author and not _is_in_head(found.author, tree):
        provenance["author"] = Provenance.BYLINE
    if found.publisher and found.publisher in (url or ""):
        provenance["publisher"] = Provenance.URL
    return replace(found, provenance=provenance)


def _line(value: str | None) -> str | None:
    return " ".join((value or "").split()).replace("; ", ", ") or None


def _url(tree: HtmlElement) -> str | None:
    stated = [str(address) for query in ADDRESSES for address in tree.xpath(query)]
    return next(filter(None, map(web_address, stated)), None)


def _language(tree: HtmlElement) -> str | None:
    stated = [str(language) for language in tree.xpath("//html/@lang")]
    return language_code(stated[0]) if stated else None


def _is_in_head(author: str, tree: HtmlElement) -> bool:
    """Whether the last word of every author stands where machines read it."""
    scripts = [script.text or "" for script in tree.findall(JSON_LD)]
    stated = " ".join([*map(str, tree.xpath("//meta/@content")), *scripts]).casefold()
    return all(name.split()[-1].casefold() in stated for name in author.split(", ") if name.split())


def _stated_date(tree: HtmlElement) -> dt.date | None:
    values = [*_in_meta(tree), *_in_json_ld(tree)]
    dates = [date for date in map(_date, values) if date]
    return dates[0] if dates else _in_time_elements(tree)


def _in_meta(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("meta"):
        names = [element.get(key, "").lower() for key in ("property", "name", "itemprop")]
        content = element.get("content") or element.get("datetime") or ""
        is_other = any(OTHER_NAME.search(name) for name in names)
        if not is_other and any(PUBLISHED_NAME.search(name) for name in names):
            yield content


def _in_json_ld(tree: HtmlElement) -> Iterator[str]:
    for script in tree.findall(JSON_LD):
        yield from JSON_LD_PUBLISHED.findall(script.text or "")


def _in_time_elements(tree: HtmlElement) -> dt.date | None:
    """The time marked as publication, else the only day that the page's time elements name."""
    marks = [(_marks(element), _time(element)) for element in tree.iter("time")]
    days = [(mark, day) for mark, day in marks if day and not OTHER_NAME.search(mark)]
    marked = [day for mark, day in days if PUBLISHED_CLASS.search(mark)]
    different = {day for _, day in days}
    if marked:
        return marked[0]
    return different.pop() if len(different) == 1 else None


def _marks(element: HtmlElement) -> str:
    is_marked = "pubdate" if "pubdate" in element.attrib else ""
    return f"{element.get('class', '')} {element.get('itemprop', '')} {is_marked}".lower()


def _time(element: HtmlElement) -> dt.date | None:
    return _date(element.get("datetime") or str(element.text_content()))


def _date(value: str) -> dt.date | None:
    """The day of a stated value, found by htmldate in a page that states nothing else."""
    page = document_fromstring(EMPTY_PAGE)
    words = clean(value)  # a tree takes no control characters
    page.find("head").append(
        page.makeelement("meta", property="article:published_time", content=words)
    )
    return _find(page, url="")


def _date_in(url: str | None) -> dt.date | None:
    return _find(document_fromstring(EMPTY_PAGE), url=url) if url else None


def _find(page: HtmlElement, *, url: str) -> dt.date | None:
    found = find_date(
        page,
        url=url,
        original_date=True,
        extensive_search=False,
        min_date=EARLIEST,
        max_date=LATEST,
    )
    return dt.date.fromisoformat(found) if found else None

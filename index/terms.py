"""How texts become terms: words without accents, endings and stop words, language by language.

A number is one term however it is written, a sign such as % the word that it stands for, and the
commonest abbreviations the words that they stand for, so that a question may write them otherwise
than the passage. Stemmers and stop words are tantivy's.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate

import tantivy

from index.lexicon import (
    ABBREVIATIONS,
    QUESTION_WORDS,
    SIGNS,
    STEMMED,
    WITHOUT_STOP_WORDS,
)
from index.types import Span

__all__ = [
    "DEFAULT",
    "Analyzer",
    "Word",
    "analyzer_for",
    "content_words",
    "language_of",
    "matched_words",
    "terms_in",
]

DEFAULT = "en"  # of texts too short to tell
NO_LANGUAGE = ""  # nothing is left out, and no ending cut off
LONGEST = 64  # bytes of a word; longer ones are no words
# Scripts that put no space between words: every two neighbouring letters are a term.
UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PER_CENT = r"\bper cent\b"
PLAIN = r"[a-zA-Z][a-z]+(?![\w'’])"  # as most words are
OTHER = (
    r"(?P<dotted>(?<!\w)(?:(?:[^\W\d_]\.){2,4}|EE\. ?UU\.?))"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<sign>[%$€£])"
    rf"|(?P<unspaced>[{UNSPACED}]+)"
    rf"|(?P<word>(?:(?![{UNSPACED}\d])[^\W_])(?:(?![{UNSPACED}])[^\W_])*)(?:['’]s\b)?"
)
# A plain word is read with the space behind it.
TOKEN = re.compile(rf"(?P<percent>{PER_CENT})|(?P<plain>{PLAIN}) ?|{OTHER}")
BETWEEN = r"[^\w%$€£]"
# The same, read from one token that is not plain to the next.
OTHER_TOKEN = re.compile(
    rf"(?:(?!{PER_CENT}){PLAIN}{BETWEEN}*+)*+"
    rf"(?:(?P<percent>{PER_CENT})|{OTHER}|(?:{BETWEEN}|_)+)?"
)
PLAIN_WORD = re.compile(rf"(?<![a-zA-Z]){PLAIN}")
# How many of the first letters of a plain word its stem keeps, where these are fewer than two: a
# German "aer" becomes "ar", Dutch cuts "ge-" off.
KEPT_LETTERS = {"ar": 0, "de": 1, "fi": 1, "nl": 0, "ta": 0, "tr": 0}
LETTERS = re.compile(r"[^\W\d_]+")
GROUPED = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+)(?:[.,](\d+))?")


# A stretch of text without white space, before it becomes a term or is left out: how it is written,
# and where it starts and ends.
_Piece = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text that is a term, and where it stands."""

    term: str
    span: Span


class Analyzer:
    """How both questions and passages of one language become terms.

    Args:
        language: ISO 639-1; one without a stemmer gets no stemming and no stop words.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._signs = SIGNS.get(language, {})
        self._abbreviations = ABBREVIATIONS.get(language, {})

    @cached_property
    def _stemming(self) -> tantivy.TextAnalyzer:
        return _chain(self.language)

    @cached_property
    def _plain(self) -> tantivy.TextAnalyzer:
        return _chain(NO_LANGUAGE)

    @cached_property
    def _without_stop_words(self) -> tantivy.TextAnalyzer:
        return _chain(self.language, stems=False)

    def words(self, text: str) -> list[Word]:
        """Every word that is a term, in the order of the text."""
        return [Word(term, Span(start, end)) for term, (_, start, end) in self._kept(text)]

    def spans_of(self, terms: frozenset[str], text: str) -> list[Span]:
        """Where a text has any of some terms."""
        kept = self._kept_of(self._pieces_like(terms, text))
        return [Span(start, end) for term, (_, start, end) in kept if term in terms]

    def all_terms(self, text: str) -> list[str]:
        """Every term as often as the text has it, in its order."""
        return self._stemming.analyze(_joined(self._pieces(text)))

    def terms(self, text: str) -> list[str]:
        """Distinct terms in the order of the text."""
        return list(dict.fromkeys(self.all_terms(text)))

    def surfaces(self, text: str) -> list[str]:
        """The words of `words` without accents and capitals but with their endings."""
        return self.terms_and_surfaces(text)[1]

    def terms_and_surfaces(self, text: str) -> tuple[list[str], list[str]]:
        """`all_terms` and `surfaces` of a text, for which it is read once."""
        kept = self._kept(text)
        surfaces = self._plain.analyze(_joined([piece for _, piece in kept]))
        return [term for term, _ in kept], list(surfaces)

    def stop_words(self, words: Sequence[str]) -> int:
        """How many of some words are stop words."""
        return len(words) - len(self._without_stop_words.analyze(" ".join(words)))

    def _kept(self, text: str) -> list[tuple[str, _Piece]]:
        """Terms with the pieces that they come from."""
        return self._kept_of(self._pieces(text))

    def _kept_of(self, pieces: Sequence[_Piece]) -> list[tuple[str, _Piece]]:
        tokens = self._stemming.pre_tokenize(_joined(pieces)).tokens
        if not tokens:
            return []
        starts = list(accumulate([len(written) + 1 for written, _, _ in pieces], initial=0))
        return [
            (token.text, pieces[bisect_right(starts, token.char_offset_from) - 1])
            for token in tokens
        ]

    def _pieces(self, text: str) -> list[_Piece]:
        return [piece for match in TOKEN.finditer(text) for piece in self._pieces_of(match)]

    def _pieces_like(self, terms: frozenset[str], text: str) -> list[_Piece]:
        """Those of `_pieces` that may become one of some terms. Of plain words, as most are, only
        those are looked at that begin as one of them."""
        kept = KEPT_LETTERS.get(self.language, 2)
        if not kept:
            return self._pieces(text)
        others = [
            piece
            for match in OTHER_TOKEN.finditer(text)
            if match.lastgroup
            for piece in self._pieces_of(match)
        ]
        plain: dict[int, _Piece] = {}  # by start, for one beginning may be that of another
        for beginning in _beginnings(terms, kept):
            start = text.find(beginning)
            while start >= 0:
                if match := PLAIN_WORD.match(text, start):
                    plain[start] = (match[0], start, match.end())
                start = text.find(beginning, start + 1)
        starts = [start for _, start, _ in others]
        for start in [*plain]:
            before = bisect_right(starts, start)
            if before and others[before - 1][2] > start:  # a part of it, as "cent" of "per cent"
                del plain[start]
        return sorted([*others, *plain.values()], key=lambda piece: piece[1])

    def _pieces_of(self, token: re.Match[str]) -> Sequence[_Piece]:
        kind = token.lastgroup or ""
        found, (start, end) = token[kind], token.span(kind)
        if kind == "plain" or (kind == "word" and not found.isupper()):
            return ((found, start, end),)
        if kind == "unspaced":
            return _pairs(found, start)
        return [(written, start, end) for written in self._written(kind, found)]

    def _written(self, kind: str, text: str) -> list[str]:
        """How a stretch is written for the terms: not at all, or in one or more words."""
        if kind == "number":
            return [_number(text)]
        if kind == "sign":
            return [self._signs[text]] if text in self._signs else []
        if kind == "percent":
            return ["percent"]
        bare = text.replace(".", "").replace(" ", "")
        if (kind == "dotted" or text.isupper()) and bare.upper() in self._abbreviations:
            return self._abbreviations[bare.upper()].split()
        return [bare]


def analyzer_for(language: str | None) -> Analyzer:
    """The analyzer of a language tag such as "en-GB"; English where there is none."""
    return _analyzer((language or DEFAULT).partition("-")[0].lower())


# A question is analysed by every step of its way; it is the same each time.
@lru_cache(maxsize=256)
def language_of(question: str, present: tuple[str, ...]) -> str:
    """The language of a question: the one most of whose stop words it has.

    Args:
        question: Any text; short ones have stop words where they have little else.
        present: Languages of the documents, the commonest first, which wins where it is open.
    """
    words = LETTERS.findall(question)
    codes = [*present, *(code for code in STEMMED if code not in WITHOUT_STOP_WORDS)]
    counts = {code: analyzer_for(code).stop_words(words) for code in codes}
    best = max(present, key=lambda code: counts[code], default=DEFAULT)
    other = max(counts, key=lambda code: counts[code])
    is_foreign = counts[other] >= 2 and counts[other] > counts.get(best, 0)
    return other if is_foreign else best


@lru_cache(maxsize=256)
def content_words(question: str, languages: tuple[str, ...]) -> tuple[Word, ...]:
    """Words of a question that are no stop words in its own language."""
    return tuple(analyzer_for(language_of(question, languages)).words(question))


@lru_cache(maxsize=256)
def terms_in(question: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Terms of those words in each of some languages."""
    content = content_words(question, languages)
    own = language_of(question, languages)
    spans = {word.span for word in content}
    words: dict[str, None] = {}
    # Languages without a stemmer have the same terms, and the question's own are known.
    for language in dict.fromkeys(code if code in STEMMED else NO_LANGUAGE for code in languages):
        found = content if language == own else _analyzer(language).words(question)
        words |= dict.fromkeys(word.term for word in found if word.span in spans)
    return tuple(words)


def matched_words(text: str, question: str, language: str | None = None) -> list[Span]:
    """Words of a text that the lexical leg counts as words of the question."""
    return analyzer_for(language).spans_of(_terms_of(question, language), text)


@lru_cache(maxsize=256)
def _terms_of(question: str, language: str | None) -> frozenset[str]:
    return frozenset(analyzer_for(language).all_terms(question))


@lru_cache(maxsize=256)
def _beginnings(terms: frozenset[str], letters: int) -> tuple[str, ...]:
    """What plain words of some terms begin with, of so many letters."""
    found = {term[:letters] for term in terms}
    found |= {f"{two[0]}y" for two in found if two[1:] == "i"}  # "dying" becomes "die"
    return tuple(sorted(found | {beginning.capitalize() for beginning in found}))


@cache
def _analyzer(language: str) -> Analyzer:
    return Analyzer(language)


def _chain(language: str, *, stems: bool = True) -> tantivy.TextAnalyzer:
    name, filters = STEMMED.get(language), tantivy.Filter
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    builder = builder.filter(filters.remove_long(LONGEST)).filter(filters.lowercase())
    if name and language not in WITHOUT_STOP_WORDS:
        builder = builder.filter(filters.stopword(name))
    # Folded before stemming, so that a word has one stem with and without its accents.
    builder = builder.filter(filters.ascii_fold())
    if language in QUESTION_WORDS:
        builder = builder.filter(filters.custom_stopword(QUESTION_WORDS[language].split()))
    return builder.filter(filters.stemmer(name)).build() if name and stems else builder.build()


def _number(text: str) -> str:
    """One way to write a number: no separators of thousands, a point before decimals."""
    if grouped := GROUPED.fullmatch(text):
        whole, decimals = re.sub(r"[.,]", "", grouped[1]), grouped[2]
        return f"{whole}.{decimals}" if decimals else whole
    return text.replace(",", ".") if text.count(",") == 1 else text


def _joined(pieces: Sequence[_Piece]) -> str:
    return " ".join([written for written, _, _ in pieces])


def _pairs(text: str, start: int) -> list[_Piece]:
    if len(text) == 1:
        return [(text, start, start + 1)]
    return [(text[i : i + 2], start + i, start + i + 2) for i in range(len(text) - 1)]

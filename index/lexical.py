"""Passages by their words (BM25). The only door to tantivy."""

import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import tantivy

from index.facets import facets_of, wanted_facets
from index.late_interaction import WordWeight
from index.ranking import Ranking, with_whole_ties
from index.records import Indexed
from index.types import Filters, Keys, Span

__all__ = ["LexicalIndex", "LexicalSearcher", "matched_words"]

# A change of fields or analysis changes this number, and the index is made again from the store.
SCHEMA = 2
ANALYZER = "words"
WRITER_BYTES = 64_000_000
CONTEXT_BOOST = 0.5  # title and headings name the subject; benchmarks/results/quality.json
NO_DATE = -(2**31)
NOTE = "generation.json"


class LexicalIndex:
    """A derived index on disk. It knows which store it is of, and at which generation."""

    def __init__(self, folder: Path) -> None:
        self._note = folder / NOTE
        self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer(ANALYZER, _analyzer().tantivy)

    @classmethod
    def make(cls, folder: Path, *, store: str) -> "LexicalIndex":
        """An empty index in place of whatever is there.

        Args:
            folder: Where to.
            store: Identity of the store that it will be of.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tantivy.Index(_schema(), path=str(folder))
        _write_note(folder / NOTE, {"schema": SCHEMA, "store": store, "generation": 0})
        return cls(folder)

    @staticmethod
    def generation_in(folder: Path, *, store: str) -> int | None:
        """The generation of a store that an index contains, None where there is no usable one."""
        try:
            note = json.loads((folder / NOTE).read_text())
            is_usable = (note["schema"], note["store"]) == (SCHEMA, store)
            generation = int(note["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return generation if is_usable and tantivy.Index.exists(str(folder)) else None

    def apply(self, *, generation: int, removed: Keys, added: Iterable[Indexed]) -> None:
        """Bring the index to `generation`. Doing it twice has the effect of doing it once."""
        writer = self._index.writer(WRITER_BYTES, 1)
        for key in removed.tolist():
            writer.delete_documents_by_term("key", key)
        for item in added:
            writer.delete_documents_by_term("key", item.key)
            writer.add_document(_document(item))
        writer.commit()
        writer.wait_merging_threads()
        note = json.loads(self._note.read_text())
        _write_note(self._note, {**note, "generation": generation})

    def searcher(self) -> "LexicalSearcher":
        """The index as it was last committed, unaffected by later changes."""
        self._index.reload()
        return LexicalSearcher(self._index.schema, self._index.searcher())


class LexicalSearcher:
    """One consistent state of the lexical index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
        self._searcher = searcher

    def search(self, question: str, *, k: int, filters: Filters) -> Ranking:
        """Passages that share words with the question.

        Returns:
            At most k, best first, scored by BM25 over the passage's words plus those of its
            title and headings. Ties are broken by key.
        """
        terms = _analyzer().terms(question)
        if not terms or k < 1:
            return Ranking.empty()
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, self._words(terms)), *self._conditions(filters)]
        )

        def best(n: int) -> Ranking:
            found = self._searcher.search(query, limit=n, count=False).hits
            keys = self._searcher.fast_field_values("key", [address for _, address in found])
            scores = np.array([score for score, _ in found], dtype=np.float64)
            return Ranking(np.array(keys, dtype=np.int64), scores)

        return with_whole_ties(best, k=k)

    def word_weights(self, question: str) -> list[WordWeight]:
        """The question's words that carry meaning, with their idf in the collection.

        The idf is that of BM25: ln(1 + (n - df + .5) / (df + .5)), which is above 0.
        """
        n = self._searcher.num_docs
        weights = []
        for term, span in _analyzer().words(question):
            # Counts removed passages, too, until tantivy merges them away.
            df = min(n, self._searcher.doc_freq("body", term))
            weights.append(WordWeight(span, math.log(1 + (n - df + 0.5) / (df + 0.5))))
        return weights

    def _words(self, terms: Sequence[str]) -> tantivy.Query:
        should = tantivy.Occur.Should
        body = [(should, self._term("body", term)) for term in terms]
        context = [
            (should, tantivy.Query.boost_query(self._term("context", term), CONTEXT_BOOST))
            for term in terms
        ]
        return tantivy.Query.boolean_query([*body, *context])

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "freq")

    def _conditions(self, filters: Filters) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        conditions = [
            tantivy.Query.term_set_query(
                self._schema, "facet", [_facet_term(facet.field, facet.value) for facet in group]
            )
            for group in wanted_facets(filters)
        ]
        if filters.published_from or filters.published_before:
            first, before = filters.published_from, filters.published_before
            conditions.append(
                tantivy.Query.range_query(
                    self._schema,
                    "published",
                    tantivy.FieldType.Integer,
                    first.toordinal() if first else NO_DATE + 1,
                    before.toordinal() if before else None,
                    include_upper=before is None,  # and else exclusive
                )
            )
        return [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(condition, 0.0))
            for condition in conditions
        ]


def matched_words(text: str, question: str) -> list[Span]:
    """Words of a text that the lexical leg counts as words of the question."""
    analyzer = _analyzer()
    terms = set(analyzer.terms(question))
    return [span for term, span in analyzer.words(text) if term in terms]


class _Analyzer:
    """How both questions and passages become terms."""

    @cached_property
    def tantivy(self) -> tantivy.TextAnalyzer:
        tokens = tantivy.Filter
        return (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tokens.remove_long(64))
            .filter(tokens.lowercase())
            .filter(tokens.ascii_fold())
            .filter(tokens.stopword("english"))
            .filter(tokens.custom_stopword(QUESTION_WORDS))
            .filter(tokens.stemmer("english"))
            .build()
        )

    def terms(self, text: str) -> list[str]:
        """Distinct terms in the order of the text."""
        return list(dict.fromkeys(self.tantivy.analyze(text)))

    def words(self, text: str) -> list[tuple[str, Span]]:
        """Every word that is a term, with its place in the text."""
        return [
            (token.text, Span(token.char_offset_from, token.char_offset_to))
            for token in self.tantivy.pre_tokenize(text).tokens
        ]


# Tantivy's English list has no question words; they say what is asked and not about what.
QUESTION_WORDS = (  # noqa: SIM905  a column of words could not be read
    "what when where which who whom whose why how did do does done has have had can could would "
    "should may might many much i you he she we me my your him her his them our us am been being "
    "were from about"
).split()
_ANALYZER = _Analyzer()


def _analyzer() -> _Analyzer:
    return _ANALYZER


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Signed: tantivy-py never finds an unsigned number by delete_documents_by_term.
    builder.add_integer_field("key", indexed=True, fast=True)
    builder.add_text_field("body", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("context", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("facet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


def _document(item: Indexed) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("key", item.key)
    document.add_text("body", item.passage.text)
    document.add_text("context", f"{item.title}\n{item.passage.heading}")
    published = item.metadata.published
    document.add_integer("published", published.toordinal() if published else NO_DATE)
    for facet in facets_of(item.passage.document_id, item.metadata):
        document.add_text("facet", _facet_term(facet.field, facet.value))
    return document


def _facet_term(field: str, value: str) -> str:
    return f"{field}:{value}"


def _write_note(path: Path, note: Mapping[str, int | str]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w") as file:
        json.dump(note, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

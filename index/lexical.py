"""Passages by their words (BM25). With index.terms, which analyses them, the door to tantivy."""

import errno
import math
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy

from index.errors import DiskFullError
from index.facets import facets_of, wanted_facets
from index.late_interaction import WordWeight
from index.lexical_files import LexicalFiles
from index.ranking import Ranking, with_whole_ties
from index.records import Indexed
from index.spelling import SHORTEST_CORRECTED, near_words
from index.terms import DEFAULT, Word, analyzer_for, content_words, language_of, terms_in
from index.types import Filters, Keys

__all__ = ["LexicalIndex", "LexicalSearcher"]

WRITER_BYTES = 64_000_000
LITTLE_ROOM = 4_000_000  # bytes of the disk
CONTEXT_BOOST = 0.5  # title and headings name the subject
ALSO_BOOST = 0.5  # an abbreviation, or what it stands for, was not asked for in so many words
NO_DATE = -(2**31)


class LexicalIndex:
    """A derived index on disk.

    Args:
        files: Compared with their manifest: tantivy believes what it reads.
    """

    def __init__(self, files: LexicalFiles) -> None:
        self._files = files
        self._index = tantivy.Index.open(str(files.folder))

    @classmethod
    def make(cls, files: LexicalFiles) -> "LexicalIndex":
        """An empty index in the place of whatever is there."""
        files.clear()
        made = tantivy.Index(_schema(), path=str(files.folder))
        # The first commit writes the lists that a manifest names.
        made.writer(WRITER_BYTES, 1).commit()
        files.record(0, {})
        return cls(files)

    def apply(self, *, generation: int, removed: Keys, added: Iterable[Indexed]) -> None:
        """Bring the index to `generation`. Doing it twice has the effect of doing it once.

        Raises:
            DiskFullError: There is no room; the index is as it was.
        """
        languages = Counter(self._files.languages)
        with _translated(self._files.folder):
            writer = self._index.writer(WRITER_BYTES, 1)
            for key in removed.tolist():
                writer.delete_documents_by_term("key", key)
            for item in added:
                writer.delete_documents_by_term("key", item.key)
                writer.add_document(_document(item))
                # Never counted down: what counts is which there are, and which is the commonest.
                languages[analyzer_for(item.metadata.language).language] += 1
            writer.commit()
            writer.wait_merging_threads()
        self._files.record(generation, languages)

    def searcher(self) -> "LexicalSearcher":
        """The index as it was last committed, unaffected by later changes."""
        self._index.reload()
        languages = sorted(self._files.languages.items(), key=lambda item: (-item[1], item))
        common = [code for code, _ in languages]
        return LexicalSearcher(self._index.schema, self._index.searcher(), common)


class LexicalSearcher:
    """One consistent state of the lexical index.

    Args:
        schema: Of the index.
        searcher: Of that state.
        languages: Of its passages, the commonest first.
    """

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, languages: Sequence[str]
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._languages = tuple(languages) or (DEFAULT,)

    @property
    def count(self) -> int:
        """How many passages there are."""
        return int(self._searcher.num_docs)

    def search(
        self, question: str, *, k: int, filters: Filters, also: Sequence[str] = ()
    ) -> Ranking:
        """Passages that share words with the question.

        Args:
            question: Any text.
            k: How many are wanted.
            filters: Which documents may be answered from.
            also: Other words for what it asks about, which count half.

        Returns:
            Best first, by BM25 over the passage's words plus those of its title and headings: k if
            there are as many, and all as good as the last of these. Ties are broken by key.
        """
        terms = self.terms(question)
        if not terms or k < 1:
            return Ranking.empty()
        query, conditions = self._words(terms, also), self._conditions(filters)
        if conditions:  # by itself a union of terms is searched without looking at all of them
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *conditions])

        def best(n: int) -> Ranking:
            found = self._searcher.search(query, limit=n, count=False).hits
            keys = self._searcher.fast_field_values("key", [address for _, address in found])
            scores = np.array([score for score, _ in found], dtype=np.float64)
            return Ranking(np.array(keys, dtype=np.int64), scores)

        return with_whole_ties(best, k=k)

    def keys(self) -> Keys:
        """Of all passages that it holds, ascending."""
        count = self._searcher.num_docs
        found = self._searcher.search(tantivy.Query.all_query(), limit=max(count, 1)).hits
        addresses = [address for _, address in found]
        keys = np.array(self._searcher.fast_field_values("key", addresses), dtype=np.int64)
        return np.sort(keys)

    def terms(self, question: str) -> list[str]:
        """Distinct terms of a question, as each language of the documents has them.

        What is a stop word in the question's own language is none of its terms in any.
        """
        return list(terms_in(question, self._languages))

    def words(self, question: str) -> list[str]:
        """Words of a question that carry meaning, as they are written."""
        return [word.span.of(question) for word in self._content(question)]

    def word_weights(self, question: str) -> list[WordWeight]:
        """The question's words that carry meaning, with their idf in the collection.

        The idf is that of BM25: ln(1 + (n - df + .5) / (df + .5)), which is above 0.
        """
        n = self._searcher.num_docs
        weights = []
        for word in self._content(question):
            # Counts removed passages, too, until tantivy merges them away.
            df = min(n, self._searcher.doc_freq("body", word.term))
            weights.append(WordWeight(word.span, math.log(1 + (n - df + 0.5) / (df + 0.5))))
        return weights

    def read_as(
        self, question: str, *, is_word: Callable[[str], bool] = lambda written: False
    ) -> str:
        """The question with words that no document has replaced by the nearest that one has.

        Only words of five letters and more, by the same first letter and few edits; a question in
        a language that no document has is left as it is.

        Args:
            question: Any text.
            is_word: Tells words that are right though no document has them, such as "refuse" where
                the documents have "reuse".
        """
        if language_of(question, self._languages) not in self._languages:
            return question
        corrected = question
        for word in reversed(self._content(question)):
            written = word.span.of(question)
            if self._is_known(written, word.term) or is_word(written):
                continue
            if nearest := self._nearest(written):
                start, end = word.span.start, word.span.end
                corrected = f"{corrected[:start]}{nearest}{corrected[end:]}"
        return corrected

    def _content(self, question: str) -> tuple[Word, ...]:
        return content_words(question, self._languages)

    def _is_known(self, written: str, term: str) -> bool:
        return self._has_term(term) or any(
            self._has_term(other) for other in self.terms(written) if other != term
        )

    def _has_term(self, term: str) -> bool:
        return any(self._searcher.doc_freq(field, term) for field in ("body", "context"))

    def _nearest(self, written: str) -> str | None:
        surface = "".join(analyzer_for(None).surfaces(written))
        if len(surface) < SHORTEST_CORRECTED or not surface.isalpha():
            return None
        known = dict(self._searcher.terms_with_prefix("surface", surface[0]))
        return next((word for word in near_words(surface, known) if self._stands(word)), None)

    def _stands(self, surface: str) -> bool:
        """Whether a passage has a word: the vocabulary keeps those of removed ones for a while,
        and no word of a removed text may be shown."""
        query = self._term("surface", surface)
        return bool(self._searcher.search(query, limit=1, count=False).hits)

    def _words(self, terms: Sequence[str], also: Sequence[str]) -> tantivy.Query:
        should = tantivy.Occur.Should
        others = dict.fromkeys(
            term for text in also for term in self.terms(text) if term not in terms
        )
        body = [(should, self._term("body", term)) for term in terms]
        context = [
            (should, tantivy.Query.boost_query(self._term("context", term), CONTEXT_BOOST))
            for term in terms
        ]
        other = [
            (should, tantivy.Query.boost_query(self._term(field, term), ALSO_BOOST * boost))
            for term in others
            for field, boost in (("body", 1.0), ("context", CONTEXT_BOOST))
        ]
        return tantivy.Query.boolean_query([*body, *context, *other])

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


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        # tantivy gives the system's error as a text, and that of its own threads not at all.
        if os.strerror(errno.ENOSPC) in str(error) or shutil.disk_usage(folder).free < LITTLE_ROOM:
            raise DiskFullError from error
        raise


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Signed: tantivy-py never finds an unsigned number by delete_documents_by_term.
    builder.add_integer_field("key", indexed=True, fast=True)
    # Both hold terms, made by index.terms; the third is the vocabulary that corrections come from.
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("context", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("surface", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("facet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


def _document(item: Indexed) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("key", item.key)
    analyzer = analyzer_for(item.metadata.language)
    body, body_surfaces = analyzer.terms_and_surfaces(item.passage.text)
    context, surfaces = analyzer.terms_and_surfaces(f"{item.title}\n{item.passage.heading}")
    document.add_text("body", " ".join(body))
    document.add_text("context", " ".join(context))
    document.add_text("surface", " ".join([*surfaces, *body_surfaces]))
    published = item.metadata.published
    document.add_integer("published", published.toordinal() if published else NO_DATE)
    for facet in facets_of(item.passage.document_id, item.metadata):
        document.add_text("facet", _facet_term(facet.field, facet.value))
    return document


def _facet_term(field: str, value: str) -> str:
    return f"{field}:{value}"

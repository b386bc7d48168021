"""Why a passage stands where it stands, in words that a user understands."""

from collections.abc import Sequence

import numpy as np

from index.late_interaction import LateInteraction, WordWeight, sentence_of
from index.terms import matched_words
from index.types import Hit, Leg, ScorePart, Span
from qa.types import Explanation

__all__ = ["explain"]


def explain(
    question: str,
    words: Sequence[WordWeight],
    hits: Sequence[Hit],
    late_interaction: LateInteraction,
) -> list[Explanation]:
    """Explain each hit.

    Args:
        question: As the search read it.
        words: Its words that carry meaning, with their weights.
        hits: As they were ranked.
        late_interaction: The searcher's own.
    """
    sentences = _best_sentences(question, words, hits, late_interaction)
    return [
        _explanation(question, hit, sentence) for hit, sentence in zip(hits, sentences, strict=True)
    ]


def _explanation(question: str, hit: Hit, sentence: Span | None) -> Explanation:
    text = hit.passage.text
    spans = matched_words(text, question, hit.metadata.language)
    matched = tuple(dict.fromkeys(span.of(text) for span in spans))
    return Explanation(
        hit.scores.parts,
        matched,
        sentence,
        _in_words({part.leg: part for part in hit.scores.parts}, matched),
    )


def _best_sentences(
    question: str,
    words: Sequence[WordWeight],
    hits: Sequence[Hit],
    late_interaction: LateInteraction,
) -> list[Span | None]:
    scores = late_interaction.read(late_interaction.weighed(question, words), hits)
    found: list[Span | None] = []
    for place, hit in enumerate(hits):
        own = np.flatnonzero(scores.owners == place)
        best = own[np.argmax(scores.sentences[own])] if len(own) else None
        found.append(None if best is None else sentence_of(hit, int(scores.numbers[best])))
    return found


def _in_words(parts: dict[Leg, ScorePart], matched: Sequence[str]) -> str:
    return "; ".join(
        [
            _meaning(parts.get(Leg.DENSE)),
            _words(parts.get(Leg.LEXICAL), matched),
            _word_pieces(parts.get(Leg.MAXSIM), parts.get(Leg.SENTENCE)),
        ]
    )


def _meaning(part: ScorePart | None) -> str:
    if part is None:
        return "meaning was not looked at"
    if part.rank is None:
        return "by meaning not among the nearest"
    return f"by meaning {_ordinal(part.rank)} (cosine {part.score:.2f})"


def _words(part: ScorePart | None, matched: Sequence[str]) -> str:
    shared = f"shares {', '.join(matched)}" if matched else "shares no word"
    if part is None or part.rank is None:
        return f"by words not among the first ({shared})"
    return f"by words {_ordinal(part.rank)} (BM25 {part.score:.1f}, {shared})"


def _word_pieces(passage: ScorePart | None, sentence: ScorePart | None) -> str:
    if passage is None or sentence is None:
        return "not re-ranked"
    return (
        f"re-ranked: the passage covers {_percent(passage.score)} of the question's words, "
        f"its best sentence {_percent(sentence.score)}"
    )


def _percent(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0):.0%}".replace("%", " %")


def _ordinal(rank: int) -> str:
    suffix = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10)
    return f"{rank}{suffix or 'th'}"

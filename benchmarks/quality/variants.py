"""The ranking as it is shipped, and with one part of it changed at a time."""

from dataclasses import dataclass, replace

from index.ranking import Fusion
from index.search import RankingPolicy
from index.types import Mode

__all__ = ["PLAIN", "READ", "SHIPPED", "VARIANTS", "Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to rank; `read` has the reader put the first five in order as well."""

    policy: RankingPolicy
    mode: Mode = Mode.HYBRID
    read: bool = False


SHIPPED = "shipped"
READ = "shipped, with the reader"
PLAIN = "without re-ranking"
DEFAULT = RankingPolicy()
RANKS = replace(DEFAULT, fusion=Fusion.RECIPROCAL_RANK)
VARIANTS = {
    SHIPPED: Variant(DEFAULT),
    READ: Variant(DEFAULT, read=True),
    "without best sentence": Variant(replace(DEFAULT, sentence_weight=0.0)),
    "without passage MaxSim": Variant(replace(DEFAULT, passage_weight=0.0)),
    PLAIN: Variant(replace(DEFAULT, rerank=0)),
    "reciprocal ranks, re-ranked": Variant(RANKS),
    "reciprocal ranks alone": Variant(replace(RANKS, rerank=0)),
    "dense only": Variant(DEFAULT, Mode.DENSE),
    "lexical only": Variant(DEFAULT, Mode.LEXICAL),
    "re-ranking 20": Variant(replace(DEFAULT, rerank=20)),
    "re-ranking 50": Variant(replace(DEFAULT, rerank=50)),
}

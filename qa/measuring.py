"""Measures of one ranking. The only door to ir-measures."""

from collections.abc import Sequence
from typing import Final

import ir_measures
from ir_measures import RR, R, Success, nDCG

from qa.results import Measure

__all__ = ["ranking_scores"]

# nDCG as trec_eval has it: Järvelin & Kekäläinen, TOIS 2002, with the gain undiscounted at rank 1.
MEASURES: Final = {
    Success @ 1: Measure.SUCCESS_1,
    Success @ 3: Measure.SUCCESS_3,
    Success @ 5: Measure.SUCCESS_5,
    R @ 1: Measure.RECALL_1,
    R @ 5: Measure.RECALL_5,
    R @ 20: Measure.RECALL_20,
    RR @ 10: Measure.MRR_10,
    nDCG @ 10: Measure.NDCG_10,
}


def ranking_scores(places: Sequence[int | None], *, targets: int) -> dict[Measure, float]:
    """Measure one ranking.

    Args:
        places: Best first, the number of the target that is found there, from 0, or None for
            what is not right. No target is found twice.
        targets: How many there are to be found, at least 1.
    """
    wanted = {"q": {f"target {number}": 1 for number in range(targets)}}
    found = {
        f"other {place}" if target is None else f"target {target}": -float(place)
        for place, target in enumerate(places)
    }
    measured = ir_measures.iter_calc(list(MEASURES), wanted, {"q": found})
    return {MEASURES[each.measure]: float(each.value) for each in measured}

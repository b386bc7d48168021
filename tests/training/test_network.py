"""The loss: a family's right passage is to come first, and nothing else is compared."""

import pytest
import torch

from training.network import LossWeights, Outputs, loss_of

ORDER_ONLY = LossWeights(span=0.0, answerable=0.0, relevant=0.0, order=1.0)


def order_loss(*rows: tuple[float, float, float]) -> float:
    """Of rows of relevance, whether it is relevant, and family."""
    logits, relevant, family = torch.tensor(rows).unbind(1)
    count = len(rows)
    ends = torch.zeros(count, 4)
    targets = torch.zeros(count, 6)
    targets[:, 3], targets[:, 4], targets[:, 5] = relevant, 1.0, family
    outputs = Outputs(ends, ends, torch.zeros(count), logits)
    return float(loss_of(outputs, targets, ORDER_ONLY)["all"])


def test_it_falls_as_the_right_passage_rises_above_its_rivals() -> None:
    behind, level, before = (order_loss((x, 1, 0), (0.0, 0, 0), (0.0, 0, 0)) for x in (-3, 0, 3))

    assert behind > level > before
    assert level == pytest.approx(torch.tensor(3.0).log().item())


def test_rows_of_other_families_and_of_none_are_not_compared() -> None:
    alone = order_loss((1.0, 1, 0), (0.0, 0, 0))

    assert order_loss((1.0, 1, 0), (0.0, 0, 0), (9.0, 0, 1), (9.0, 0, -1)) == pytest.approx(alone)


def test_rows_of_no_family_have_no_order() -> None:
    assert order_loss((1.0, 1, -1), (5.0, 0, -1)) == 0.0

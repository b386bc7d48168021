"""What becomes of documents that come in, again and again."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from fakes import WordHashEncoder, arrival

from index.collection import Collection
from index.errors import UnreadableSourceError
from index.ingest import Arrival, Ingester, Progress, Report, Similar, Status
from index.loading import find_sources, load

LONG = " ".join(f"word{number}" for number in range(60)) + "."


@pytest.fixture
def ingester(collection: Collection, word_hash: WordHashEncoder) -> Ingester:
    return Ingester(collection, word_hash)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "x").mkdir(parents=True)
    (folder / "a.txt").write_text("The ferry sails.")
    (folder / "x" / "b:1.txt").write_text("The gull flies.")
    return folder


def arrivals(path: Path) -> list[Arrival]:
    return [
        Arrival(source.name, source.origin, outcome)
        for source in find_sources(path)
        for outcome in load(source)
    ]


def take(ingester: Ingester, *arrivals: Arrival) -> list[Report]:
    return list(ingester.ingest(arrivals))


def told(reports: Iterable[Report]) -> list[tuple[str | None, str]]:
    return [(report.document_id, report.status.value) for report in reports]


def texts(collection: Collection) -> list[str]:
    ids = [entry.document_id for entry in collection.store.entries()]
    return [collection.store.document(document_id).text for document_id in ids]


def failure(source: str, origin: Path) -> Arrival:
    return Arrival(source, str(origin), UnreadableSourceError("no permission"), size=5)


def test_a_document_is_added_with_its_passages(ingester: Ingester, collection: Collection) -> None:
    [report] = take(ingester, arrival("It sails.\n\nAdvertisement\n\nIt sinks."))

    assert (report.status, report.document_id, report.passages) == (Status.ADDED, "a", 2)
    assert dict(report.cleaned) == {"advertisement": 1}
    assert [passage.text for passage in collection.store.passages("a")] == [
        "It sails.",
        "It sinks.",
    ]


def test_the_same_input_twice_changes_nothing_and_embeds_nothing(
    collection: Collection,
) -> None:
    take(Ingester(collection, WordHashEncoder()), arrival("It sails.\n\nAdvertisement"))
    again = WordHashEncoder()

    [report] = take(Ingester(collection, again), arrival("It sails.\n\nAdvertisement"))

    assert (report.status, report.passages) == (Status.UNCHANGED, 1)
    assert dict(report.cleaned) == {"advertisement": 1}
    assert (again.encoded, collection.store.generation()) == ([], 1)


def test_a_changed_document_takes_the_place_of_the_old_one(
    ingester: Ingester, collection: Collection
) -> None:
    take(ingester, arrival("It sails."))

    assert told(take(ingester, arrival("It sinks."))) == [("a", "updated")]
    assert texts(collection) == ["It sinks."]


def test_changed_metadata_is_a_change(ingester: Ingester, collection: Collection) -> None:
    take(ingester, arrival("It sails."))

    assert told(take(ingester, arrival("It sails.", publisher="Gull"))) == [("a", "updated")]
    assert collection.store.document("a").metadata.publisher == "Gull"


def test_of_two_with_one_id_in_one_run_the_later_stays(
    ingester: Ingester, collection: Collection
) -> None:
    reports = take(ingester, arrival("It sails."), arrival("It sinks."), arrival("It sinks."))

    assert told(reports) == [("a", "added"), ("a", "updated"), ("a", "unchanged")]
    assert [report.duplicate_of for report in reports] == [None, None, None]
    assert texts(collection) == ["It sinks."]


@pytest.mark.parametrize("together", [True, False])
def test_exact_duplicates_are_reported_and_both_are_kept(
    ingester: Ingester, collection: Collection, together: bool
) -> None:
    one, other = arrival("It sails."), arrival("It sails.", document_id="b")

    runs = [(one, other)] if together else [(one,), (other,)]
    [first, second] = [report for run in runs for report in take(ingester, *run)]

    assert (first.status, second.status) == (Status.ADDED, Status.DUPLICATE)
    assert (second.duplicate_of, second.similar) == ("a", None)
    assert len(texts(collection)) == 2


@pytest.mark.parametrize("together", [True, False])
def test_near_duplicates_are_reported_and_both_are_kept(
    ingester: Ingester, collection: Collection, together: bool
) -> None:
    one, other = arrival(LONG), arrival(f"{LONG} Indeed.", document_id="b")

    runs = [(one, other)] if together else [(one,), (other,)]
    [_, second] = [report for run in runs for report in take(ingester, *run)]

    assert second.status is Status.ADDED
    assert isinstance(second.similar, Similar)
    assert (second.similar.document_id, second.similar.similarity >= 0.8) == ("a", True)
    assert len(texts(collection)) == 2


def test_documents_in_other_words_are_not_similar(ingester: Ingester) -> None:
    _, report = take(ingester, arrival(LONG), arrival("A gull flies.", document_id="b"))

    assert report.similar is None


def test_what_cannot_be_taken_is_rejected_with_the_reason_and_the_others_go_on(
    ingester: Ingester, collection: Collection
) -> None:
    reports = take(ingester, failure("b.txt", Path("/b.txt")), arrival("It sails."))

    assert told(reports) == [(None, "rejected"), ("a", "added")]
    assert reports[0].reason == "no permission"


def test_a_document_of_page_furniture_only_is_rejected(ingester: Ingester) -> None:
    [report] = take(ingester, arrival("Advertisement\n\nRead more"))

    assert (report.status, report.document_id) == (Status.REJECTED, "a")
    assert report.reason == "there are no paragraphs in it, only headings and page furniture"


def test_a_rejected_version_leaves_the_stored_one(
    ingester: Ingester, collection: Collection
) -> None:
    take(ingester, arrival("It sails."))

    take(ingester, arrival("Advertisement"))

    assert texts(collection) == ["It sails."]


def test_a_report_tells_of_what_can_be_found_already(
    ingester: Ingester, collection: Collection
) -> None:
    many = [arrival("\n\n".join(f"It sails {n}." for n in range(300)), document_id=i) for i in "ab"]

    first = next(ingester.ingest(many))

    assert collection.snapshot().corpus.passages == first.passages == 300


def test_a_preview_stores_and_embeds_nothing(
    ingester: Ingester, collection: Collection, word_hash: WordHashEncoder
) -> None:
    made = list(ingester.preview([arrival("It sails."), arrival("It sails.", document_id="b")]))

    assert told(report for report, _ in made) == [("a", "added"), ("b", "duplicate_of")]
    assert [document.text if document else None for _, document in made] == ["It sails."] * 2
    assert (texts(collection), word_hash.encoded) == ([], [])


def test_a_preview_tells_what_would_be_rejected(ingester: Ingester) -> None:
    [(report, document)] = ingester.preview([failure("b.txt", Path("/b.txt"))])

    assert (report.status, document) == (Status.REJECTED, None)


def test_progress_reaches_the_whole_size_of_every_source(collection: Collection) -> None:
    steps: list[Progress] = []
    ingester = Ingester(collection, WordHashEncoder(), on_progress=steps.append)
    sources = [arrival("It sails."), arrival("Advertisement", document_id="b")]

    take(ingester, *sources, arrival("It sails."), failure("c.txt", Path("/c.txt")))

    done = {step.source: step.done for step in steps}
    assert done == {"a.txt": 9, "b.txt": 13, "c.txt": 5}
    assert steps[-1].passages == 1


def test_what_is_no_longer_there_can_be_pruned(
    ingester: Ingester, collection: Collection, docs: Path
) -> None:
    take(ingester, arrival("From elsewhere."), *arrivals(docs))
    (docs / "a.txt").unlink()

    [report] = ingester.prune([docs], seen=take(ingester, *arrivals(docs)))

    assert (report.source, report.status, report.passages) == ("a.txt", Status.REMOVED, 1)
    assert sorted(texts(collection)) == ["From elsewhere.", "The gull flies."]


def test_pruning_counts_as_one_change(
    ingester: Ingester, collection: Collection, docs: Path
) -> None:
    take(ingester, *arrivals(docs))
    before = collection.store.generation()

    list(ingester.prune([docs, docs / "x"], seen=[]))

    assert (texts(collection), collection.store.generation()) == ([], before + 1)


@pytest.mark.parametrize("failed", ["a.txt", "x/b:1.txt", "x", "."])
def test_what_could_not_be_read_this_time_is_not_pruned(
    ingester: Ingester, collection: Collection, docs: Path, failed: str
) -> None:
    take(ingester, *arrivals(docs))
    unread = docs / failed
    seen = take(
        ingester,
        failure(failed, unread),
        *(one for one in arrivals(docs) if not Path(one.origin).is_relative_to(unread)),
    )

    assert list(ingester.prune([docs], seen=seen)) == []
    assert len(texts(collection)) == 2

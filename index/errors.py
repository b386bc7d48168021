"""Everything that can go wrong on purpose.

FootnotedError
├── SourceError                 one source cannot be taken; the others go on
│   ├── UnreadableSourceError       missing, no permission, damaged
│   ├── UnsupportedFormatError      no reader for this kind of file
│   ├── NotTextError                bytes that are no text, or text that UTF-8 cannot carry
│   ├── EncryptedSourceError        needs a password
│   ├── EmptySourceError            no words in it
│   ├── OversizedSourceError        larger than the limit
│   └── InvalidDocumentError        a field is wrong (JSON Lines, HTTP)
├── IndexMissingError           nothing was ingested there yet
├── UnknownCollectionError
├── CollectionNameError         no collection can be called so
├── CollectionExistsError       there is one of this name already
├── IndexMovedError             deleted, restored or switched meanwhile
├── NoOtherBuildError           nothing to switch to
├── SnapshotError               no snapshot, damaged, or not what it says
├── UnknownDocumentError
├── IndexLockedError            another process is writing
├── IndexFormatError            written by another version, or not ours
├── IndexDamagedError           its bytes are not those that were written
│   └── IndexRolledBackError        acknowledged changes are missing from it
├── DiskFullError               there is no room for a change
├── ModelMismatchError          the index belongs to another encoder
└── ModelError                  an encoder cannot be loaded as asked
    ├── ModelChangedError           its weights are not the expected ones
    ├── RuntimeMissingError         a runtime that was asked for is not installed
    └── UnsupportedModelError       it needs an extra that is not installed
"""

__all__ = [
    "CollectionExistsError",
    "CollectionNameError",
    "DiskFullError",
    "EmptySourceError",
    "EncryptedSourceError",
    "FootnotedError",
    "IndexDamagedError",
    "IndexFormatError",
    "IndexLockedError",
    "IndexMissingError",
    "IndexMovedError",
    "IndexRolledBackError",
    "InvalidDocumentError",
    "ModelChangedError",
    "ModelError",
    "ModelMismatchError",
    "NoOtherBuildError",
    "NotTextError",
    "OversizedSourceError",
    "RuntimeMissingError",
    "SnapshotError",
    "SourceError",
    "UnknownCollectionError",
    "UnknownDocumentError",
    "UnreadableSourceError",
    "UnsupportedFormatError",
    "UnsupportedModelError",
]


class FootnotedError(Exception):
    """Base of all deliberate errors. Its text is safe to show: no path or secret of the server."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as it is; Exception's own way would give the text to `__init__`."""
        return _as_it_was, (type(self), self.args), self.__dict__


def _as_it_was(kind: type[FootnotedError], args: tuple[object, ...]) -> FootnotedError:
    return kind.__new__(kind, *args)


class SourceError(FootnotedError):
    """One source cannot be taken. Nothing that was stored before is touched."""


class UnreadableSourceError(SourceError):
    """The bytes cannot be had, or the format's library cannot make sense of them."""


class UnsupportedFormatError(SourceError):
    """No reader for this kind of file."""

    def __init__(self, kind: str, supported: tuple[str, ...]) -> None:
        self.kind = kind
        self.supported = supported
        super().__init__(f"no reader for {kind!r}; supported are {', '.join(supported)}")


class NotTextError(SourceError):
    """What should be text is not."""


class EncryptedSourceError(SourceError):
    """The file needs a password, which footnoted never asks for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the {kind} is encrypted; save a copy without a password and ingest that")


class EmptySourceError(SourceError):
    """There are no words in the source, so nothing could ever be cited from it."""


class OversizedSourceError(SourceError):
    """The source is larger than the limit."""

    def __init__(self, size: int, limit: int, *, unit: str, setting: str) -> None:
        self.size = size
        self.limit = limit
        super().__init__(
            f"{size:,} {unit}, the limit is {limit:,}; split the text, or raise {setting}"
        )


class InvalidDocumentError(SourceError):
    """A field of a document is missing or wrong."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{pointer}: {detail}" for pointer, detail in problems))


class IndexMissingError(FootnotedError):
    """Nothing was ingested into this data folder yet."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        super().__init__(
            f"there is no index for collection {collection!r} here yet; "
            "make one with `footnoted ingest PATH`, or name another folder with --data"
        )


class UnknownCollectionError(FootnotedError):
    """No collection of this name."""

    def __init__(self, collection: str, known: tuple[str, ...]) -> None:
        self.collection = collection
        self.known = known
        super().__init__(f"no collection {collection!r}; there are {', '.join(known) or 'none'}")


class CollectionNameError(FootnotedError):
    """No collection can be called so."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"a collection cannot be called {name[:200]!r}; take 1 to 64 of a-z, 0-9, _ and -, "
            "the first of them a letter or digit"
        )


class CollectionExistsError(FootnotedError):
    """There is a collection of this name."""

    def __init__(self, name: str, *, remedy: str) -> None:
        self.name = name
        super().__init__(f"there is a collection {name!r} already; {remedy}")


class IndexMovedError(FootnotedError):
    """What was opened is no longer what the collection's name stands for."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        super().__init__(
            f"collection {collection!r} was deleted, restored or switched to another model "
            "meanwhile; send the request again"
        )


class NoOtherBuildError(FootnotedError):
    """There is nothing that a collection could be switched to."""


class SnapshotError(FootnotedError):
    """A file cannot be restored. Nothing that was there before is touched."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"this snapshot is not restored: {reason}. What was there before is as it was; try "
            "an older snapshot, or ingest the documents again"
        )


class UnknownDocumentError(FootnotedError):
    """No document of this id."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id
        super().__init__(f"no document {document_id!r}; `footnoted list` shows their ids")


class IndexLockedError(FootnotedError):
    """Another process is writing to this collection."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"{holder} is writing to this index; try again when it is done")


class IndexFormatError(FootnotedError):
    """The stored index is not one that this version reads; it is left untouched."""


class IndexDamagedError(FootnotedError):
    """The bytes of the store are not those that were written; nothing is answered from them."""

    def __init__(self) -> None:
        super().__init__(
            "the index file is damaged: a part of it is not as it was written. Restore a snapshot "
            "with `footnoted restore FILE`, or ingest the documents into another folder with "
            "--data; `footnoted check` tells more"
        )


class IndexRolledBackError(IndexDamagedError):
    """The store is older than what was derived from it: it may hold what was deleted since."""

    def __init__(self, found: int, derived: int) -> None:
        self.found = found
        self.derived = derived
        FootnotedError.__init__(
            self,
            f"the index file ends with change {found}, but change {derived} was acknowledged: a "
            "part of it was lost, or an older copy was put in its place. Restore a snapshot with "
            "`footnoted restore FILE`; to go on with the older state, delete the folder "
            "`lexical` beside the file",
        )


class DiskFullError(FootnotedError):
    """There is no room for a change; what was acknowledged before is as it was."""

    def __init__(self) -> None:
        super().__init__(
            "the disk is full; make room and send the change again, which does no harm where it "
            "was kept"
        )


class ModelMismatchError(FootnotedError):
    """The index was built with another encoder, so its vectors cannot be compared."""

    def __init__(self, index_model: str, encoder_model: str) -> None:
        self.index_model = index_model
        self.encoder_model = encoder_model
        super().__init__(
            f"the index was built with model {index_model!r}, the setting asks for "
            f"{encoder_model!r}; start with --model {index_model!r}, or ingest into another "
            "folder with --data"
        )


class ModelError(FootnotedError):
    """An encoder cannot be loaded as asked."""


class ModelChangedError(ModelError):
    """The weights on disk are not the expected ones."""

    def __init__(self, name: str, expected: str, found: str, *, remedy: str) -> None:
        self.name = name
        self.expected = expected
        self.found = found
        super().__init__(
            f"the weights of {name!r} have sha256 {found[:16]}…, expected {expected[:16]}…; "
            f"{remedy}, or name the folder that you trust with --model"
        )


class RuntimeMissingError(ModelError):
    """A runtime was asked for that is not installed."""

    def __init__(self, runtime: str) -> None:
        self.runtime = runtime
        super().__init__(
            f"the runtime {runtime!r} is not installed; "
            f'pip install "footnoted[{runtime}]", or leave the setting runtime at auto'
        )


class UnsupportedModelError(ModelError):
    """The light runtime cannot run a model, and sentence-transformers is not installed."""

    def __init__(self, name: str, what: str) -> None:
        self.name = name
        self.what = what
        super().__init__(
            f"model {name!r} has {what}, which needs sentence-transformers; "
            'pip install "footnoted[torch]", or choose another with --model'
        )

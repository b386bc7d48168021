-- The truth: documents, their passages and vectors. Everything else is derived from it.
-- Passages are never changed, only added and removed, and their keys are never used again,
-- so a derived index is right when it holds exactly the keys that stand here.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    origin TEXT NOT NULL,
    text TEXT NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT,
    author TEXT,
    published TEXT,
    url TEXT,
    language TEXT,
    tags TEXT NOT NULL,
    provenance TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    recipe TEXT NOT NULL,
    ingested_at TEXT NOT NULL
) STRICT;
CREATE INDEX documents_by_content ON documents (content_sha256);
CREATE INDEX documents_by_origin ON documents (origin);

CREATE TABLE asides (
    document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (document_key, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE facets (
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    PRIMARY KEY (field, value, document_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX facets_by_document ON facets (document_key);

CREATE TABLE bands (
    band INTEGER NOT NULL,
    document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    PRIMARY KEY (band, document_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX bands_by_document ON bands (document_key);

CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    generation INTEGER NOT NULL,
    vector BLOB NOT NULL
) STRICT;
CREATE INDEX passages_by_document ON passages (document_key, ordinal);
CREATE INDEX passages_by_generation ON passages (generation);

CREATE TABLE removals (
    passage_key INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL
) STRICT;
CREATE INDEX removals_by_generation ON removals (generation);

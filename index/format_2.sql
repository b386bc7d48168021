-- Of the word pieces of a passage, from the same forward pass as its vector. Apart from the
-- passages, because they are ten times as long, and may be missing.
CREATE TABLE token_codes (
    passage_key INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    codes BLOB NOT NULL
) STRICT;

-- What the documents themselves define, such as "Terrorism Confinement Center (CECOT)"; in small
-- letters without accents, as questions are compared with them.
CREATE TABLE abbreviations (
    short TEXT NOT NULL,
    long TEXT NOT NULL,
    document_key INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    PRIMARY KEY (short, long, document_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX abbreviations_by_long ON abbreviations (long);
CREATE INDEX abbreviations_by_document ON abbreviations (document_key);

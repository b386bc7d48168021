-- Of the word pieces of a passage, from the same forward pass as its vector. Apart from the
-- passages, because they are ten times as long, and may be missing.
CREATE TABLE token_codes (
    passage_key INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    codes BLOB NOT NULL
) STRICT;

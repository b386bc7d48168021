#!/bin/sh
# Serves what is in the data volume; a new volume starts with the sample documents.
set -eu
if [ ! -d "$FOOTNOTED_DATA/collections" ]; then
    footnoted ingest /opt/footnoted/seeds --quiet
fi
exec footnoted serve

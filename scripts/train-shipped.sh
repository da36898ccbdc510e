#!/bin/sh
# Rebuilds models/topics-ru from models/corpus: the same bytes for the same corpus.
# Further arguments go to `otklik train`, such as --evaluate FILE.csv --label sector.
set -eu
cd "$(dirname "$0")/.."
revision=$(sed -n 's/^revision = //p' models/topics-ru/card.toml 2>/dev/null || true)
exec cargo run --release --quiet -- train --corpus models/corpus --out models/topics-ru \
    --revision "${REVISION:-${revision:-1}}" "$@"

"""What no schema can say: a key of a write is new for each write."""

import itertools

import schemathesis

KEYS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and 1 <= len(key) <= 128 and all("!" <= c <= "~" for c in key):
        case.headers["Idempotency-Key"] = f"tester-{next(KEYS)}"

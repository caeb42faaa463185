# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/json.schema.json, and what in a document contradicts it."""
import functools
import itertools
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs/json.schema.json"
PAGE = ROOT / "docs/json.md"
SHOWN = 5


@functools.lru_cache(maxsize=None)
def schema():
    return json.loads(SCHEMA.read_text())


def kinds():
    """The documents' names: each has a definition of its own in the schema."""
    return [one["$ref"].rsplit("/", 1)[1] for one in schema()["anyOf"]]


@functools.lru_cache(maxsize=None)
def validator(kind):
    import jsonschema  # python3-jsonschema: only tests need it

    whole = {**schema(), "$ref": f"#/$defs/{kind}"}
    del whole["anyOf"]
    return jsonschema.Draft202012Validator(whole)


def nearest(document):
    """The kinds of document that this one may be: those with the most keys in common."""
    def shared(kind):
        return len(set(schema()["$defs"][kind]["properties"]) & set(document))

    most = max(map(shared, kinds()))
    return [kind for kind in kinds() if shared(kind) == most]


def errors(document):
    """What contradicts the contract, a line each; [] when the document keeps it."""
    found = []
    for kind in nearest(document):
        wrong = [f"{kind}: {'.'.join(map(str, e.absolute_path))}: {e.message[:300]}"
                 for e in itertools.islice(validator(kind).iter_errors(document), SHOWN)]
        if not wrong:
            return []
        found.append(wrong)
    return min(found, key=len)


def check(document):
    wrong = errors(document)
    assert not wrong, "docs/json.md does not say so:\n  " + "\n  ".join(wrong)
    return document

# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/json.md says and what the schema says, in the same words, to compare them."""
import re

import contract

KEY = re.compile(r"^\| `(?P<name>[^`]+)` \|(?P<rest>.*)\|$")
LINK = re.compile(r"\[([\w-]+)\]\(#[\w-]+\)")
COMMON = "What every document has"


def rows():
    """The rows of all tables of keys and values: heading, name, type; a value has no type."""
    columns, heading = 0, ""
    for line in contract.PAGE.read_text().splitlines():
        row = KEY.match(line)
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith(("| key ", "| value ")):
            columns = line.count("|") - 1
        elif not line.startswith("|"):
            columns = 0
        elif row and columns:
            kind, _, meaning = row["rest"].partition("|") if columns == 3 else ("", "", row["rest"])
            assert meaning.strip(), f"{heading}: `{row['name']}` has no meaning"
            yield heading, row["name"], LINK.sub(r"\1", kind.strip())


def page():
    """heading -> {key, with '?' where it may be absent: type}, or {value: ''}."""
    found: dict[str, dict[str, str]] = {}
    for heading, name, kind in rows():
        found.setdefault(heading, {})[name] = kind
    common = found.pop(COMMON)
    for kind in contract.kinds():
        found[kind] = {**common, **found.get(kind, {})}
    return found


def words(s):
    """A schema as the page's column `type` has it."""
    if "$ref" in s:
        return s["$ref"].rsplit("/", 1)[1]
    if "anyOf" in s:
        return " or ".join(map(words, s["anyOf"]))
    if s.get("type") == "array":
        return f"[{words(s['items'])}]"
    if "const" in s:
        return "integer"
    kinds = s["type"] if isinstance(s["type"], list) else [s["type"]]
    return " or ".join(kinds)


def definition(s):
    if "enum" in s:
        return {str(value): "" for value in s["enum"]}
    return {key if key in s["required"] else key + "?": words(value)
            for key, value in s["properties"].items()}


def of_schema():
    """The same of the schema; what is neither an object with keys nor an enumeration is not."""
    return {name: definition(s) for name, s in contract.schema()["$defs"].items()
            if "enum" in s or "properties" in s}

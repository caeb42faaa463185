# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside gdb, started by make-layouts; see there."""
import glob
import os
import re

import gdb

# What vgpu looks for its types in; the rest of what is loaded tells it nothing.
MODULES = ("drm.ko*", "drm_*.ko*", "virtio.ko*", "virtio_ring.ko*", "virtio_pci.ko*",
           "virtio-gpu.ko*", "jbd2.ko*")


def find_type(name):
    for kind in ("struct ", "union ", ""):
        try:
            found = gdb.lookup_type(kind + name).strip_typedefs()
        except gdb.error:
            continue
        if found.sizeof > 0 and found.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return found
    return None


def find_field(typ, name):
    """(bit offset, type) of a field, also inside anonymous members."""
    for field in typ.fields():
        if field.name == name:
            return field.bitpos, field.type.strip_typedefs()
        if not field.name:
            inner = find_field(field.type.strip_typedefs(), name)
            if inner:
                return field.bitpos + inner[0], inner[1]
    return None


def find_member(path):
    name, *parts = path.split(".")
    typ, bits = find_type(name), 0
    for part in parts:
        if typ is None or typ.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return None
        found = find_field(typ, part)
        if not found:
            return None
        bits, typ = bits + found[0], found[1]
    return bits // 8, typ.sizeof


def row(kind, spelling):
    if kind == "T":
        typ = find_type(spelling)
        return typ and f'FAKE_T("{spelling}", {typ.sizeof})'
    if kind == "M":
        found = find_member(spelling)
        return found and f'FAKE_M("{spelling}", {found[0]}, {found[1]})'
    expression = spelling if kind == "E" else f"sizeof({spelling})"
    try:
        return f'FAKE_{kind}("{spelling}", {int(gdb.parse_and_eval(expression))})'
    except gdb.error:
        return None


def rows_of(path, wanted):
    """Rows that the debuginfo in one file knows, by (kind, spelling)."""
    gdb.execute("file " + path)
    found = {key: row(*key) for key in wanted}
    return {key: text for key, text in found.items() if text}


def table(name, rows):
    lines = "".join(f"\t{text},\n" for text in rows)
    return f"static const struct fake_row {name}[] = {{\n{lines}}};\n\n"


def main():
    name = os.environ["LAYOUT_NAME"]
    folder = os.environ["LAYOUT_FOLDER"]
    modules = [file for pattern in MODULES
               for file in sorted(glob.glob(os.path.join(folder, pattern)))]
    wanted = []
    for line in open(os.environ["LAYOUT_ROWS"]):
        kind, spellings = re.match(r'(.)\(\w+, "(.*)"\)', line).groups()
        spellings = spellings.replace("~", "")  # of an anonymous member
        wanted += [(kind, s) for s in spellings.split("|") if (kind, s) not in wanted]
    # Tests make objects of each type that has a member in the table.
    wanted += [("T", typ) for typ in dict.fromkeys(s.split(".")[0] for k, s in wanted if k == "M")
               if ("T", typ) not in wanted]
    known = rows_of(os.path.join(folder, "vmlinux"), wanted)
    release = gdb.parse_and_eval("init_uts_ns.name.release").string()
    tables = table(f"layout_{name}", known.values())
    calls = [f"\tfake_rows(f, layout_{name}, sizeof(layout_{name}) / sizeof(layout_{name}[0]));"]
    for path in modules:
        module = os.path.basename(path).split(".ko")[0].replace("-", "_")
        only = rows_of(path, [key for key in wanted if key not in known])
        if not only:  # in the dump, and knows nothing of the table
            calls.append(f'\tfake_module(f, "{module}", layout_{name}, 0);')
            continue
        var = f"layout_{name}_{module}"
        tables += table(var, only.values())
        calls.append(f'\tfake_module(f, "{module}", {var}, sizeof({var}) / sizeof({var}[0]));')
    with open(os.environ["LAYOUT_OUT"], "w") as out:
        out.write("// SPDX-License-Identifier: GPL-2.0-or-later\n"
                  f"/* Types of a real kernel ({release}), written by make-layouts. */\n"
                  '#include "fake_dump.h"\n\n/* clang-format off */\n' + tables +
                  f"struct fake *fake_{name}(void)\n{{\n\tstruct fake *f = fake_create();\n\n" +
                  "\n".join(calls) + "\n\treturn f;\n}\n")


main()

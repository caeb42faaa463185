# SPDX-License-Identifier: GPL-2.0-or-later
"""The types of a kernel as the program finds them in a core: started by make-layouts."""
import json
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "extension/vgpu"
TABLE = """// SPDX-License-Identifier: GPL-2.0-or-later
/* Types of a real kernel ({release}), written by make-layouts from a core. */
#include "fake_dump.h"

/* clang-format off */
static const struct fake_row layout_{name}[] = {{
{rows}
}};

struct fake *fake_{name}(void)
{{
	struct fake *f = fake_create();

	fake_rows(f, layout_{name}, sizeof(layout_{name}) / sizeof(layout_{name}[0]));
{modules}
	return f;
}}
"""


def ask(core, *words):
    done = subprocess.run([PROGRAM, "--no-cache", core, *words, "-j"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def row(found):
    name = found["found"].replace("~", "")  # of an anonymous member
    if found["kind"] == "member":
        return f'FAKE_M("{name}", {found["offset"]}, {found["size"]})'
    if found["kind"] == "enumerator":
        return f'FAKE_E("{name}", {found["value"]})'
    return f'FAKE_{"T" if found["kind"] == "type" else "V"}("{name}", {found["size"]})'


def main(name, core):
    said = ask(core, "layout")
    found = [entry for entry in said["layout"] if entry["found"]]
    rows = [row(entry) for entry in found]
    known = {entry["found"] for entry in found if entry["kind"] == "type"}
    # Tests make objects of each type that has a member in the table.
    for typ in dict.fromkeys(entry["found"].split(".")[0] for entry in found
                             if entry["kind"] == "member"):
        if typ not in known:
            rows.append(f'FAKE_T("{typ}", {ask(core, "struct", typ)["object"]["parts"][0]["size"]})')
    modules = [module["name"] for module in ask(core, "mod")["modules"]
               if module["name"].startswith(("drm", "virtio"))]
    print(TABLE.format(
        name=name, release=said["kernel"]["release"],
        rows="\n".join(f"\t{text}," for text in dict.fromkeys(rows)),
        modules="\n".join(f'\tfake_module(f, "{module}", layout_{name}, 0);'
                          for module in modules)), end="")


main(*sys.argv[1:])

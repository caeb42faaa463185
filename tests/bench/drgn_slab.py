# SPDX-License-Identifier: GPL-2.0-or-later
"""drgn over kmalloc-128 of a core with messages: `seconds objects`."""

import sys
import time

import drgn
from drgn.helpers.linux.slab import find_slab_cache, slab_cache_for_each_allocated_object

prog = drgn.Program()
prog.set_core_dump(f"{sys.argv[1]}/vmcore")
prog.load_debug_info([f"{sys.argv[1]}/vmlinux"])
begin = time.monotonic()
cache = find_slab_cache(prog, "kmalloc-128")
objects = total = 0
for message in slab_cache_for_each_allocated_object(cache, "struct msg_msg"):
    total += message.m_ts.value_()
    objects += 1
print(time.monotonic() - begin, objects)

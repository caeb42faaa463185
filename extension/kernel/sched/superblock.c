// SPDX-License-Identifier: GPL-2.0-or-later
#include "superblock.h"

#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "base/text.h"

#define SUPERBLOCKS_MAX 100000

bool superblock_around(struct dump *d, kaddr_t addr, struct superblock *sb)
{
	kaddr_t head, node, base;
	struct list_walk w;
	uint64_t frozen = 0;
	char id[33] = "";

	if (!layout_has_all(d, SUPER_BLOCK, SB_LIST, SB_FROZEN) ||
	    !dump_symbol(d, "super_blocks", &head))
		return false;
	list_begin(&w, d, head, SUPERBLOCKS_MAX);
	while (list_next(&w, &node)) {
		base = member_base(d, node, SB_LIST);
		if (addr < base || addr - base >= (kaddr_t)layout_size(d, SUPER_BLOCK))
			continue;
		sb->addr = base;
		sb->frozen = member_u64(d, base, SB_FROZEN, &frozen) && frozen;
		if (layout_has(d, SB_ID))
			dump_string(d, member_addr(d, base, SB_ID), id, sizeof(id));
		text_escape(sb->id, sizeof(sb->id), id);
		return true;
	}
	list_end_note(&w, "file systems");
	return false;
}

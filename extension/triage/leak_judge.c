// SPDX-License-Identifier: GPL-2.0-or-later
#include "leak_judge.h"

#define FEW 10 /* objects: the kernel forgets so many on purpose, at boot */

enum weight {
	/* All that may refer to them was searched: a reference in disguise is left. */
	ALL_SEARCHED = 95,
	/* Less, for each hundredth that was not searched and may hold the reference. */
	EACH_PERCENT_UNREAD = 5,
	ONLY_FEW = 35, /* less */
	LEAST = 5,
};

int leak_confidence(const struct leaks *l, const struct leak_group *g)
{
	uint64_t missing = leaks_unread(l);
	uint64_t all = l->slab_pages - l->slab_unread + l->roots.read + missing;
	int sure = ALL_SEARCHED;

	if (all)
		sure -= (int)(missing * 100 * EACH_PERCENT_UNREAD / all);
	if (g->n < FEW)
		sure -= ONLY_FEW;
	return sure < LEAST ? LEAST : sure;
}

const char *leak_excuse(const struct leak_group *g)
{
	switch (g->kept) {
	case KEPT_SYSCTL_HEADER:
		return "a sysctl table's header: what registers tables at boot never "
		       "takes them back, and keeps no reference (kmemleak_not_leak in "
		       "the source)";
	case KEPT_NFS_NAMES:
		return "may be names in NFS directories: what refers to those lies in "
		       "the page cache, which is not searched (kmemleak_not_leak in the "
		       "source)";
	case KEPT_NOT:
		break;
	}
	return NULL;
}

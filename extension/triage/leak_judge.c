// SPDX-License-Identifier: GPL-2.0-or-later
#include "leak_judge.h"

#include "verdict.h"

#define FEW 10 /* objects */

int leak_confidence(const struct leaks *l, const struct leak_group *g)
{
	uint64_t missing = leaks_unread(l);
	uint64_t all = l->slab_pages - l->slab_unread + l->roots.read + missing;
	int sure = SURE_LOST;

	if (all)
		sure -= (int)(missing * 100 * -SURE_LOST_UNSEARCHED / all);
	if (g->n < FEW)
		sure += SURE_LOST_FEW;
	return sure < SURE_LOST_AT_LEAST ? SURE_LOST_AT_LEAST : sure;
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

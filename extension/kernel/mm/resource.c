// SPDX-License-Identifier: GPL-2.0-or-later
#include "resource.h"

#include <stdlib.h>

#include "dump/layout.h"

#define RESOURCES_MAX 65536
#define SYSRAM 0x01000000u /* IORESOURCE_SYSRAM: 9babd5c8caa6, 4.6 */

bool resource_range(struct dump *d, kaddr_t resource, struct physical_range *range)
{
	uint64_t last;

	if (!member_u64(d, resource, RESOURCE_START, &range->start) ||
	    !member_u64(d, resource, RESOURCE_END, &last) || last <= range->start ||
	    last == UINT64_MAX)
		return false;
	range->end = last + 1;
	return true;
}

struct walk {
	struct dump *d;
	struct system_ram *ram;
	VEC(kaddr_t) left; /* whose siblings and children were not looked at yet */
};

static void put(struct walk *w, kaddr_t resource)
{
	if (resource)
		*vec_push(w->d->arena, &w->left) = resource;
}

/* Memory's own children (the kernel's code, the crash kernel) are memory, too. */
static bool look_at(struct walk *w, kaddr_t resource)
{
	struct physical_range range;
	uint64_t flags;
	kaddr_t child, sibling;

	if (!member_u64(w->d, resource, RESOURCE_FLAGS, &flags) ||
	    !member_ptr(w->d, resource, RESOURCE_CHILD, &child) ||
	    !member_ptr(w->d, resource, RESOURCE_SIBLING, &sibling))
		return false;
	put(w, sibling);
	if (!(flags & SYSRAM)) {
		put(w, child);
		return true;
	}
	if (!resource_range(w->d, resource, &range))
		return false;
	*vec_push(w->d->arena, &w->ram->all) = range;
	return true;
}

static int by_start(const void *a, const void *b)
{
	return compare(((const struct physical_range *)a)->start,
		       ((const struct physical_range *)b)->start);
}

static int by_address(const void *a, const void *range)
{
	const struct physical_range *r = range;
	uint64_t address = *(const uint64_t *)a;

	return address < r->start ? -1 : address >= r->end;
}

void system_ram_read(struct dump *d, struct system_ram *ram)
{
	struct walk w = {.d = d, .ram = ram};
	kaddr_t root, child;
	unsigned int n;

	*ram = (struct system_ram){0};
	if (!dump_symbol(d, "iomem_resource", &root) ||
	    !layout_has_all(d, RESOURCE_START, RESOURCE_END, RESOURCE_FLAGS,
			    RESOURCE_CHILD, RESOURCE_SIBLING) ||
	    !member_ptr(d, root, RESOURCE_CHILD, &child))
		return;
	put(&w, child);
	for (n = 0; w.left.n; n++)
		if (n == RESOURCES_MAX || !look_at(&w, w.left.v[--w.left.n]))
			return;
	ram->known = ram->all.n != 0;
	if (ram->known)
		qsort(ram->all.v, ram->all.n, sizeof(*ram->all.v), by_start);
}

bool system_ram_has(const struct system_ram *ram, uint64_t start, uint64_t size)
{
	const struct physical_range *r =
		ram->all.n
			? bsearch(&start, ram->all.v, ram->all.n, sizeof(*r), by_address)
			: NULL;

	return r && start + size <= r->end;
}

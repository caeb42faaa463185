// SPDX-License-Identifier: GPL-2.0-or-later
#include "kmemleak.h"

#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "slab_track.h"
#include "stackdepot.h"
#include "base/text.h"

/* mm/kmemleak.c: #defines, the same in every release since 2.6.31 but PHYS (6.0). */
#define OBJECT_ALLOCATED 0x1u
#define OBJECT_REPORTED 0x2u
#define OBJECT_PHYS 0x10u
#define KMEMLEAK_BLACK (-1)

/* More records than memory could hold. */
#define OBJECTS_MAX 1000000000ul

struct reader {
	struct dump *d;
	struct kmemleak *k;
	struct object o;
	uint64_t now, min_age, last_scan;
	unsigned int hz;
};

/* As kmemleak's own unreferenced_object() and kmemleak_seq_show() have it. */
static bool is_shown(const struct reader *r)
{
	uint64_t flags = obj_u64(&r->o, KMEMLEAK_FLAGS);
	int64_t count = obj_s64(&r->o, KMEMLEAK_COUNT);

	if (!(flags & OBJECT_ALLOCATED) || !(flags & OBJECT_REPORTED))
		return false;
	if (count == KMEMLEAK_BLACK || count >= obj_s64(&r->o, KMEMLEAK_MIN_COUNT))
		return false;
	return (int64_t)(obj_u64(&r->o, KMEMLEAK_JIFFIES) + r->min_age - r->last_scan) <=
	       0;
}

static void take_trace(struct reader *r, struct kmemleak_object *k)
{
	size_t n = (size_t)obj_u64(&r->o, KMEMLEAK_TRACE_LEN);

	if (layout_has(r->d, KMEMLEAK_TRACE_HANDLE)) {
		k->nr_trace =
			stackdepot_fetch(r->d,
					 (uint32_t)obj_u64(&r->o, KMEMLEAK_TRACE_HANDLE),
					 k->trace, KMEMLEAK_FRAMES);
		return;
	}
	if (n > KMEMLEAK_FRAMES)
		n = KMEMLEAK_FRAMES;
	if (!n || dump_read(r->d, obj_addr(&r->o, KMEMLEAK_TRACE), k->trace,
			    n * sizeof(k->trace[0])) != DUMP_OK)
		return;
	/* Ends with ULONG_MAX where there was room, until 5.2. */
	k->nr_trace = n - (k->trace[n - 1] == UINT64_MAX);
}

static void name_trace(struct reader *r, struct kmemleak_object *k)
{
	size_t i;

	for (i = 0; i < k->nr_trace; i++)
		k->trace_text[i] = kernel_place(r->d, k->trace[i]);
}

static void take_head(struct reader *r, struct kmemleak_object *k)
{
	size_t n = k->size < KMEMLEAK_HEX ? (size_t)k->size : KMEMLEAK_HEX;

	if (!k->phys && dump_read(r->d, k->pointer, k->head, n) == DUMP_OK)
		k->nr_head = n;
}

static void take(struct reader *r)
{
	struct kmemleak_object *k = vec_push(r->d->arena, &r->k->reported);
	char comm[33];

	k->addr = r->o.addr;
	k->pointer = obj_u64(&r->o, KMEMLEAK_POINTER);
	k->size = obj_u64(&r->o, KMEMLEAK_SIZE);
	k->phys = obj_u64(&r->o, KMEMLEAK_FLAGS) & OBJECT_PHYS;
	k->pid = (int)obj_s64(&r->o, KMEMLEAK_PID);
	obj_string(&r->o, KMEMLEAK_COMM, comm, sizeof(comm));
	text_escape(k->comm, sizeof(k->comm), comm);
	k->jiffies = obj_u64(&r->o, KMEMLEAK_JIFFIES);
	k->age_s = r->hz && r->now >= k->jiffies ? (double)(r->now - k->jiffies) / r->hz
						 : -1;
	k->checksum = (uint32_t)obj_u64(&r->o, KMEMLEAK_CHECKSUM);
	take_trace(r, k);
	name_trace(r, k);
	take_head(r, k);
}

void kmemleak_read(struct dump *d, uint64_t jiffies, unsigned int hz, struct kmemleak *k)
{
	struct reader r = {.d = d, .k = k, .now = jiffies, .hz = hz};
	struct list_walk w;
	uint32_t enabled = 0;
	kaddr_t head, node;

	memset(k, 0, sizeof(*k));
	if (!dump_symbol_u32(d, "kmemleak_enabled", &enabled) ||
	    !dump_symbol(d, "object_list", &head) ||
	    !layout_has_all(d, KMEMLEAK, KMEMLEAK_LIST, KMEMLEAK_POINTER))
		return;
	k->there = true;
	k->enabled = enabled;
	dump_symbol_u64(d, "jiffies_min_age", &r.min_age);
	dump_symbol_u64(d, "jiffies_last_scan", &r.last_scan);
	obj_init(&r.o, d);
	list_begin(&w, d, head, OBJECTS_MAX);
	while (list_next(&w, &node)) {
		k->known++;
		if (!obj_read(&r.o, KMEMLEAK, member_base(d, node, KMEMLEAK_LIST)))
			k->unread++;
		else if (is_shown(&r))
			take(&r);
	}
	list_end_note(&w, "kmemleak's objects");
	if (k->unread)
		dump_note(d, "kmemleak: %zu of %zu records could not be read", k->unread,
			  k->known);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_slab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_PAGES (1ul << (FAKE_SECTION_BITS - 12))
#define PRESENT_AND_MAPPED 3
#define SLAB_BYTES (FAKE_PAGE << FAKE_SLAB_ORDER)

/* How each cache disguises its free pointers: a test has few caches. */
static struct disguise {
	kaddr_t cache;
	uint64_t random;
	enum fake_freeptr how;
} disguises[16];
static size_t ndisguises;

void fake_pages(struct fake *f)
{
	size_t page = (size_t)layout_size(fake_dump(f), PAGE);
	kaddr_t root = fake_alloc_pages(f, FAKE_PAGE),
		table = fake_alloc_pages(f, FAKE_PAGE);

	ndisguises = 0;
	fake_map(f, FAKE_VMEMMAP, SECTION_PAGES * page);
	fake_id_set(f, root, SECTION_MAP, FAKE_VMEMMAP | PRESENT_AND_MAPPED);
	fake_ptr(f, table, root);
	fake_ptr(f, fake_variable(f, "mem_section", 8), table);
	fake_u64(f, fake_variable(f, "__highest_present_section_nr", 8), 0);
	fake_u32(f, fake_variable(f, "nr_node_ids", 4), 1);
	fake_list_head(f, fake_variable(f, "slab_caches", 16));
}

kaddr_t fake_page_of(struct fake *f, kaddr_t addr)
{
	size_t page = (size_t)layout_size(fake_dump(f), PAGE);

	return FAKE_VMEMMAP + (addr - FAKE_DIRECT_MAP) / FAKE_PAGE * page;
}

kaddr_t fake_cache(struct fake *f, const char *name, unsigned int object_size,
		   unsigned int size)
{
	struct dump *d = fake_dump(f);
	kaddr_t cache = fake_new(f, "kmem_cache"), node = fake_alloc(f, 256);
	kaddr_t text = fake_alloc(f, strlen(name) + 1);
	unsigned int objects = (unsigned int)(SLAB_BYTES / size);

	fake_string(f, text, name);
	fake_id_set(f, cache, CACHE_NAME, text);
	fake_id_set(f, cache, CACHE_SIZE, size);
	fake_id_set(f, cache, CACHE_OBJECT_SIZE, object_size);
	fake_id_set(f, cache, CACHE_INUSE, object_size);
	fake_id_set(f, cache, CACHE_OFFSET, object_size / 2 / 8 * 8);
	fake_id_set(f, cache, CACHE_OO, FAKE_SLAB_ORDER << 16 | objects);
	fake_id_set(f, cache, CACHE_CPU_SLAB,
		    fake_percpu_alloc(f, (size_t)layout_size(d, CPU_SLAB)));
	fake_ptr(f, fake_id_at(f, cache, CACHE_NODE), node);
	fake_list_head(f, fake_id_at(f, node, NODE_PARTIAL));
	fake_list_add_tail(f, fake_value(f, "slab_caches"),
			   fake_id_at(f, cache, CACHE_LIST));
	return cache;
}

static struct disguise *disguise_of(kaddr_t cache)
{
	size_t i;

	for (i = 0; i < ndisguises; i++)
		if (disguises[i].cache == cache)
			return &disguises[i];
	return NULL;
}

void fake_freeptr(struct fake *f, kaddr_t cache, uint64_t random, enum fake_freeptr how)
{
	fake_id_set(f, cache, CACHE_RANDOM, random);
	disguises[ndisguises++] = (struct disguise){cache, random, how};
}

static uint64_t get(struct fake *f, kaddr_t base, enum layout_id id)
{
	uint64_t v = 0;

	member_u64(fake_dump(f), base, id, &v);
	return v;
}

static kaddr_t cache_of(struct fake *f, kaddr_t slab)
{
	return get(f, fake_page_of(f, slab), SLAB_CACHE);
}

kaddr_t fake_slab(struct fake *f, kaddr_t cache)
{
	kaddr_t slab = fake_alloc_pages(f, SLAB_BYTES), page = fake_page_of(f, slab);
	unsigned int objects = (unsigned int)get(f, cache, CACHE_OO) & 0xffff;

	fake_id_set(f, page, PAGE_FLAGS,
		    1ull << layout_enum(fake_dump(f), PG_SLAB, 0) |
			    1ull << layout_enum(fake_dump(f), PG_HEAD, 0));
	fake_id_set(f, page, SLAB_CACHE, cache);
	fake_slab_counters(f, slab, objects, objects);
	/* A tail page says so in the lowest bit of compound_head. */
	fake_u64(f, fake_id_at(f, fake_page_of(f, slab + FAKE_PAGE), PAGE_COMPOUND_HEAD),
		 page | 1);
	return slab;
}

void fake_slab_counters(struct fake *f, kaddr_t slab, unsigned int inuse,
			unsigned int objects)
{
	fake_id_set(f, fake_page_of(f, slab), SLAB_COUNTERS, objects << 16 | inuse);
}

unsigned int fake_slab_objects(struct fake *f, kaddr_t slab)
{
	return get(f, fake_page_of(f, slab), SLAB_COUNTERS) >> 16 & 0x7fff;
}

kaddr_t fake_slab_object(struct fake *f, kaddr_t slab, unsigned int k)
{
	kaddr_t cache = cache_of(f, slab);

	return slab + get(f, cache, CACHE_RED_LEFT_PAD) + k * get(f, cache, CACHE_SIZE);
}

void fake_slab_link(struct fake *f, kaddr_t slab, unsigned int k, kaddr_t next)
{
	kaddr_t cache = cache_of(f, slab);
	kaddr_t at = fake_slab_object(f, slab, k) + get(f, cache, CACHE_OFFSET);
	struct disguise *g = disguise_of(cache);

	if (g && g->how != FAKE_PLAIN)
		next ^= g->random ^ (g->how == FAKE_XOR ? at : __builtin_bswap64(at));
	fake_ptr(f, at, next);
}

void fake_slab_free(struct fake *f, kaddr_t slab, unsigned int k)
{
	kaddr_t page = fake_page_of(f, slab);
	uint32_t counters = (uint32_t)get(f, page, SLAB_COUNTERS);

	fake_slab_link(f, slab, k, get(f, page, SLAB_FREELIST));
	fake_id_set(f, page, SLAB_FREELIST, fake_slab_object(f, slab, k));
	fake_id_set(f, page, SLAB_COUNTERS, counters - 1);
}

void fake_slab_partial(struct fake *f, kaddr_t slab)
{
	kaddr_t node = fake_peek_u64(f, fake_id_at(f, cache_of(f, slab), CACHE_NODE));

	fake_list_add_tail(f, fake_id_at(f, node, NODE_PARTIAL),
			   fake_id_at(f, fake_page_of(f, slab), SLAB_LIST));
}

kaddr_t fake_cache_cpu(struct fake *f, kaddr_t cache, unsigned int cpu)
{
	return fake_percpu(f, cpu, get(f, cache, CACHE_CPU_SLAB));
}

void fake_slab_cpu(struct fake *f, kaddr_t slab, unsigned int cpu, kaddr_t freelist)
{
	kaddr_t c = fake_cache_cpu(f, cache_of(f, slab), cpu);

	fake_id_set(f, c, CPU_SLAB_PAGE, fake_page_of(f, slab));
	fake_id_set(f, c, CPU_SLAB_FREELIST, freelist);
}

void fake_slab_cpu_partial(struct fake *f, kaddr_t slab, unsigned int cpu)
{
	kaddr_t c = fake_cache_cpu(f, cache_of(f, slab), cpu);

	fake_id_set(f, fake_page_of(f, slab), SLAB_NEXT, get(f, c, CPU_SLAB_PARTIAL));
	fake_id_set(f, c, CPU_SLAB_PARTIAL, fake_page_of(f, slab));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: page tables that are sound but for some entries, on machines that
 * vmcoreinfo says something of, and addresses that are looked up in them.
 *
 * Besides what the sanitizers see: what is looked up twice is the same, and a leaf is
 * where it says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/made_tables.h"
#include "readers/core/space.h"

#define TABLES 8 /* pages that an entry may lead to, from the root on */
#define ARM_ROOT 0x41230000ull
#define ARM_OFFSET 0xffff7fffc0000000

/* A change of an entry: 6 bytes of input. */
struct change {
	uint8_t table, kind;
	uint16_t entry, value;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static struct made *x86_64(uint8_t how, uint8_t number)
{
	struct made *m = made_memory("x86_64", 4096);

	made_info(m, "SYMBOL(init_top_pgt)=%llx",
		  MADE_IMAGE + MADE_ROOT - MADE_PHYS_BASE);
	made_info(m, "NUMBER(phys_base)=%lld",
		  (long long)MADE_PHYS_BASE + (how & 2 ? number - 128 : 0));
	made_info(m, "NUMBER(pgtable_l5_enabled)=%d", how & 1);
	if (how & 4)
		made_info(m, "NUMBER(sme_mask)=%llu", 1ull << number % 64);
	if (how & 8)
		made_info(m, "NUMBER(KERNEL_IMAGE_SIZE)=%llu",
			  (unsigned long long)number << 24);
	return m;
}

static const unsigned int arm64_sizes[] = {4096, 16384, 65536, 8192};

static struct made *arm64(uint8_t how, uint8_t number)
{
	static const unsigned int bits[] = {39, 42, 47, 48, 52, 36, 64, 0};
	struct made *m = made_memory("aarch64", arm64_sizes[how & 3]);

	made_info(m, "NUMBER(VA_BITS)=%u", bits[how >> 2 & 7]);
	made_info(m, "NUMBER(kimage_voffset)=0x%llx", HEX(ARM_OFFSET));
	made_info(m, "SYMBOL(swapper_pg_dir)=%llx", HEX(ARM_ROOT + ARM_OFFSET));
	if (how & 32)
		made_info(m, "NUMBER(%s)=0x%x",
			  how & 64 ? "TCR_EL1_T1SZ" : "tcr_el1_t1sz", number);
	return m;
}

static uint64_t entry_of(const struct change *c, uint64_t root, uint64_t page)
{
	uint64_t flags = (c->value & 0xff) | (uint64_t)(c->value >> 8) << 52;
	uint64_t to = root + c->kind % TABLES * page;

	if (c->kind & 0x80)
		return flags | (uint64_t)c->value << 36 | to;
	return (c->kind & 0x40 ? flags : 3) | to;
}

static void change(struct made *m, const struct change *c, uint64_t root, uint64_t page)
{
	made_u64(m, root + c->table % TABLES * page + c->entry * 8ull % page,
		 entry_of(c, root, page));
}

static void look_up(struct space *s, kaddr_t va)
{
	unsigned char bytes[16];
	struct space_leaf leaf;
	uint64_t pa, again;
	bool found = space_physical(s, va, &pa);

	if (found && (!space_physical(s, va, &again) || pa != again))
		fail("another address at the second time");
	if (space_read(s, va, bytes, 1) == DUMP_OK && !found)
		fail("read, but nowhere");
	space_read(s, va, bytes, sizeof(bytes));
	if (!space_leaf(s, va, &leaf))
		return;
	if (va - leaf.start >= leaf.size || leaf.pa % leaf.size)
		fail("a leaf that is elsewhere");
}

static void look_around(struct space *s, const uint8_t *data, size_t size)
{
	kaddr_t va;
	size_t i, n;

	for (i = 0; i < size; i += n) {
		n = size - i < 6 ? size - i : 6;
		va = load_le(data + i, n);
		look_up(s, va);
		look_up(s, ~va);
		look_up(s, va << 12 | 0xffff000000000000);
		look_up(s, 0 - (va << 16));
	}
	if (space_find_direct_map(s) && !space_direct_map_base(s))
		fail("a direct map that is nowhere");
	space_direct_map(s, load_le(data, size < 8 ? size : 8) << 12, -1ull);
	look_up(s, space_direct_map_base(s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t root, page, i;
	struct arena a = {0};
	struct error why;
	struct space *s;
	struct change c;
	struct made *m;
	struct core *core;

	if (size < 3)
		return 0;
	m = data[0] & 1 ? arm64(data[1], data[2]) : x86_64(data[1], data[2]);
	root = data[0] & 1 ? ARM_ROOT : MADE_ROOT;
	page = data[0] & 1 ? arm64_sizes[data[1] & 3] : 4096;
	for (i = 0; i < TABLES; i++)
		made_u64(m, root + i * page, (root + (i + 1) % TABLES * page) | 3);
	for (i = 3; i + sizeof(c) <= size; i += sizeof(c)) {
		memcpy(&c, data + i, sizeof(c));
		change(m, &c, root, page);
	}
	core = made_open(m);
	s = space_open(&a, core, &why);
	if (s)
		look_around(s, data + 1, size - 1);
	arena_free(&a);
	made_destroy(m);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "orc.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"

/* struct orc_entry has had this size since it came (ee9f8fce9964, 4.14). */
#define ENTRY_SIZE 6
#define BLOCK 4096
#define IPS_IN_BLOCK (BLOCK / sizeof(int32_t))
/*
 * More entries than any kernel or module has.  Debian's 6.12 has 0.7 million,
 * its largest module 0.1 million; an entry covers at least one byte of text.
 */
#define KERNEL_ORCS_MAX (1u << 22)
#define MODULE_ORCS_MAX (1u << 20)

struct orc_table {
	kaddr_t mod;	  /* struct module, 0: the kernel */
	const char *name; /* for a message */
	kaddr_t ip, orc;  /* where the two arrays are in the dump */
	uint64_t n;	  /* as the dump says: not believed until loaded */
	uint32_t max;
	bool tried;
	int32_t *offsets;      /* those of the blocks that were read */
	unsigned char *blocks; /* enum block_state of each */
	const char *why;       /* it cannot be used */
};

/* A block of offsets is read when a search comes by: few of a table's hundreds are. */
enum block_state { BLOCK_UNREAD, BLOCK_READ, BLOCK_MISSING };

struct orc_tables {
	struct dump *d;
	struct orc_table kernel;
	struct text_range text;	       /* the kernel's own */
	VEC(struct orc_table) modules; /* of which something was asked */
	bool has_end, has_signal, reordered;
};

/* ---- one table ---------------------------------------------------------- */

static kaddr_t place(const struct orc_table *t, size_t i)
{
	return t->ip + i * sizeof(int32_t) + (kaddr_t)(int64_t)t->offsets[i];
}

static size_t nblocks(const struct orc_table *t)
{
	return (size_t)(t->n + IPS_IN_BLOCK - 1) / IPS_IN_BLOCK;
}

static size_t block_end(const struct orc_table *t, size_t block)
{
	size_t end = (block + 1) * IPS_IN_BLOCK;

	return end < t->n ? end : (size_t)t->n;
}

static void refuse(struct orc_tables *o, struct orc_table *t, const char *why)
{
	if (t->why)
		return;
	t->why = why;
	dump_note(o->d, "stacks: %s", why);
}

static bool sorted(const struct orc_table *t, size_t first, size_t end)
{
	size_t i;

	for (i = first + 1; i < end; i++)
		if (place(t, i) < place(t, i - 1))
			return false;
	return true;
}

static enum block_state read_block(struct orc_tables *o, struct orc_table *t,
				   size_t block)
{
	size_t first = block * IPS_IN_BLOCK, end = block_end(t, block);

	if (dump_read(o->d, t->ip + first * sizeof(int32_t), t->offsets + first,
		      (end - first) * sizeof(int32_t)) != DUMP_OK)
		return BLOCK_MISSING;
	if (!sorted(t, first, end))
		refuse(o, t,
		       arena_printf(o->d->arena,
				    "the ORC table of %s is damaged: not sorted",
				    t->name));
	return BLOCK_READ;
}

/* Is the block in the dump? */
static bool block_known(struct orc_tables *o, struct orc_table *t, size_t block)
{
	if (t->blocks[block] == BLOCK_UNREAD)
		t->blocks[block] = (unsigned char)read_block(o, t, block);
	return t->blocks[block] == BLOCK_READ;
}

/* Returns why the table cannot be used, NULL when it can. */
static const char *begin_table(struct orc_tables *o, struct orc_table *t)
{
	struct arena *a = o->d->arena;
	size_t block;

	if (!t->ip || !t->orc || !t->n)
		return arena_printf(a, "%s has no ORC table", t->name);
	if (t->n > t->max)
		return arena_printf(a, "the ORC table of %s claims %llu entries", t->name,
				    COUNT(t->n));
	t->offsets = arena_alloc(a, t->n * sizeof(int32_t));
	t->blocks = arena_alloc(a, nblocks(t));
	for (block = 0; block < nblocks(t); block++)
		if (block_known(o, t, block))
			return NULL;
	return arena_printf(a, "the ORC table of %s cannot be read%s", t->name,
			    dump_why_unread(o->d));
}

static void begin(struct orc_tables *o, struct orc_table *t)
{
	const char *why;

	if (t->tried)
		return;
	t->tried = true;
	why = begin_table(o, t);
	if (why)
		refuse(o, t, why);
}

/* Between two blocks, the one nearest to the middle that is in the dump; low: none is. */
static size_t middle(struct orc_tables *o, struct orc_table *t, size_t low, size_t high)
{
	size_t mid = low + (high - low) / 2, i;

	for (i = mid; i > low; i--)
		if (block_known(o, t, i))
			return i;
	for (i = mid + 1; i < high; i++)
		if (block_known(o, t, i))
			return i;
	return low;
}

/* The last block that is in the dump and begins at or before ip; 0, if none does. */
static size_t search_blocks(struct orc_tables *o, struct orc_table *t, kaddr_t ip)
{
	size_t low = 0, high = nblocks(t), mid;

	while (high - low > 1 && (mid = middle(o, t, low, high)) != low) {
		if (place(t, mid * IPS_IN_BLOCK) <= ip)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/*
 * The last entry at or before ip.  Of several at one place the last one counts:
 * the ends of sections, which say nothing, are sorted before what follows them.
 */
static size_t search(struct orc_tables *o, struct orc_table *t, kaddr_t ip)
{
	size_t low = search_blocks(o, t, ip), high, mid;

	high = block_end(t, low);
	low *= IPS_IN_BLOCK;
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (place(t, mid) <= ip)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* It is in the dump, and so is what ends it. */
static bool entry_known(struct orc_tables *o, struct orc_table *t, size_t i)
{
	return block_known(o, t, i / IPS_IN_BLOCK) &&
	       (i + 1 == t->n || block_known(o, t, (i + 1) / IPS_IN_BLOCK));
}

/* ---- one entry ---------------------------------------------------------- */

static enum orc_reg reg(const struct orc_tables *o, unsigned int number)
{
	static const enum orc_reg first[16] = {
		ORC_REG_UNDEFINED,
		ORC_REG_PREV_SP,
		ORC_REG_DX,
		ORC_REG_DI,
		ORC_REG_BP,
		ORC_REG_SP,
		ORC_REG_R10,
		ORC_REG_R13,
		ORC_REG_BP_INDIRECT,
		ORC_REG_SP_INDIRECT,
		[10 ... 15] = ORC_REG_UNKNOWN,
	};
	/* 1735858caa4b and 96f3b16a9de5, 7.1 */
	static const enum orc_reg second[16] = {
		ORC_REG_UNDEFINED,   ORC_REG_AX,	  ORC_REG_DX,
		ORC_REG_SP,	     ORC_REG_BP,	  ORC_REG_DI,
		ORC_REG_R10,	     ORC_REG_R13,	  ORC_REG_PREV_SP,
		ORC_REG_SP_INDIRECT, ORC_REG_BP_INDIRECT, [11 ... 15] = ORC_REG_UNKNOWN,
	};

	return (o->reordered ? second : first)[number];
}

/*
 * The numbers of the registers are macros, of which debuginfo knows nothing.
 * But nearly all code finds its caller's stack from the stack pointer, so that
 * one is the commonest number: 5 at first, 3 since it was reordered; each of the
 * two was or is %rdi otherwise, which is hardly ever used.
 */
static void tell_numbering(struct orc_tables *o, const struct orc_table *t)
{
	unsigned char bytes[512 * ENTRY_SIZE];
	size_t n = t->n < 512 ? (size_t)t->n : 512, i;
	unsigned int seen[16] = {0};

	if (dump_read(o->d, t->orc + (t->n - n) / 2 * ENTRY_SIZE, bytes,
		      n * ENTRY_SIZE) != DUMP_OK)
		return;
	for (i = 0; i < n; i++)
		seen[bytes[i * ENTRY_SIZE + 4] & 15]++;
	o->reordered = seen[3] > seen[5];
}

/*
 * Bits: sp_reg:4 bp_reg:4 type:2 end:1 at first; type:2 signal:1 end:1 from 6.3
 * (ffb1b4a41016); type:3 signal:1 from 6.4 (fb799447ae29).
 */
static void decode(const struct orc_tables *o, const unsigned char *b, struct orc *orc)
{
	static const enum orc_type old[4] = {ORC_CALL, ORC_REGS, ORC_REGS_PARTIAL,
					     ORC_UNDEFINED};
	unsigned int bits = b[4] | (unsigned int)b[5] << 8, end;

	orc->sp_offset = (int16_t)(b[0] | b[1] << 8);
	orc->bp_offset = (int16_t)(b[2] | b[3] << 8);
	orc->sp_reg = reg(o, bits & 15);
	orc->bp_reg = reg(o, bits >> 4 & 15);
	if (!o->has_end) {
		orc->type = bits >> 8 & 7;
		if (orc->type > ORC_REGS_PARTIAL)
			orc->type = ORC_UNDEFINED;
		orc->signal = bits >> 11 & 1;
		return;
	}
	end = bits >> (o->has_signal ? 11 : 10) & 1;
	orc->type = old[bits >> 8 & 3];
	orc->signal = o->has_signal ? bits >> 10 & 1 : orc->type >= ORC_REGS;
	if (orc->sp_reg == ORC_REG_UNDEFINED)
		orc->type = end ? ORC_END_OF_STACK : ORC_UNDEFINED;
}

/* ---- all of them -------------------------------------------------------- */

static void find_module_table(struct dump *d, const struct module *mod,
			      struct orc_table *t)
{
	kaddr_t arch = member_addr(d, mod->addr, MODULE_ARCH);

	t->mod = mod->addr;
	t->name = mod->name;
	t->max = MODULE_ORCS_MAX;
	if (!layout_has_all(d, MODULE_ARCH, ARCH_NUM_ORCS, ARCH_ORC_IP, ARCH_ORC) ||
	    !member_u64(d, arch, ARCH_NUM_ORCS, &t->n) ||
	    !member_ptr(d, arch, ARCH_ORC_IP, &t->ip) ||
	    !member_ptr(d, arch, ARCH_ORC, &t->orc))
		t->n = 0;
}

static struct orc_table *table_of(struct orc_tables *o, kaddr_t ip,
				  const struct module *mod)
{
	struct orc_table *t;
	size_t i;

	if (ip >= o->text.start && ip < o->text.end)
		return &o->kernel;
	if (!mod)
		return NULL;
	for (i = 0; i < o->modules.n; i++)
		if (o->modules.v[i].mod == mod->addr)
			return &o->modules.v[i];
	t = vec_push(o->d->arena, &o->modules);
	find_module_table(o->d, mod, t);
	return t;
}

enum orc_answer orc_find(struct orc_tables *o, kaddr_t ip, const struct module *mod,
			 struct orc *orc, const char **why)
{
	struct orc_table *t = table_of(o, ip, mod);
	unsigned char bytes[ENTRY_SIZE];
	size_t i;

	if (!t) {
		*why = "no text that the kernel knows of";
		return ORC_NO_TEXT;
	}
	begin(o, t);
	i = t->why ? 0 : search(o, t, ip);
	*why = t->why;
	if (t->why)
		return ORC_LOST;
	*why = "its ORC entry is not in the dump";
	if (!entry_known(o, t, i) ||
	    dump_read(o->d, t->orc + i * ENTRY_SIZE, bytes, sizeof(bytes)) != DUMP_OK)
		return ORC_LOST;
	decode(o, bytes, orc);
	return ORC_FOUND;
}

/* From the first to the last entry that is in the dump: some block is. */
static struct text_range table_text(struct orc_tables *o, struct orc_table *t)
{
	size_t first = 0, last = nblocks(t) - 1;

	while (!block_known(o, t, first))
		first++;
	while (!block_known(o, t, last))
		last--;
	return (struct text_range){place(t, first * IPS_IN_BLOCK),
				   place(t, block_end(t, last) - 1)};
}

static bool find_kernel_table(struct orc_tables *o, const char **why)
{
	struct orc_table *t = &o->kernel;
	kaddr_t end;

	t->name = "the kernel";
	t->max = KERNEL_ORCS_MAX;
	if (!dump_symbol(o->d, "__start_orc_unwind_ip", &t->ip) ||
	    !dump_symbol(o->d, "__stop_orc_unwind_ip", &end) ||
	    !dump_symbol(o->d, "__start_orc_unwind", &t->orc)) {
		*why = "the kernel has no ORC tables (CONFIG_UNWINDER_ORC is off)";
		return false;
	}
	t->n = end > t->ip ? (end - t->ip) / sizeof(int32_t) : 0;
	begin(o, t);
	*why = t->why;
	if (t->why)
		return false;
	o->text = table_text(o, t);
	tell_numbering(o, t);
	return true;
}

struct orc_tables *orc_create(struct dump *d, const char **why)
{
	struct orc_tables *o = arena_alloc(d->arena, sizeof(*o));

	o->d = d;
	/* Without end there is signal, always; to find a member absent is slow. */
	o->has_end = layout_has(d, ORC_END);
	o->has_signal = !o->has_end || layout_has(d, ORC_SIGNAL);
	if (!layout_has(d, ORC_ENTRY)) {
		*why = "the debuginfo has no struct orc_entry (CONFIG_UNWINDER_ORC is "
		       "off)";
		return NULL;
	}
	if (layout_size(d, ORC_ENTRY) != ENTRY_SIZE) {
		*why = "struct orc_entry is not the one that vgpu knows";
		return NULL;
	}
	return find_kernel_table(o, why) ? o : NULL;
}

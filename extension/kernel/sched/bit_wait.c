// SPDX-License-Identifier: GPL-2.0-or-later
#include "bit_wait.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"

/* What wakes the sleepers of one entry: it says what the entry is part of. */
static bool is_woken_by(struct dump *d, kaddr_t entry, const char *function)
{
	kaddr_t func, wake;

	return member_ptr(d, entry, WAIT_ENTRY_FUNC, &func) &&
	       dump_symbol(d, function, &wake) && func == wake;
}

static void of_page(struct dump *d, kaddr_t entry, struct bit_wait *b)
{
	kaddr_t base = member_base(d, entry, WAIT_PAGE_ENTRY);
	uint64_t bit;

	if (!layout_has_all(d, WAIT_PAGE_PAGE, WAIT_PAGE_BIT, WAIT_PAGE_ENTRY) ||
	    !member_ptr(d, base, WAIT_PAGE_PAGE, &b->addr) || !b->addr ||
	    !member_u64(d, base, WAIT_PAGE_BIT, &bit))
		return;
	b->of = BIT_OF_PAGE;
	b->bit = (int)(int32_t)bit;
	/* The first flag of all since there are any. */
	b->locked = b->bit == layout_enum(d, PG_LOCKED, 0);
	b->writeback = b->bit == layout_enum(d, PG_WRITEBACK, -1);
}

/* Of one page there is one for each 512 bytes at most. */
#define BUFFERS_MAX 128

/*
 * The buffers of a page are a ring.  What waits for one leaves no name on the stack, where
 * it ends in a call of what it asks.
 */
static bool is_buffer(struct dump *d, kaddr_t buffer)
{
	kaddr_t at = buffer, page, of;
	size_t i;

	if (!layout_has_all(d, BUFFER_STATE, BUFFER_NEXT, BUFFER_PAGE) ||
	    !member_ptr(d, buffer, BUFFER_PAGE, &page) || !page)
		return false;
	for (i = 0; i < BUFFERS_MAX; i++) {
		if (!member_ptr(d, at, BUFFER_NEXT, &at) || !at ||
		    !member_ptr(d, at, BUFFER_PAGE, &of) || of != page)
			return false;
		if (at == buffer)
			return true;
	}
	return false;
}

static bool any_on_stack(const struct stack *stack, const char *const *functions)
{
	for (; *functions; functions++)
		if (stack_find(stack, *functions))
			return true;
	return false;
}

/* For an inode one sleeps in these, until who is in the other has come to its end. */
static const struct {
	const char *sleeps, *keeper;
} inode_waits[] = {
	{"inode_wait_for_writeback", "__writeback_single_inode"},
	{"__inode_wait_for_writeback", "__writeback_single_inode"},
	{"__wait_on_freeing_inode", BIT_WAIT_EVICTS},
	{"wait_on_inode", NULL},
	{"find_inode_fast", NULL},
	{"find_inode", NULL},
	{"ilookup", NULL},
	{"ilookup5", NULL},
	{"iget_locked", NULL},
	{"iget5_locked", NULL},
};

static bool is_of_inode(const struct stack *stack, struct bit_wait *b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(inode_waits); i++) {
		if (!stack_find(stack, inode_waits[i].sleeps))
			continue;
		b->keeper = inode_waits[i].keeper;
		return true;
	}
	return false;
}

/*
 * Since 6.12 each bit of an inode's state is waited for by the address of a byte of its own
 * in that word (inode_state_wait_address()), as a change of it.
 */
static kaddr_t state_of(const struct bit_wait *b)
{
	return b->bit < 0 ? b->addr & ~3ull : b->addr;
}

/* The word alone does not say what it is in. */
static void name_word(struct dump *d, const struct stack *stack, struct bit_wait *b)
{
	/* The last: until the journal's thread has written it. */
	static const char *const of_buffers[] = {"__wait_on_buffer", "__lock_buffer",
						 "do_get_write_access", NULL};
	kaddr_t buffer =
		layout_has(d, BUFFER_STATE) ? member_base(d, b->addr, BUFFER_STATE) : 0;

	if (buffer && (any_on_stack(stack, of_buffers) || is_buffer(d, buffer))) {
		b->of = BIT_OF_BUFFER;
		b->addr = buffer;
	} else if (layout_has(d, INODE_STATE) && is_of_inode(stack, b)) {
		b->of = BIT_OF_INODE;
		b->addr = member_base(d, state_of(b), INODE_STATE);
	}
}

static void of_word(struct dump *d, kaddr_t entry, const struct stack *stack,
		    struct bit_wait *b)
{
	kaddr_t base = member_base(d, entry, WAIT_BIT_ENTRY);
	uint64_t bit;

	if (!layout_has_all(d, WAIT_BIT_WORD, WAIT_BIT_NR, WAIT_BIT_ENTRY) ||
	    !member_ptr(d, base, WAIT_BIT_WORD, &b->addr) || !b->addr ||
	    !member_u64(d, base, WAIT_BIT_NR, &bit))
		return;
	b->of = BIT_OF_WORD;
	b->bit = (int)(int32_t)bit;
	name_word(d, stack, b);
}

void bit_wait_find(struct dump *d, kaddr_t entry, const struct stack *stack,
		   struct bit_wait *b)
{
	memset(b, 0, sizeof(*b));
	if (!entry || !layout_has(d, WAIT_ENTRY_FUNC))
		return;
	if (is_woken_by(d, entry, "wake_page_function"))
		of_page(d, entry, b);
	else if (is_woken_by(d, entry, "wake_bit_function") ||
		 is_woken_by(d, entry, "var_wake_function"))
		of_word(d, entry, stack, b);
}

/* "inode 12 on vda"; NULL: it cannot be read. */
static const char *inode_words(struct dump *d, kaddr_t inode)
{
	char id[32] = "", shown[sizeof(id) * 4];
	uint64_t number;
	kaddr_t sb;

	if (!inode || !layout_has_all(d, INODE_INO, INODE_SB) ||
	    !member_u64(d, inode, INODE_INO, &number))
		return NULL;
	if (member_ptr(d, inode, INODE_SB, &sb) && sb && layout_has(d, SB_ID))
		dump_string(d, member_addr(d, sb, SB_ID), id, sizeof(id));
	text_escape(shown, sizeof(shown), id);
	return arena_printf(d->arena, "inode %llu%s%s", COUNT(number),
			    id[0] ? " on " : "", shown);
}

/* An anonymous one's mapping has its lowest bits set. */
kaddr_t bit_wait_inode_of_page(struct dump *d, kaddr_t page)
{
	kaddr_t mapping, host;

	return layout_has_all(d, PAGE_MAPPING, MAPPING_HOST) &&
			       member_ptr(d, page, PAGE_MAPPING, &mapping) && mapping &&
			       !(mapping & 3) &&
			       member_ptr(d, mapping, MAPPING_HOST, &host)
		       ? host
		       : 0;
}

static const char *page_words(struct dump *d, kaddr_t page)
{
	const char *inode = inode_words(d, bit_wait_inode_of_page(d, page));

	return inode ? arena_printf(d->arena, "page of %s", inode)
		     : arena_printf(d->arena, "page 0x%llx", HEX(page));
}

static const char *word_words(struct dump *d, const struct bit_wait *b)
{
	struct dump_symbol sym;
	const char *where;

	where = dump_symbol_at(d, b->addr, &sym) && sym.offset <= 4096
			? arena_printf(d->arena, "%s+0x%llx", sym.name, HEX(sym.offset))
			: arena_printf(d->arena, "word 0x%llx", HEX(b->addr));
	return b->bit < 0 ? arena_printf(d->arena, "change of %s", where)
			  : arena_printf(d->arena, "bit %d of %s", b->bit, where);
}

const char *bit_wait_words(struct dump *d, const struct bit_wait *b)
{
	const char *inode;

	switch (b->of) {
	case BIT_OF_PAGE:
		return arena_printf(d->arena, "%s of a %s",
				    b->locked	   ? "lock"
				    : b->writeback ? "writeback"
						   : "flag",
				    page_words(d, b->addr));
	case BIT_OF_BUFFER:
		return arena_printf(d->arena, "buffer 0x%llx", HEX(b->addr));
	case BIT_OF_INODE:
		inode = inode_words(d, b->addr);
		return inode ? arena_printf(d->arena, "state of %s", inode)
			     : "state of an inode";
	case BIT_OF_WORD:
		return word_words(d, b);
	case BIT_OF_NOTHING:
		break;
	}
	return "";
}

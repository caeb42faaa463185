// SPDX-License-Identifier: GPL-2.0-or-later
/* Branches of arm64: Arm's manual, C4.1, "branches, exception and system". */
#include "insn.h"

#include <string.h>

static uint32_t word_at(const unsigned char *bytes)
{
	uint32_t w;

	memcpy(&w, bytes, sizeof(w));
	return w;
}

/* A field of `bits` at `low`, signed, counted in words. */
static uint64_t offset_of(uint32_t w, unsigned int low, unsigned int bits)
{
	int32_t field = (int32_t)(w << (32 - low - bits)) >> (32 - bits);

	return (uint64_t)(int64_t)field * 4;
}

static const struct branch {
	uint32_t mask, value;
	enum insn_kind kind;
	unsigned int low, bits; /* of the offset; 0: there is none */
} branches[] = {
	{0xfc000000, 0x94000000, INSN_CALL, 0, 26},
	{0xfc000000, 0x14000000, INSN_JUMP, 0, 26},
	{0xff000000, 0x54000000, INSN_BRANCH, 5, 19}, /* b.cond, bc.cond */
	{0x7e000000, 0x34000000, INSN_BRANCH, 5, 19}, /* cbz, cbnz */
	{0x7e000000, 0x36000000, INSN_BRANCH, 5, 14}, /* tbz, tbnz */
	{0xfffff800, 0xd65f0800, INSN_RETURN, 0, 0},  /* retaa, retab */
	{0xfffffc1f, 0xd65f0000, INSN_RETURN, 0, 0},
	{0xffffffff, 0xd69f03e0, INSN_RETURN, 0, 0}, /* eret */
	/* with a signature, which bits 24, 11 and 10 tell, and without */
	{0xfefff000, 0xd61f0000, INSN_JUMP_INDIRECT, 0, 0},
	{0xfefff000, 0xd63f0000, INSN_CALL_INDIRECT, 0, 0},
	{0xffe0001f, 0xd4200000, INSN_TRAP, 0, 0}, /* brk */
	{0xffff0000, 0x00000000, INSN_BAD, 0, 0},  /* udf: never in a function */
};

void arm64_insn(const unsigned char *bytes, size_t n, kaddr_t at, struct insn *i)
{
	const struct branch *b;
	uint32_t w;
	size_t k;

	memset(i, 0, sizeof(*i));
	if (n < sizeof(w) || at % sizeof(w))
		return;
	w = word_at(bytes);
	i->kind = INSN_PLAIN;
	i->size = sizeof(w);
	for (k = 0; k < sizeof(branches) / sizeof(branches[0]); k++) {
		b = &branches[k];
		if ((w & b->mask) != b->value)
			continue;
		i->kind = b->kind;
		if (b->bits)
			i->target = at + offset_of(w, b->low, b->bits);
		return;
	}
}

/* A move of 16 bits into x16: movn, movz, movk. */
static bool move(uint32_t w, uint64_t *x16)
{
	unsigned int shift = (w >> 21 & 3) * 16;
	uint64_t part = (uint64_t)(w >> 5 & 0xffff) << shift;

	if ((w & 0x1f) != 16)
		return false;
	switch (w & 0xff800000) {
	case 0x92800000:
		*x16 = ~part;
		return true;
	case 0xd2800000:
		*x16 = part;
		return true;
	case 0xf2800000:
		*x16 = (*x16 & ~(0xffffull << shift)) | part;
		return true;
	default:
		return false;
	}
}

/* The page that adrp makes. */
static kaddr_t page_of(uint32_t w, kaddr_t at)
{
	int64_t pages = (int64_t)((uint64_t)(w >> 5 & 0x7ffff) << 45) >> 43;

	pages |= w >> 29 & 3;
	return (at & ~0xfffull) + (uint64_t)pages * 4096;
}

/* adrp x16, and add x16, x16, #low. */
static bool address(uint32_t w, kaddr_t at, uint64_t *x16)
{
	if ((w & 0x9f00001f) == 0x90000010) {
		*x16 = page_of(w, at);
		return true;
	}
	if ((w & 0xffc003ff) == 0x91000210) {
		*x16 += w >> 10 & 0xfff;
		return true;
	}
	return false;
}

/*
 * "adrp, add, br x16" since bdb85cd1d206 (5.0), "movn, movk, movk, br x16" before.
 */
kaddr_t arm64_veneer(const unsigned char *bytes, size_t n, kaddr_t at)
{
	uint64_t x16 = 0;
	size_t i;
	uint32_t w;

	for (i = 0; i + sizeof(w) <= n && i < VENEER_MAX; i += sizeof(w)) {
		w = word_at(bytes + i);
		if (w == 0xd61f0200) /* br x16 */
			return x16;
		if (w == 0xd503245f || w == 0xd503201f) /* bti c, nop */
			continue;
		if (!move(w, &x16) && !address(w, at + i, &x16))
			return 0;
	}
	return 0;
}

/* adrp into a register, and the rest of the address added to it, or in a load or store. */
bool arm64_names(const unsigned char *bytes, size_t n, kaddr_t at, kaddr_t low,
		 kaddr_t high)
{
	kaddr_t page[32] = {0}, to;
	unsigned int scale;
	size_t i;
	uint32_t w;

	for (i = 0; i + sizeof(w) <= n; i += sizeof(w)) {
		w = word_at(bytes + i);
		to = page[w >> 5 & 0x1f];
		if ((w & 0x9f000000) == 0x90000000) {
			page[w & 0x1f] = page_of(w, at + i);
			continue;
		}
		scale = w >> 30;
		if ((w & 0xffc00000) == 0x91000000) /* add */
			scale = 0;
		else if ((w & 0x3f000000) != 0x39000000) /* ldr, str */
			continue;
		to += (kaddr_t)(w >> 10 & 0xfff) << scale;
		if (page[w >> 5 & 0x1f] && to >= low && to < high)
			return true;
	}
	return false;
}

bool arm64_adds(const unsigned char *bytes, size_t n, uint32_t offset)
{
	size_t i;
	uint32_t w;

	for (i = 0; i + sizeof(w) <= n; i += sizeof(w)) {
		w = word_at(bytes + i);
		if ((w & 0xffc00000) == 0x91000000 && (w >> 10 & 0xfff) == offset)
			return true;
	}
	return false;
}

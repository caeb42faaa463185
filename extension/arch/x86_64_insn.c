// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long instructions of x86_64 are, and where they go: Intel's manual, volume 2,
 * appendix A.  One that the maps below do not have is INSN_BAD.
 */
#include "insn.h"

#include <string.h>

/* What stands behind the opcode. */
enum {
	MODRM = 0x01,
	IMM8 = 0x02,
	IMM16 = 0x04,
	IMM_Z = 0x08, /* 4 bytes, 2 with an operand-size prefix */
	IMM_V = 0x10, /* the same, 8 with REX.W */
	REL32 = 0x20, /* 4 bytes, whatever the prefix */
	MOFFS = 0x40, /* 8 bytes, 4 with an address-size prefix */
	NONE = 0x80,  /* nothing: it is there */
};

struct cursor {
	const unsigned char *bytes;
	size_t n, at;
	bool op16, addr32, rex_w;
};

static bool take(struct cursor *c, unsigned char *byte)
{
	if (c->at >= c->n || c->at >= INSN_MAX)
		return false;
	*byte = c->bytes[c->at++];
	return true;
}

static bool is_prefix(unsigned char byte)
{
	return byte == 0x66 || byte == 0x67 || byte == 0xf0 || byte == 0xf2 ||
	       byte == 0xf3 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
	       byte == 0x26 || byte == 0x64 || byte == 0x65;
}

/* Eight rows of arithmetic, 00 to 3f: the rest of each row is not there in 64 bits. */
static unsigned int arithmetic(unsigned char op)
{
	static const unsigned char row[8] = {MODRM, MODRM, MODRM, MODRM,
					     IMM8,  IMM_Z, 0,	  0};

	return row[op & 7];
}

struct opcodes {
	unsigned char first, last;
	unsigned char behind;
};

static unsigned int find(const struct opcodes *map, size_t n, unsigned char op)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (op >= map[i].first && op <= map[i].last)
			return map[i].behind;
	return 0;
}

static unsigned int one_byte(unsigned char op)
{
	static const struct opcodes map[] = {
		{0x50, 0x5f, NONE},	    {0x63, 0x63, MODRM},
		{0x68, 0x68, IMM_Z},	    {0x69, 0x69, MODRM | IMM_Z},
		{0x6a, 0x6a, IMM8},	    {0x6b, 0x6b, MODRM | IMM8},
		{0x6c, 0x6f, NONE},	    {0x70, 0x7f, IMM8},
		{0x80, 0x80, MODRM | IMM8}, {0x81, 0x81, MODRM | IMM_Z},
		{0x83, 0x83, MODRM | IMM8}, {0x84, 0x8f, MODRM},
		{0x90, 0x99, NONE},	    {0x9b, 0x9f, NONE},
		{0xa0, 0xa3, MOFFS},	    {0xa4, 0xa7, NONE},
		{0xa8, 0xa8, IMM8},	    {0xa9, 0xa9, IMM_Z},
		{0xaa, 0xaf, NONE},	    {0xb0, 0xb7, IMM8},
		{0xb8, 0xbf, IMM_V},	    {0xc0, 0xc1, MODRM | IMM8},
		{0xc2, 0xc2, IMM16},	    {0xc3, 0xc3, NONE},
		{0xc6, 0xc6, MODRM | IMM8}, {0xc7, 0xc7, MODRM | IMM_Z},
		{0xc8, 0xc8, IMM16 | IMM8}, {0xc9, 0xc9, NONE},
		{0xca, 0xca, IMM16},	    {0xcb, 0xcb, NONE},
		{0xcd, 0xcd, IMM8},	    {0xcf, 0xcf, NONE},
		{0xd0, 0xd3, MODRM},	    {0xd7, 0xd7, NONE},
		{0xd8, 0xdf, MODRM},	    {0xe0, 0xe7, IMM8},
		{0xe8, 0xe9, REL32},	    {0xeb, 0xeb, IMM8},
		{0xec, 0xef, NONE},	    {0xf1, 0xf1, NONE},
		{0xf4, 0xf5, NONE},	    {0xf6, 0xf7, MODRM},
		{0xf8, 0xfd, NONE},	    {0xfe, 0xff, MODRM},
	};

	return op < 0x40 ? arithmetic(op) : find(map, sizeof(map) / sizeof(map[0]), op);
}

/* Behind 0f. */
static unsigned int two_bytes(unsigned char op)
{
	static const struct opcodes map[] = {
		{0x00, 0x03, MODRM},	    {0x05, 0x09, NONE},
		{0x0b, 0x0b, NONE},	    {0x0d, 0x0d, MODRM},
		{0x0e, 0x0e, NONE},	    {0x0f, 0x0f, MODRM | IMM8},
		{0x10, 0x23, MODRM},	    {0x28, 0x2f, MODRM},
		{0x30, 0x35, NONE},	    {0x37, 0x37, NONE},
		{0x40, 0x6f, MODRM},	    {0x70, 0x73, MODRM | IMM8},
		{0x74, 0x76, MODRM},	    {0x77, 0x77, NONE},
		{0x78, 0x79, MODRM},	    {0x7c, 0x7f, MODRM},
		{0x80, 0x8f, REL32},	    {0x90, 0x9f, MODRM},
		{0xa0, 0xa2, NONE},	    {0xa3, 0xa3, MODRM},
		{0xa4, 0xa4, MODRM | IMM8}, {0xa5, 0xa5, MODRM},
		{0xa8, 0xaa, NONE},	    {0xab, 0xab, MODRM},
		{0xac, 0xac, MODRM | IMM8}, {0xad, 0xb9, MODRM},
		{0xba, 0xba, MODRM | IMM8}, {0xbb, 0xc1, MODRM},
		{0xc2, 0xc2, MODRM | IMM8}, {0xc3, 0xc3, MODRM},
		{0xc4, 0xc6, MODRM | IMM8}, {0xc7, 0xc7, MODRM},
		{0xc8, 0xcf, NONE},	    {0xd0, 0xff, MODRM},
	};

	return find(map, sizeof(map) / sizeof(map[0]), op);
}

/* ModRM, SIB and displacement; *modrm is the first. */
static bool take_modrm(struct cursor *c, unsigned char *modrm)
{
	unsigned char sib = 0;
	unsigned int mod, rm;

	if (!take(c, modrm))
		return false;
	mod = *modrm >> 6;
	rm = *modrm & 7;
	if (mod == 3)
		return true;
	if (rm == 4 && !take(c, &sib))
		return false;
	if (mod == 1)
		c->at += 1;
	else if (mod == 2 || rm == 5 || (rm == 4 && (sib & 7) == 5))
		c->at += 4;
	return true;
}

static size_t immediates(const struct cursor *c, unsigned int behind)
{
	size_t size = 0;

	size += behind & IMM8 ? 1 : 0;
	size += behind & IMM16 ? 2 : 0;
	size += behind & IMM_Z ? (c->op16 ? 2 : 4) : 0;
	size += behind & IMM_V ? (c->rex_w ? 8 : c->op16 ? 2 : 4) : 0;
	size += behind & REL32 ? 4 : 0;
	size += behind & MOFFS ? (c->addr32 ? 4 : 8) : 0;
	return size;
}

/* Where a displacement that ends the instruction leads. */
static kaddr_t relative(const struct cursor *c, kaddr_t at, size_t size)
{
	int32_t wide;

	if (size == 1)
		return at + c->at + (uint64_t)(int64_t)(int8_t)c->bytes[c->at - 1];
	memcpy(&wide, c->bytes + c->at - 4, sizeof(wide));
	return at + c->at + (uint64_t)(int64_t)wide;
}

static enum insn_kind kind_of_one(unsigned char op, unsigned char modrm)
{
	switch (op) {
	case 0xe8:
		return INSN_CALL;
	case 0xe9:
	case 0xeb:
		return INSN_JUMP;
	case 0xc2:
	case 0xc3:
	case 0xca:
	case 0xcb:
	case 0xcf:
		return INSN_RETURN;
	case 0xff:
		modrm = modrm >> 3 & 7;
		return modrm == 2 || modrm == 3	  ? INSN_CALL_INDIRECT
		       : modrm == 4 || modrm == 5 ? INSN_JUMP_INDIRECT
						  : INSN_PLAIN;
	default:
		return (op >= 0x70 && op <= 0x7f) || (op >= 0xe0 && op <= 0xe3)
			       ? INSN_BRANCH
			       : INSN_PLAIN;
	}
}

/* ud2, ud1, ud0. */
static enum insn_kind kind_of_two(unsigned char op)
{
	return op == 0x0b || op == 0xb9 || op == 0xff ? INSN_TRAP
	       : op >= 0x80 && op <= 0x8f	      ? INSN_BRANCH
						      : INSN_PLAIN;
}

/* VEX: the map is in its bytes; what has an immediate there is as without it. */
static bool take_vex(struct cursor *c, unsigned char first)
{
	unsigned char byte, op, modrm;
	unsigned int map = 1, behind;

	if (!take(c, &byte))
		return false;
	if (first == 0xc4) {
		map = byte & 0x1f;
		if (!take(c, &byte))
			return false;
	}
	if (!take(c, &op) || map < 1 || map > 3)
		return false;
	behind = map == 1 ? two_bytes(op) : map == 3 ? MODRM | IMM8 : MODRM;
	if (!behind || ((behind & MODRM) && !take_modrm(c, &modrm)))
		return false;
	c->at += immediates(c, behind);
	return true;
}

/* The opcode, and what it has behind it; *two: it is behind 0f.  False: none. */
static bool take_opcode(struct cursor *c, unsigned char *op, bool *two,
			unsigned int *behind)
{
	*two = false;
	if (!take(c, op))
		return false;
	*behind = one_byte(*op);
	if (*op != 0x0f)
		return *behind != 0;
	if (!take(c, op))
		return false;
	*two = true;
	if (*op == 0x38 || *op == 0x3a) {
		*behind = *op == 0x3a ? MODRM | IMM8 : MODRM;
		*two = false;
		return take(c, op) && (*op = 0x90); /* of these none goes elsewhere */
	}
	*behind = two_bytes(*op);
	return *behind != 0;
}

static void take_prefixes(struct cursor *c)
{
	while (c->at < c->n && is_prefix(c->bytes[c->at])) {
		c->op16 |= c->bytes[c->at] == 0x66;
		c->addr32 |= c->bytes[c->at] == 0x67;
		c->at++;
	}
	if (c->at < c->n && (c->bytes[c->at] & 0xf0) == 0x40)
		c->rex_w = c->bytes[c->at++] & 8;
}

void x86_64_insn(const unsigned char *bytes, size_t n, kaddr_t at, struct insn *i)
{
	struct cursor c = {.bytes = bytes, .n = n};
	unsigned char op, modrm = 0;
	unsigned int behind;
	enum insn_kind kind;
	size_t size;
	bool two;

	memset(i, 0, sizeof(*i));
	take_prefixes(&c);
	if (c.at < n && (bytes[c.at] == 0xc4 || bytes[c.at] == 0xc5)) {
		op = bytes[c.at++];
		if (!take_vex(&c, op) || c.at > n || c.at > INSN_MAX)
			return;
		i->kind = INSN_PLAIN;
		i->size = (unsigned int)c.at;
		return;
	}
	if (!take_opcode(&c, &op, &two, &behind) ||
	    ((behind & MODRM) && !take_modrm(&c, &modrm)))
		return;
	if (!two && (op == 0xf6 || op == 0xf7) && !(modrm & 0x30)) /* test */
		behind |= op == 0xf6 ? IMM8 : IMM_Z;
	size = immediates(&c, behind);
	c.at += size;
	if (c.at > n || c.at > INSN_MAX)
		return;
	kind = two ? kind_of_two(op) : kind_of_one(op, modrm);
	if (kind == INSN_CALL || kind == INSN_JUMP || kind == INSN_BRANCH)
		i->target = relative(&c, at, size);
	i->kind = kind;
	i->size = (unsigned int)c.at;
}

/*
 * Four bytes that are the address, as the kernel's text has it in an instruction: its
 * lower half, or its distance from the instruction's end.
 */
bool x86_64_names(const unsigned char *bytes, size_t n, kaddr_t at, kaddr_t low,
		  kaddr_t high)
{
	uint64_t wide;
	int32_t word;
	size_t i;

	for (i = 0; i + sizeof(word) <= n; i++) {
		memcpy(&word, bytes + i, sizeof(word));
		wide = (uint64_t)(int64_t)word;
		if (wide >= low && wide < high)
			return true;
		wide += at + i + sizeof(word);
		if (wide >= low && wide < high)
			return true;
	}
	return false;
}

/* A constant of 1 or 4 bytes. */
static bool constant(const unsigned char *bytes, size_t n, bool wide, int32_t *v)
{
	if (n < (wide ? 4u : 1u))
		return false;
	*v = bytes[0] < 0x80 ? bytes[0] : bytes[0] - 0x100;
	if (wide)
		memcpy(v, bytes, sizeof(*v));
	return true;
}

/* lea; add; and sub of the opposite, which is shorter for 128. */
static bool adds_at(const unsigned char *bytes, size_t n, int32_t offset)
{
	unsigned char op = bytes[0], modrm = bytes[1];
	int32_t v;

	if (op == 0x8d && (modrm >> 6 == 1 || modrm >> 6 == 2)) {
		bytes += (modrm & 7) == 4 ? 3 : 2;
		n -= (modrm & 7) == 4 ? 3 : 2;
		return constant(bytes, n, modrm >> 6 == 2, &v) && v == offset;
	}
	if ((op != 0x83 && op != 0x81) || modrm >> 6 != 3 ||
	    !constant(bytes + 2, n - 2, op == 0x81, &v))
		return false;
	return (modrm >> 3 & 7) == 0   ? v == offset
	       : (modrm >> 3 & 7) == 5 ? v == -offset
				       : false;
}

bool x86_64_adds(const unsigned char *bytes, size_t n, uint32_t offset)
{
	size_t i;

	for (i = 0; i + 3 <= n; i++)
		if (adds_at(bytes + i, n - i, (int32_t)offset))
			return true;
	return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "made_kallsyms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARM_IMAGE 0xffff800008000000
#define ARM_PHYS 0x40000000ull
#define ARM_PAGE 3ull
#define ARM_BLOCK 1ull
#define ARM_PXN (1ull << 53)
#define ARM_RDONLY (1ull << 7)
#define ARM_ROOT 0x41f00000ull
#define TOKENS 256
#define NAMES_PER_MARKER 256

/* ---- releases ---------------------------------------------------------------- */

const struct made_format made_formats[MADE_FORMATS] = {
	{.release = "4.19 of arm64",
	 .machine = "aarch64",
	 .align = 256,
	 .marker = 8,
	 .addresses = MADE_ADDRESSES},
	{.release = "4.19 of arm64, relative",
	 .machine = "aarch64",
	 .align = 256,
	 .marker = 8,
	 .addresses = MADE_RELATIVE},
	{.release = "4.19 of x86_64",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 8,
	 .addresses = MADE_PERCPU_ABSOLUTE},
	{.release = "5.10",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_PERCPU_ABSOLUTE},
	{.release = "5.10 of arm64",
	 .machine = "aarch64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_RELATIVE},
	{.release = "6.0 with addresses",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_ADDRESSES,
	 .in_vmcoreinfo = true},
	{.release = "6.1",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_PERCPU_ABSOLUTE,
	 .two_bytes = true,
	 .in_vmcoreinfo = true},
	{.release = "6.2",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_PERCPU_ABSOLUTE,
	 .two_bytes = true,
	 .numbers_before_tokens = true,
	 .in_vmcoreinfo = true},
	{.release = "6.4",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_PERCPU_ABSOLUTE,
	 .two_bytes = true,
	 .names_first = true,
	 .in_vmcoreinfo = true},
	{.release = "6.4 with addresses",
	 .machine = "aarch64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_ADDRESSES,
	 .two_bytes = true,
	 .names_first = true},
	{.release = "6.15",
	 .machine = "x86_64",
	 .align = 8,
	 .marker = 4,
	 .addresses = MADE_RELATIVE,
	 .two_bytes = true,
	 .names_first = true,
	 .in_vmcoreinfo = true},
	{.release = "7.0",
	 .machine = "x86_64",
	 .align = 4,
	 .marker = 4,
	 .addresses = MADE_FROM_PLACE,
	 .two_bytes = true,
	 .names_first = true,
	 .in_vmcoreinfo = true},
	/* Its offsets at a multiple of 4 that is none of 8. */
	{.release = "7.0 of arm64",
	 .machine = "aarch64",
	 .align = 4,
	 .marker = 4,
	 .addresses = MADE_FROM_PLACE,
	 .two_bytes = true,
	 .names_first = true,
	 .shift = 4},
};

const struct made_format *made_format(const char *release)
{
	size_t i;

	for (i = 0; strcmp(made_formats[i].release, release) != 0;)
		i++;
	return &made_formats[i];
}

/* ---- the machine ------------------------------------------------------------- */

kaddr_t made_image(const char *machine)
{
	return !strcmp(machine, "aarch64") ? ARM_IMAGE : MADE_IMAGE;
}

static struct made_tables made_arm64(struct made *m)
{
	struct made_tables t = {.m = m,
				.root = ARM_ROOT,
				.next = ARM_ROOT + 0x1000,
				.levels = 4,
				.shift = 12,
				.bits = 9,
				.root_bits = 9,
				.table = ARM_PAGE};

	made_info(m, "NUMBER(VA_BITS)=48");
	made_info(m, "NUMBER(kimage_voffset)=0x%llx", HEX(ARM_IMAGE - ARM_PHYS));
	made_info(m, "SYMBOL(swapper_pg_dir)=%llx", HEX(ARM_ROOT + ARM_IMAGE - ARM_PHYS));
	return t;
}

static bool is_arm64(const struct made_kallsyms *k)
{
	return k->image == ARM_IMAGE;
}

void made_put_at(struct made_kallsyms *k, kaddr_t va, const void *bytes, size_t size)
{
	made_put(k->m, va - k->base, bytes, size);
}

static void boot(struct made_kallsyms *k, const char *machine)
{
	kaddr_t text;

	k->m = made_memory(machine, 4096);
	k->image = made_image(machine);
	k->t = is_arm64(k) ? made_arm64(k->m) : made_x86_64(k->m, 4);
	k->base = k->image - (is_arm64(k) ? ARM_PHYS : MADE_PHYS_BASE);
	text = k->image + MADE_TEXT;
	made_info(k->m, "SYMBOL(_stext)=%llx", HEX(text));
	made_entry(&k->t, text, 2,
		   is_arm64(k) ? (text - k->base) | ARM_BLOCK | ARM_RDONLY
			       : (text - k->base) | X86_PRESENT | X86_PSE);
	made_put_at(k, k->image + MADE_BANNER, "Linux version 6.1.0-made", 25);
}

/* What is to be read only, which the tables say of each page. */
static void protect(struct made_kallsyms *k, kaddr_t from, kaddr_t to)
{
	for (from &= -4096ull; from < to; from += 4096)
		made_entry(&k->t, from, 1,
			   is_arm64(k)
				   ? (from - k->base) | ARM_PAGE | ARM_RDONLY | ARM_PXN
				   : (from - k->base) | X86_PRESENT | X86_NX);
}

/* ---- tables -------------------------------------------------------------------- */

/* Codes of letters that no name has stand for what is frequent, as the kernel's do. */
static const char *token(unsigned int code)
{
	static const char *const frequent[] = {"function_", "tfunction_", "linux_",
					       "__",	    "in",	  "aaaa"};
	static char own[8];

	if (code >= 0xf0 && code < 0xf0 + ARRAY_SIZE(frequent))
		return frequent[code - 0xf0];
	snprintf(own, sizeof(own), code > ' ' && code < 0x7f ? "%c" : "Q%02x", code);
	return own;
}

static size_t put(struct made_kallsyms *k, kaddr_t *at, const void *bytes, size_t size)
{
	made_put_at(k, *at, bytes, size);
	*at += size;
	return size;
}

static void align_to(kaddr_t *at, size_t align)
{
	*at = (*at + align - 1) & -(uint64_t)align;
}

static size_t pack(unsigned char *to, const struct made_symbol *s)
{
	char text[4096];
	const char *p = text;
	size_t n = 0;

	snprintf(text, sizeof(text), "%c%s", s->type, s->name);
	while (*p) {
		unsigned int code, best = (unsigned char)*p;

		for (code = 0xf0; code < TOKENS; code++)
			if (!strncmp(p, token(code), strlen(token(code))) &&
			    strlen(token(code)) > strlen(token(best)))
				best = code;
		p += strlen(token(best));
		to[n++] = (unsigned char)best;
	}
	return n;
}

static void put_names(struct made_kallsyms *k, const struct made_format *f,
		      const struct made_symbol *s, size_t n, kaddr_t *at)
{
	uint64_t *markers = calloc(n / NAMES_PER_MARKER + 1, sizeof(*markers));
	uint32_t count = (uint32_t)n;
	size_t i;

	k->num = *at;
	put(k, at, &count, sizeof(count));
	align_to(at, f->align);
	k->names = *at;
	for (i = 0; i < n; i++) {
		unsigned char packed[4096], length[2];
		size_t tokens = pack(packed, &s[i]);
		bool two = f->two_bytes && tokens > 127;

		if (i % NAMES_PER_MARKER == 0)
			markers[i / NAMES_PER_MARKER] = *at - k->names;
		length[0] = (unsigned char)(two ? (tokens & 0x7f) | 0x80 : tokens);
		length[1] = (unsigned char)(tokens >> 7);
		put(k, at, length, two ? 2 : 1);
		put(k, at, packed, tokens);
	}
	align_to(at, f->align);
	k->markers = *at;
	for (i = 0; i * NAMES_PER_MARKER < n; i++)
		put(k, at, &markers[i], f->marker);
	align_to(at, f->align);
	free(markers);
}

static void put_tokens(struct made_kallsyms *k, const struct made_format *f, kaddr_t *at)
{
	uint16_t index[TOKENS];
	char text[64];
	unsigned int i;

	k->tokens = *at;
	for (i = 0; i < TOKENS; i++) {
		index[i] = (uint16_t)(*at - k->tokens);
		snprintf(text, sizeof(text), "%s%.*s", token(i),
			 i == TOKENS - 1 ? (int)f->shift : 0, "xxxxxxxx");
		put(k, at, text, strlen(text) + 1);
	}
	align_to(at, f->align);
	k->index = *at;
	put(k, at, index, sizeof(index));
	align_to(at, f->align);
}

static uint64_t first_relative(const struct made_symbol *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && !(s[i].addr >> 63);)
		i++;
	return s[i].addr;
}

static void put_addresses(struct made_kallsyms *k, const struct made_format *f,
			  const struct made_symbol *s, size_t n, kaddr_t *at)
{
	uint64_t base = first_relative(s, n);
	size_t i;

	k->offsets = *at;
	for (i = 0; i < n; i++) {
		uint64_t addr = s[i].addr, v = addr - base;

		if (f->addresses == MADE_PERCPU_ABSOLUTE)
			v = addr >> 63 ? base - 1 - addr : addr;
		else if (f->addresses == MADE_FROM_PLACE)
			v = addr - *at;
		else if (f->addresses == MADE_ADDRESSES)
			v = addr;
		put(k, at, &v, f->addresses == MADE_ADDRESSES ? 8 : 4);
	}
	align_to(at, f->align);
	if (f->addresses == MADE_FROM_PLACE || f->addresses == MADE_ADDRESSES)
		return;
	k->relative_base = *at;
	put(k, at, &base, sizeof(base));
	align_to(at, f->align);
}

static void put_numbers(struct made_kallsyms *k, size_t n, size_t align, kaddr_t *at)
{
	uint32_t number = 12345;
	size_t i;

	for (i = 0; i < n; i++) {
		number = number * 1103515245 + 12345;
		put(k, at, &number, 3);
	}
	align_to(at, align);
}

static void tell(struct made_kallsyms *k, const struct made_format *f)
{
	made_info(k->m, "SYMBOL(kallsyms_names)=%llx", HEX(k->names));
	made_info(k->m, "SYMBOL(kallsyms_num_syms)=%llx", HEX(k->num));
	made_info(k->m, "SYMBOL(kallsyms_token_table)=%llx", HEX(k->tokens));
	made_info(k->m, "SYMBOL(kallsyms_token_index)=%llx", HEX(k->index));
	made_info(k->m,
		  f->addresses == MADE_ADDRESSES ? "SYMBOL(kallsyms_addresses)=%llx"
						 : "SYMBOL(kallsyms_offsets)=%llx",
		  HEX(k->offsets));
	if (k->relative_base)
		made_info(k->m, "SYMBOL(kallsyms_relative_base)=%llx",
			  HEX(k->relative_base));
}

void made_kallsyms(struct made_kallsyms *k, const struct made_format *f,
		   const struct made_symbol *symbols, size_t n)
{
	kaddr_t at;

	*k = (struct made_kallsyms){0};
	boot(k, f->machine);
	at = k->image + MADE_RODATA + 0x2f00; /* the page before is not there */
	if (!f->names_first)
		put_addresses(k, f, symbols, n, &at);
	put_names(k, f, symbols, n, &at);
	if (f->numbers_before_tokens)
		put_numbers(k, n, f->align, &at);
	put_tokens(k, f, &at);
	if (f->names_first) {
		put_addresses(k, f, symbols, n, &at);
		put_numbers(k, n, f->align, &at);
	}
	k->end = at;
	protect(k, k->image + MADE_RODATA, at + 4096);
	if (f->in_vmcoreinfo)
		tell(k, f);
}

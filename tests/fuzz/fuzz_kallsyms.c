// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: the tables of kallsyms of one release or another, sound but for some
 * bytes, read by vmcoreinfo's words or by a scan.
 *
 * Besides what the sanitizers see: a symbol that is listed is found by its name, at the
 * first that has it, and by its address where addresses rise.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/made_kallsyms.h"
#include "readers/core/kallsyms.h"

/* Two markers, of which each is of 256 names. */
#define FUNCTIONS 300
#define LOOKED_AT 8 /* of so many symbols one */
#define CHANGES_MAX 64

/* A change of some bytes: 5 bytes of input. */
struct change {
	uint8_t where, width;
	uint16_t offset;
	uint8_t value;
};

static struct made_kallsyms kernels[MADE_FORMATS];

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static struct made_kallsyms *kernel(size_t i)
{
	static char names[FUNCTIONS][32];
	struct made_symbol symbols[FUNCTIONS + 3];
	kaddr_t image = made_image(made_formats[i].machine);
	size_t n;

	if (kernels[i].m)
		return &kernels[i];
	symbols[0] = (struct made_symbol){image + MADE_TEXT, 'T', "_stext"};
	for (n = 0; n < FUNCTIONS; n++) {
		snprintf(names[n], sizeof(names[n]), "function_%zu.%zu", n / 2, n);
		symbols[n + 1] = (struct made_symbol){image + MADE_TEXT + n / 3 * 0x40,
						      't', names[n]};
	}
	symbols[++n] = (struct made_symbol){image + MADE_BANNER, 'D', "linux_banner"};
	symbols[++n] = (struct made_symbol){image + 0x1800000, 'D', "init_uts_ns"};
	made_kallsyms(&kernels[i], &made_formats[i], symbols, n + 1);
	return &kernels[i];
}

/* ---- changes, which are put back ------------------------------------------------ */

static struct undo {
	uint64_t pa, old;
} undo[CHANGES_MAX];
static size_t nundo;

static void change(struct made_kallsyms *k, const struct change *c)
{
	const kaddr_t places[] = {k->num,
				  k->names,
				  k->markers,
				  k->tokens,
				  k->index,
				  k->offsets,
				  k->relative_base ? k->relative_base : k->num};
	uint64_t pa, value = c->value;

	pa = places[c->where % ARRAY_SIZE(places)] +
	     c->offset / (c->where & 0x80 ? 1 : 256) - k->base;
	/* What lies behind the tables need not be changed, nor two pages at once. */
	if (nundo == CHANGES_MAX || pa + 8 > k->end - k->base || pa % 4096 > 4096 - 8)
		return;
	undo[nundo++] = (struct undo){pa, made_get(k->m, pa)};
	if (c->width & 0x80)
		value *= 0x0101010101010101;
	made_put(k->m, pa, &value, c->width % 8 + 1);
}

static void put_back(struct made_kallsyms *k)
{
	while (nundo--)
		made_u64(k->m, undo[nundo].pa, undo[nundo].old);
	nundo = 0;
}

/* ---- what is checked ------------------------------------------------------------- */

static void look_at(struct kallsyms *k, const struct kallsyms_symbol *s, bool rising)
{
	kaddr_t addr, start;
	char name[1024];

	snprintf(name, sizeof(name), "%s", s->name);
	if (strlen(name) < sizeof(name) - 1 && !kallsyms_named(k, name, &addr))
		fail("a name that is listed is not found");
	kallsyms_above(k, s->addr, &addr);
	if (kallsyms_at(k, s->addr, &start) && rising && start > s->addr)
		fail("a symbol above what it is at");
}

static void check(struct kallsyms *k, size_t which)
{
	struct kallsyms_symbol s;
	bool rising = true;
	kaddr_t last = 0;
	size_t i;

	for (i = 0; kallsyms_get(k, i, &s); i++) {
		rising = rising && s.addr >= last;
		last = s.addr;
		if (i % LOOKED_AT == which % LOOKED_AT)
			look_at(k, &s, rising);
	}
	kallsyms_local(k, "function_4", &last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct made_kallsyms *k;
	struct error why;
	struct kallsyms *read;
	struct space *s;
	struct change c;
	size_t i;

	if (!size)
		return 0;
	k = kernel(data[0] % MADE_FORMATS);
	for (i = 1; i + 5 <= size; i += 5) {
		c = (struct change){data[i], data[i + 1],
				    (uint16_t)load_le(data + i + 2, 2), data[i + 4]};
		change(k, &c);
	}
	s = space_open(&a, made_open(k->m), &why);
	read = s ? kallsyms_read(&a, s, &why) : NULL;
	if (read)
		check(read, size);
	else if (i == 1)
		fail("a sound kernel is not read");
	put_back(k);
	arena_free(&a);
	return 0;
}

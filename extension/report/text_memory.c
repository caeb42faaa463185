// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu sym` and `rd`. */
#include "report.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "text_writer.h"

void text_symbol(FILE *out, kaddr_t addr, const struct dump_symbol *sym)
{
	fprintf(out, "%016llx  %s", HEX(addr), sym->name);
	if (sym->offset)
		fprintf(out, "+0x%llx", HEX(sym->offset));
	if (sym->module[0])
		fprintf(out, " [%s]", sym->module);
	fputc('\n', out);
}

/* ---- rd -------------------------------------------------------------------- */

#define LINE 16		 /* bytes */
#define SYMBOL_COLUMN 25 /* where a symbol is, or a word beside one */

/* Digits of the largest word, and a sign. */
static int width(const struct memory_words *w)
{
	return w->form == WORD_HEX ? (int)w->size * 2
	       : w->size == 8	   ? 20
	       : w->size == 4	   ? 11
	       : w->size == 2	   ? 6
				   : 4;
}

static int decimal(FILE *out, const struct memory_words *w, uint64_t v)
{
	unsigned int rest = 64 - 8 * (unsigned int)w->size;

	if (w->form == WORD_SIGNED)
		return fprintf(out, " %*lld", width(w),
			       (long long)((int64_t)(v << rest) >> rest));
	return fprintf(out, " %*llu", width(w), COUNT(v));
}

/* Returns the columns that it takes. */
static int word(FILE *out, const struct memory_words *w, size_t at)
{
	size_t i = at / w->size;
	uint64_t v = load_le(w->block->bytes + at, w->size);

	if (w->symbols && w->symbols[i])
		return fprintf(out, " %s", w->symbols[i]);
	if (w->form != WORD_HEX)
		return decimal(out, w, v);
	return fprintf(out, " %0*llx", width(w), HEX(v));
}

static void ascii(FILE *out, const unsigned char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fputc(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.', out);
}

static void row(FILE *out, const struct memory_words *w, size_t at, size_t n)
{
	size_t i, missing = (LINE - n) / w->size;
	int columns = SYMBOL_COLUMN;

	fprintf(out, "%016llx: ", HEX(w->block->addr + at));
	for (i = 0; i < n; i += w->size) {
		if (w->symbols && columns < SYMBOL_COLUMN)
			fprintf(out, "%*s", SYMBOL_COLUMN - columns, "");
		columns = word(out, w, at + i);
	}
	if (w->text) {
		fprintf(out, "%*s   ", (int)missing * (width(w) + 1), "");
		ascii(out, w->block->bytes + at, n);
	}
	fputc('\n', out);
}

/* Of a word the dump has all or nothing; a line ends where a hole begins. */
static size_t whole_words(const struct memory_words *w, size_t at)
{
	size_t n = 0, end = w->block->size - at;

	if (end > LINE)
		end = LINE;
	while (n < end && !block_hole(w->block, at + n, w->size))
		n += w->size;
	return n;
}

void text_words(FILE *out, const struct facts *f, const struct memory_words *w)
{
	const struct hole *h;
	size_t at, n;

	for (at = 0; at < w->block->size; at += n) {
		n = whole_words(w, at);
		if (n) {
			row(out, w, at, n);
			continue;
		}
		h = block_hole(w->block, at, w->size);
		n = hole_words(h, at, w->size);
		fprintf(out, "%016llx:  %s (%zu bytes)\n", HEX(w->block->addr + at),
			h->why, n);
	}
	text_notes(out, f);
}

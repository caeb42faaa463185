// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu sym -j` and `rd -j`. */
#include "json_parts.h"

#include "base/base.h"

void json_symbol(FILE *out, const struct facts *f, kaddr_t addr,
		 const struct dump_symbol *sym)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_object(j, "symbol");
	json_address(j, "address", addr);
	json_text(j, "name", sym->name);
	json_int(j, "offset", (int64_t)sym->offset);
	json_text(j, "module", sym->module[0] ? sym->module : NULL);
	json_end_object(j);
	json_finish(j, f);
}

/* ---- rd -------------------------------------------------------------------- */

/* 0 is an address too, which json_address() takes for none. */
static void address(struct json *j, kaddr_t addr)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%llx", HEX(addr));
	json_text(j, "address", hex);
}

static void word(struct json *j, const struct memory_words *w, size_t at)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "%0*llx", (int)w->size * 2,
		 HEX(load_le(w->block->bytes + at, w->size)));
	json_text(j, NULL, hex);
}

/* Words that are there, up to a hole or the end; returns where they end. */
static size_t run(struct json *j, const struct memory_words *w, size_t at)
{
	size_t i, begin = at;

	json_object(j, NULL);
	address(j, w->block->addr + at);
	json_array(j, "words");
	for (; at < w->block->size && !block_hole(w->block, at, w->size); at += w->size)
		word(j, w, at);
	json_end_array(j);
	if (w->symbols) {
		json_array(j, "symbols");
		for (i = begin; i < at; i += w->size)
			json_text(j, NULL, w->symbols[i / w->size]);
		json_end_array(j);
	}
	json_end_object(j);
	return at;
}

static size_t hole(struct json *j, const struct memory_words *w, size_t at,
		   const struct hole *h)
{
	size_t n = hole_words(h, at, w->size);

	json_object(j, NULL);
	address(j, w->block->addr + at);
	json_int(j, "bytes", (int64_t)n);
	json_text(j, "unread", h->why);
	json_end_object(j);
	return at + n;
}

void json_words(FILE *out, const struct facts *f, const struct memory_words *w)
{
	struct json *j = json_begin(out, f);
	const struct hole *h;
	size_t at = 0;

	if (!j)
		return;
	json_object(j, "memory");
	json_int(j, "word_bytes", (int64_t)w->size);
	json_array(j, "runs");
	while (at < w->block->size) {
		h = block_hole(w->block, at, w->size);
		at = h ? hole(j, w, at, h) : run(j, w, at);
	}
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}

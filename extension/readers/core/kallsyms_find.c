// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* memmem() */
#include "kallsyms_find.h"

#define SYMBOLS_MAX (4u << 20)
#define NAME_LENGTH_MAX 1024 /* in tokens; the kernel's longest name has 511 letters */
#define NAMES_PER_MARKER 256
#define WINDOW_MAX ((size_t)64 << 20)
/* Sections begin at 2 MiB, and pages between them are freed; more ends the image. */
#define HOLE_MAX ((size_t)2 << 20)
#define WINDOW_STEP ((size_t)16 << 10)
/* 48 tokens are before that of "0", and a token is short. */
#define TOKENS_MAX ((size_t)16 << 10)
#define TOKENS_BEFORE_0 48
/* So much text, and no more, is looked through for the end of text. */
#define TEXT_MAX (512ull << 20)
/* Whoever made the tables up must not make the search long: bytes that it may look at. */
#define STEPS_MAX (1ull << 27)

static const size_t alignments[] = {8, 4, 256};

static size_t align(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* ---- a window on the kernel's memory, which grows onward ----------------------- */

struct window {
	struct arena *a;
	struct space *s;
	kaddr_t at;
	unsigned char *v;
	size_t have, room;
};

static bool read_page(struct window *w)
{
	size_t page = core_about(space_core(w->s))->page_size;
	kaddr_t at = w->at + w->have;
	size_t n = page - at % page;

	if (w->have + n > w->room) {
		w->room = (w->have + n) / 2 * 3 + (256 << 10);
		w->v = arena_grow(w->a, w->v, w->room);
	}
	if (space_read(w->s, at, w->v + w->have, n) != DUMP_OK)
		return false;
	w->have += n;
	return true;
}

/* Is it seen up to here?  Then a bit further too, as far as it can be read. */
static bool see(struct window *w, size_t to)
{
	size_t further = to + WINDOW_STEP;

	while (w->have < further && further <= WINDOW_MAX && read_page(w))
		;
	return w->have >= to;
}

/* ---- names and markers --------------------------------------------------------- */

/*
 * Where each of n names is that begin at from; at[n] is where they end.  False: they
 * cannot all be there.
 */
static bool split(struct window *w, size_t from, size_t n, bool two_bytes, uint32_t *at)
{
	size_t p = from, length, i;

	for (i = 0; i < n; i++) {
		if (p + 2 > w->have && !see(w, p + 2))
			return false;
		at[i] = (uint32_t)(p - from);
		length = w->v[p++];
		if (two_bytes && length & 0x80)
			length = (length & 0x7f) | (size_t)w->v[p++] << 7;
		p += length;
		if (!length || length > NAME_LENGTH_MAX || (p > w->have && !see(w, p)))
			return false;
	}
	at[n] = (uint32_t)(p - from);
	return true;
}

static bool markers_agree(const unsigned char *markers, size_t width, const uint32_t *at,
			  size_t n)
{
	size_t i;

	for (i = 0; i * NAMES_PER_MARKER < n; i++)
		if (load_le(markers + i * width, width) != at[i * NAMES_PER_MARKER])
			return false;
	return true;
}

/* Are there markers behind the names, and do they agree? */
static bool markers_behind(struct window *w, const uint32_t *at, size_t n)
{
	size_t count = (n + NAMES_PER_MARKER - 1) / NAMES_PER_MARKER, i, width;

	for (i = 0; i < ARRAY_SIZE(alignments); i++)
		for (width = 4; width <= 8; width += 4) {
			size_t markers = align(w->at + at[n], alignments[i]) - w->at;

			if (see(w, markers + count * width) &&
			    markers_agree(w->v + markers, width, at, n))
				return true;
		}
	return false;
}

/* ---- by vmcoreinfo -------------------------------------------------------------- */

static bool named(struct space *s, const char *name, kaddr_t *addr)
{
	return core_info_number(space_core(s), "SYMBOL", name, addr);
}

static bool read_number(struct space *s, struct kallsyms_tables *t, struct error *why)
{
	unsigned char bytes[4];

	if (space_read(s, t->num, bytes, sizeof(bytes)) != DUMP_OK)
		return error_set(why, "the number of symbols cannot be read");
	t->n = load_le(bytes, sizeof(bytes));
	if (!t->n || t->n > SYMBOLS_MAX)
		return error_set(why, "there cannot be %zu symbols", t->n);
	return true;
}

bool kallsyms_find_by_info(struct arena *a, struct space *s, struct kallsyms_tables *t,
			   struct error *why)
{
	struct window w = {.a = a, .s = s};

	*t = (struct kallsyms_tables){0};
	if (!named(s, "kallsyms_num_syms", &t->num) ||
	    !named(s, "kallsyms_names", &t->names_at) ||
	    !named(s, "kallsyms_token_table", &t->tokens) ||
	    !named(s, "kallsyms_token_index", &t->index))
		return error_set(why, "vmcoreinfo does not name its tables");
	named(s, "kallsyms_offsets", &t->offsets);
	named(s, "kallsyms_addresses", &t->addresses);
	named(s, "kallsyms_relative_base", &t->base);
	if (!read_number(s, t, why))
		return false;
	w.at = t->names_at;
	t->name_at = arena_alloc(a, (t->n + 1) * sizeof(*t->name_at));
	t->two_bytes = split(&w, 0, t->n, true, t->name_at) &&
		       markers_behind(&w, t->name_at, t->n);
	if (!t->two_bytes && !(split(&w, 0, t->n, false, t->name_at) &&
			       markers_behind(&w, t->name_at, t->n)))
		return error_set(why, "its names and its markers do not agree");
	t->names = arena_grow(a, w.v, t->name_at[t->n]);
	return true;
}

/* ---- by a scan ------------------------------------------------------------------- */

struct scan {
	struct window w;
	struct kallsyms_tables *t;
	uint64_t steps; /* that are left */
	size_t tokens;
};

static bool spend(struct scan *s, uint64_t steps)
{
	s->steps = s->steps > steps ? s->steps - steps : 0;
	return s->steps;
}

/*
 * Where text ends and read-only data begins, since text is much: the first that is neither
 * to be written nor run.  A kernel that does not protect its text has none.
 */
static kaddr_t read_only_data(struct space *s, kaddr_t text)
{
	kaddr_t page = core_about(space_core(s))->page_size, va = text & ~(page - 1);
	kaddr_t end = va + TEXT_MAX;
	struct space_leaf leaf;

	for (text = va; va < end && va >= text; va += page) {
		if (!space_leaf(s, va, &leaf))
			continue;
		if (!leaf.writable && !leaf.executable)
			return va;
		va = leaf.start + leaf.size - page;
	}
	return text;
}

/* Are here 256 strings, and behind them where each begins?  That proves them. */
static bool tokens_at(struct scan *s, size_t start)
{
	const unsigned char *v = s->w.v + start;
	size_t left = s->w.have - start, at = 0, i;
	uint16_t index[256];

	if (left > TOKENS_MAX)
		left = TOKENS_MAX;

	for (i = 0; i < ARRAY_SIZE(index); i++) {
		const unsigned char *nul = memchr(v + at, 0, left - at);

		if (!nul || !spend(s, (uint64_t)(nul - v) - at + 1))
			return false;
		index[i] = (uint16_t)at;
		at = (size_t)(nul - v) + 1;
	}
	for (i = 0; i < ARRAY_SIZE(alignments); i++) {
		size_t behind = align(s->w.at + start + at, alignments[i]) - s->w.at;

		if (behind + sizeof(index) <= s->w.have &&
		    !memcmp(s->w.v + behind, index, sizeof(index))) {
			s->tokens = start;
			s->t->tokens = s->w.at + start;
			s->t->index = s->w.at + behind;
			return true;
		}
	}
	return false;
}

/* The token of "0" is here: 48 strings lie between where the tokens begin and it. */
static bool tokens_around(struct scan *s, size_t zero)
{
	size_t start = zero, strings = 0;

	see(&s->w, zero + 2 * TOKENS_MAX);
	while (start && strings <= TOKENS_BEFORE_0 && zero - start < TOKENS_MAX) {
		start--;
		strings += !s->w.v[start];
		if (strings == TOKENS_BEFORE_0 && !((s->w.at + start) % 4) &&
		    tokens_at(s, start))
			return true;
	}
	return false;
}

/* A digit's token is the digit, so that ten of them are in a row. */
static bool tokens_in_run(struct scan *s)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	size_t from = 0, have;
	const unsigned char *hit;

	while (have = s->w.have, see(&s->w, have + 1)) {
		while ((hit = memmem(s->w.v + from, s->w.have - from, digits,
				     sizeof(digits)))) {
			from = (size_t)(hit - s->w.v);
			if (tokens_around(s, from++))
				return true;
			if (!spend(s, TOKENS_MAX))
				return false;
		}
		from = s->w.have - sizeof(digits);
	}
	return false;
}

/* The next pages that are in the dump: those between sections were freed. */
static bool next_run(struct window *w)
{
	size_t page = core_about(space_core(w->s))->page_size, hole;
	kaddr_t at = w->at + w->have;
	unsigned char byte;

	for (hole = 0; hole < HOLE_MAX; hole += page)
		if (space_read(w->s, at + hole, &byte, 1) == DUMP_OK) {
			w->at = at + hole;
			w->have = 0;
			return true;
		}
	return false;
}

/* The tables are all in one run. */
static bool find_tokens(struct scan *s)
{
	do {
		if (tokens_in_run(s))
			return true;
	} while (spend(s, s->w.have + 1) && next_run(&s->w));
	return false;
}

struct markers {
	size_t at, width;
	size_t count; /* at most: what follows them may look like one more */
	uint64_t before_last, last;
};

/* How many begin there: from 0, each as far behind the last as 256 names are long. */
static size_t markers_at(struct scan *s, struct markers *m)
{
	const unsigned char *v = s->w.v + m->at;
	size_t room = (s->tokens - m->at) / m->width;

	m->count = 0;
	m->before_last = m->last = 0;
	if (!room || load_le(v, m->width))
		return 0;
	for (m->count = 1; m->count < room && spend(s, 1); m->count++) {
		uint64_t next = load_le(v + m->count * m->width, m->width);

		if (next < m->last + 2 * NAMES_PER_MARKER ||
		    next > m->last + NAMES_PER_MARKER * NAME_LENGTH_MAX)
			break;
		m->before_last = m->last;
		m->last = next;
	}
	return m->count;
}

/* Are n names from here on, in front of the markers, which agree with each? */
static bool names_at(struct scan *s, size_t names, size_t n, const struct markers *m,
		     bool two_bytes)
{
	struct kallsyms_tables *t = s->t;

	/* First 256 of them: that is where a wrong place mostly shows. */
	if (!spend(s, NAMES_PER_MARKER) ||
	    !split(&s->w, names, NAMES_PER_MARKER, two_bytes, t->name_at) ||
	    load_le(s->w.v + m->at + m->width, m->width) !=
		    t->name_at[NAMES_PER_MARKER] ||
	    !spend(s, n))
		return false;
	t->name_at = arena_grow(s->w.a, t->name_at, (n + 1) * sizeof(*t->name_at));
	return split(&s->w, names, n, two_bytes, t->name_at) &&
	       names + t->name_at[n] <= m->at && m->at - names - t->name_at[n] < 256 &&
	       markers_agree(s->w.v + m->at, m->width, t->name_at, n);
}

/* Is what is at num the number of the names that begin a gap behind it? */
static bool number_at(struct scan *s, size_t num, const struct markers *m)
{
	size_t n = load_le(s->w.v + num, 4), i;
	int two_bytes;

	if (n <= NAMES_PER_MARKER || n > SYMBOLS_MAX ||
	    (n - 1) / NAMES_PER_MARKER >= m->count)
		return false;
	for (i = 0; i < ARRAY_SIZE(alignments); i++)
		for (two_bytes = 1; two_bytes >= 0; two_bytes--)
			if (num + alignments[i] < m->at &&
			    names_at(s, num + alignments[i], n, m, two_bytes)) {
				s->t->n = n;
				s->t->two_bytes = two_bytes;
				s->t->num = s->w.at + num;
				s->t->names_at = s->t->num + alignments[i];
				return true;
			}
	return false;
}

/* Before these markers: the names, as many bytes as the last says, and their number. */
static bool names_before(struct scan *s, const struct markers *m)
{
	size_t most = m->last + NAMES_PER_MARKER * NAME_LENGTH_MAX + 2 * 256;
	size_t back;

	for (back = m->before_last & -4ull; back < most && back + 4 <= m->at; back += 4)
		if (spend(s, 1) && number_at(s, m->at - back - 4, m))
			return true;
	return false;
}

/*
 * Backwards from the tokens: the markers, which are right before them, but for 3 bytes of
 * each symbol's sequence number in some releases.
 */
static bool find_names(struct scan *s, size_t width)
{
	struct markers m = {.at = s->tokens, .width = width};

	s->t->name_at = arena_alloc(s->w.a, (NAMES_PER_MARKER + 1) * sizeof(uint32_t));
	while (m.at >= 4 && spend(s, 1)) {
		m.at -= 4;
		if (markers_at(s, &m) >= 2 &&
		    s->tokens - m.at <=
			    m.count * (width + 3 * NAMES_PER_MARKER) + 2 * 256 &&
		    names_before(s, &m))
			return true;
	}
	return false;
}

static bool scan(struct scan *s, struct error *why)
{
	kaddr_t from = s->w.at;

	if (!find_tokens(s))
		return error_set(why, "no table of tokens from 0x%llx to 0x%llx",
				 HEX(from), HEX(s->w.at + s->w.have));
	if (!find_names(s, 4) && !find_names(s, 8))
		return error_set(why,
				 "no names that agree with their markers before 0x%llx",
				 HEX(s->t->tokens));
	return true;
}

static void *copy(struct arena *a, const void *from, size_t size)
{
	return memcpy(arena_alloc(a, size), from, size);
}

bool kallsyms_find_by_scan(struct arena *a, struct space *s, struct kallsyms_tables *t,
			   struct error *why)
{
	struct arena scratch = {.no_memory = a->no_memory};
	struct scan sc = {.w = {.a = &scratch, .s = s}, .t = t, .steps = STEPS_MAX};
	kaddr_t text;
	bool found;

	*t = (struct kallsyms_tables){0};
	if (!named(s, "_stext", &text))
		return error_set(why, "vmcoreinfo does not say where text is");
	sc.w.at = read_only_data(s, text);
	found = scan(&sc, why);
	if (found) {
		t->names = copy(a, sc.w.v + (t->names_at - sc.w.at), t->name_at[t->n]);
		t->name_at = copy(a, t->name_at, (t->n + 1) * sizeof(*t->name_at));
	}
	arena_free(&scratch);
	return found;
}

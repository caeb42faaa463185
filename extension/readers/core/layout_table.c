// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "layout_table.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/new_file.h"

#define FORMAT "1"
#define FILE_MAX (8u << 20)
#define TEXT_MAX (32u << 20)
#define PARTS_MAX 4096
/* No struct is near it; an enumerator may be any number. */
#define BYTES_MAX (1l << 30)
/* As far from _stext as from here: symbols are moved to where the kernel ran. */
#define IMAGE (1ull << 63)
#define LEVEL 12
#define GZIP_SIZE_BYTES 4 /* at its end: how large it becomes */

static const char letters[] = {
	[LAYOUT_TYPE] = 'T',
	[LAYOUT_MEMBER] = 'M',
	[LAYOUT_ENUMERATOR] = 'E',
	[LAYOUT_VARIABLE] = 'V',
};

/* ---- a row by its name ------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	const struct table_row *x = a, *y = b;

	return x->kind != y->kind ? compare(x->kind, y->kind) : strcmp(x->name, y->name);
}

void layout_table_sort(struct table_part *part)
{
	if (part->rows.n)
		qsort(part->rows.v, part->rows.n, sizeof(*part->rows.v), by_name);
}

const struct table_row *layout_table_row(const struct table_part *part,
					 enum layout_kind kind, const char *name)
{
	struct table_row key = {.kind = kind, .name = name};

	return part->rows.n
		       ? bsearch(&key, part->rows.v, part->rows.n, sizeof(key), by_name)
		       : NULL;
}

const struct table_part *layout_table_module(const struct layout_table *t,
					     const char *module)
{
	size_t i;

	for (i = 1; i < t->parts.n; i++)
		if (!strcmp(t->parts.v[i].module, module))
			return &t->parts.v[i];
	return NULL;
}

uint64_t layout_table_spellings(void)
{
	struct layout_spelling s = {0};
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	const char *p;

	while (layout_next_spelling(&s))
		for (p = s.name; p == s.name || p[-1]; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	return hash;
}

const char *layout_table_name(struct arena *a, const struct layout_table *t)
{
	char id[2 * BUILD_ID_MAX + 1];

	build_id_text(&t->parts.v[0].build_id, id);
	return arena_printf(a, "%s.%.12s%slayout", t->release, id, *id ? "." : "");
}

/* ---- its lines ---------------------------------------------------------------- */

struct parse {
	struct arena *a;
	struct layout_table *t;
	struct table_part *part;
	char *rest;    /* of the line */
	kaddr_t at[2]; /* of the last symbol: absolute, of the image */
	bool has_format;
};

/* As strsep() of one character, which is several times as slow as strchr(). */
static char *cut(char **rest, char at)
{
	char *word = *rest, *end = word ? strchr(word, at) : NULL;

	*rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return word;
}

static char *take_word(struct parse *p)
{
	return cut(&p->rest, ' ');
}

/* A name has neither blanks nor what a terminal would take for a command. */
static bool take_name(struct parse *p, const char **name)
{
	*name = take_word(p);
	return *name && text_is_word(*name);
}

static bool take_number(struct parse *p, int base, uint64_t *v)
{
	char *word = take_word(p), *end;

	if (!word || !isxdigit((unsigned char)*word))
		return false;
	errno = 0;
	*v = strtoull(word, &end, base);
	return !*end && !errno;
}

static bool take_bytes(struct parse *p, long *v)
{
	uint64_t n;

	if (!take_number(p, 10, &n) || n > BYTES_MAX)
		return false;
	*v = (long)n;
	return true;
}

static bool take_value(struct parse *p, long *v)
{
	char *word = take_word(p), *end;

	if (!word || !(isdigit((unsigned char)*word) || *word == '-'))
		return false;
	errno = 0;
	*v = strtol(word, &end, 10);
	return !*end && !errno;
}

static bool parse_row(struct parse *p, enum layout_kind kind)
{
	struct table_row *r = vec_push(p->a, &p->part->rows);

	r->kind = kind;
	if (!take_name(p, &r->name))
		return false;
	switch (kind) {
	case LAYOUT_MEMBER:
		return strchr(r->name, '.') && take_bytes(p, &r->offset) &&
		       take_bytes(p, &r->size);
	case LAYOUT_ENUMERATOR:
		return take_value(p, &r->offset);
	case LAYOUT_TYPE:
	case LAYOUT_VARIABLE:
		break;
	}
	return take_bytes(p, &r->size);
}

static bool take_letter(struct parse *p, char *letter)
{
	const char *word = take_word(p);

	if (!word || !isalpha((unsigned char)word[0]) || word[1])
		return false;
	*letter = *word;
	return true;
}

static bool parse_symbol(struct parse *p, bool image)
{
	struct symtab_symbol *s = vec_push(p->a, &p->part->symbols.all);
	uint64_t further;

	if (p->part->module || !take_number(p, 16, &further) || further >= IMAGE)
		return false;
	p->at[image] += further;
	s->it.addr = p->at[image];
	/* Each in its own half of all addresses. */
	return s->it.addr >> 63 == image && take_letter(p, &s->it.type) &&
	       take_name(p, &s->it.name);
}

static bool parse_data(struct parse *p)
{
	struct symtab_symbol *s = vec_push(p->a, &p->part->symbols.all);

	return p->part->module && take_name(p, &s->section) &&
	       take_number(p, 16, &s->it.addr) && s->it.addr <= BYTES_MAX &&
	       take_letter(p, &s->it.type) && take_name(p, &s->it.name);
}

static bool parse_build_id(struct parse *p)
{
	const char *word = take_word(p);
	struct build_id *id = &p->part->build_id;

	id->n = word ? build_id_parse(word, id->bytes, sizeof(id->bytes)) : 0;
	return id->n;
}

static bool parse_module(struct parse *p)
{
	const char *name;

	if (!take_name(p, &name) || p->t->parts.n == PARTS_MAX)
		return false;
	p->part = vec_push(p->a, &p->t->parts);
	p->part->module = name;
	return !p->rest || parse_build_id(p);
}

/* All that is left of the line: no more than a line of text. */
static bool parse_text(struct parse *p, const char **to)
{
	const char *s;

	*to = p->rest;
	p->rest = NULL;
	for (s = *to; s && isprint((unsigned char)*s); s++)
		;
	return s && s > *to && !*s;
}

static bool parse_head(struct parse *p, const char *key)
{
	if (!strcmp(key, "release"))
		return take_name(p, &p->t->release);
	if (!strcmp(key, "build-id"))
		return !p->part->module && parse_build_id(p);
	if (!strcmp(key, "banner"))
		return parse_text(p, &p->t->banner);
	if (!strcmp(key, "spellings"))
		return take_number(p, 16, &p->t->spellings);
	return !strcmp(key, "module") && parse_module(p);
}

static bool parse_line(struct parse *p)
{
	const char *key = take_word(p);
	size_t kind;

	if (!key || !*key || key[1])
		return key && parse_head(p, key);
	for (kind = 0; kind < sizeof(letters); kind++)
		if (*key == letters[kind])
			return parse_row(p, (enum layout_kind)kind);
	if (*key == 'A' || *key == 'S')
		return parse_symbol(p, *key == 'S');
	return *key == 'D' && parse_data(p);
}

static bool parse_lines(struct parse *p, char *text, struct error *why)
{
	unsigned int line = 1;
	char *next;

	if (strcmp(strsep(&text, "\n"), "vgpu-layout " FORMAT) != 0)
		return error_set(why, "it is no layout table of format " FORMAT
				      ", which this vgpu reads");
	while ((next = cut(&text, '\n')) && (*next || text)) {
		line++;
		p->rest = next;
		if (!parse_line(p) || p->rest)
			return error_set(why, "its line %u is wrong", line);
	}
	if (!p->t->release || !p->t->banner)
		return error_set(why, "it does not say of which kernel it is");
	return true;
}

static struct layout_table *parse_text_of(struct arena *a, char *text, struct error *why)
{
	struct layout_table *t = arena_alloc(a, sizeof(*t));
	struct parse p = {.a = a, .t = t, .at = {0, IMAGE}};
	size_t i;

	p.part = vec_push(a, &t->parts);
	if (!parse_lines(&p, text, why))
		return NULL;
	for (i = 0; i < t->parts.n; i++)
		layout_table_sort(&t->parts.v[i]);
	return t;
}

/* ---- its file -------------------------------------------------------------------- */

static bool unpack(struct arena *a, const unsigned char *file, size_t size, char **text)
{
	struct libdeflate_decompressor *d;
	enum libdeflate_result result;
	size_t n, read, made;

	n = size < GZIP_SIZE_BYTES
		    ? 0
		    : load_le(file + size - GZIP_SIZE_BYTES, GZIP_SIZE_BYTES);
	d = n && n <= TEXT_MAX ? libdeflate_alloc_decompressor() : NULL;
	if (!d)
		return false;
	*text = arena_alloc(a, n + 1);
	result = libdeflate_gzip_decompress_ex(d, file, size, *text, n, &read, &made);
	libdeflate_free_decompressor(d);
	return result == LIBDEFLATE_SUCCESS && read == size && made == n &&
	       !memchr(*text, '\0', n);
}

struct layout_table *layout_table_parse(struct arena *a, const unsigned char *file,
					size_t size, struct error *why)
{
	char *text;

	if (unpack(a, file, size, &text))
		return parse_text_of(a, text, why);
	error_set(why, "it is no layout table, or is damaged");
	return NULL;
}

struct layout_table *layout_table_read(struct arena *a, const char *path,
				       struct error *why)
{
	struct layout_table *t = NULL;
	FILE *f = fopen(path, "re");
	unsigned char *bytes;
	struct stat st;
	size_t n;

	if (!f) {
		error_set(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	n = fstat(fileno(f), &st) || st.st_size > FILE_MAX ? 0 : (size_t)st.st_size;
	bytes = arena_alloc(a, n + 1);
	n = fread(bytes, 1, n, f);
	fclose(f);
	t = layout_table_parse(a, bytes, n, why);
	if (!t)
		error_within(why, "%s", path);
	return t;
}

/* ---- written ------------------------------------------------------------------------ */

static void put_rows(FILE *out, const struct table_part *part)
{
	size_t i;

	for (i = 0; i < part->rows.n; i++) {
		const struct table_row *r = &part->rows.v[i];

		fprintf(out, "%c %s", letters[r->kind], r->name);
		if (r->kind == LAYOUT_MEMBER || r->kind == LAYOUT_ENUMERATOR)
			fprintf(out, " %ld", r->offset);
		if (r->kind != LAYOUT_ENUMERATOR)
			fprintf(out, " %ld", r->size);
		fputc('\n', out);
	}
}

static int by_address(const void *a, const void *b)
{
	const struct kallsyms_symbol *x = &((const struct symtab_symbol *)a)->it;
	const struct kallsyms_symbol *y = &((const struct symtab_symbol *)b)->it;

	return x->addr != y->addr ? compare(x->addr, y->addr) : strcmp(x->name, y->name);
}

/* The image's begin where its first one is, wherever that ran. */
static void put_symbols(struct arena *a, FILE *out, const struct symtab *symbols)
{
	size_t n = symbols->all.n, i;
	struct symtab_symbol *sorted = arena_alloc(a, (n + 1) * sizeof(*sorted));
	kaddr_t last = 0;

	if (n)
		memcpy(sorted, symbols->all.v, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_address);
	for (i = 0; i < n; i++) {
		const struct kallsyms_symbol *s = &sorted[i].it;
		bool image = s->addr >> 63;

		if (sorted[i].section) {
			fprintf(out, "D %s %llx %c %s\n", sorted[i].section, HEX(s->addr),
				s->type, s->name);
			continue;
		}
		if (image && !(last >> 63))
			last = s->addr;
		fprintf(out, "%c %llx %c %s\n", image ? 'S' : 'A', HEX(s->addr - last),
			s->type, s->name);
		last = s->addr;
	}
}

static void put_part(struct arena *a, FILE *out, const struct table_part *part)
{
	char id[2 * BUILD_ID_MAX + 1];

	build_id_text(&part->build_id, id);
	if (part->module)
		fprintf(out, "module %s%s%s\n", part->module, *id ? " " : "", id);
	else if (*id)
		fprintf(out, "build-id %s\n", id);
	put_rows(out, part);
	put_symbols(a, out, &part->symbols);
}

static bool put_table(struct arena *a, const struct layout_table *t, char **text,
		      size_t *size)
{
	FILE *out = open_memstream(text, size);
	bool ok;
	size_t i;

	if (!out)
		return false;
	fprintf(out, "vgpu-layout " FORMAT "\nrelease %s\nbanner %s\n", t->release,
		t->banner);
	fprintf(out, "spellings %016llx\n", HEX(layout_table_spellings()));
	for (i = 0; i < t->parts.n; i++)
		put_part(a, out, &t->parts.v[i]);
	ok = !ferror(out);
	return !fclose(out) && ok;
}

static size_t pack(struct arena *a, const char *text, size_t size, unsigned char **packed)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	size_t room, n;

	if (!c)
		return 0;
	room = libdeflate_gzip_compress_bound(c, size);
	*packed = arena_alloc(a, room);
	n = libdeflate_gzip_compress(c, text, size, *packed, room);
	libdeflate_free_compressor(c);
	return n;
}

unsigned char *layout_table_pack(struct arena *a, const struct layout_table *t,
				 size_t *size, struct error *why)
{
	unsigned char *packed = NULL;
	char *text = NULL;
	size_t n = 0;
	bool ok = put_table(a, t, &text, &n);

	*size = ok ? pack(a, text, n, &packed) : 0;
	free(text);
	if (!*size)
		error_set(why, "not enough memory for a layout table");
	else if (*size > FILE_MAX || n > TEXT_MAX)
		error_set(why, "a layout table of %zu bytes is too large", *size);
	else
		return packed;
	return NULL;
}

static bool write_file(struct arena *a, const char *path, const void *bytes, size_t size)
{
	struct new_file f;

	if (!new_file_open(a, &f, path))
		return false;
	if (write(f.fd, bytes, size) == (ssize_t)size)
		return new_file_keep(&f, 0644);
	new_file_remove(&f);
	return false;
}

bool layout_table_write(struct arena *a, const struct layout_table *t, const char *path,
			struct error *why)
{
	size_t size;
	unsigned char *packed = layout_table_pack(a, t, &size, why);

	return packed && (write_file(a, path, packed, size) ||
			  error_set(why, "%s: %s", path, new_file_error(errno)));
}

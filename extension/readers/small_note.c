// SPDX-License-Identifier: GPL-2.0-or-later
#include "small_note.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/elf_note.h"
#include "kdump.h"

#define FIRST_LINE "vgpu-small 1\n"
#define NOTES_MAX (64u << 20)

/* ---- ranges ----------------------------------------------------------------- */

void pfn_ranges_add(struct arena *a, struct pfn_ranges *ranges, uint64_t pfn)
{
	struct pfn_range *last = ranges->all.n ? &ranges->all.v[ranges->all.n - 1] : NULL;

	if (last && last->end == pfn)
		last->end++;
	else
		*vec_push(a, &ranges->all) = (struct pfn_range){pfn, pfn + 1};
}

static bool has(const struct pfn_ranges *ranges, uint64_t pfn)
{
	size_t low = 0, high = ranges->all.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (ranges->all.v[mid].end <= pfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ranges->all.n && pfn >= ranges->all.v[low].first;
}

enum dump_err small_note_why(const struct small_note *note, uint64_t pfn)
{
	if (has(&note->excluded, pfn))
		return DUMP_EXCLUDED;
	return has(&note->damaged, pfn) ? DUMP_DAMAGED : DUMP_CUT;
}

/* ---- as text ---------------------------------------------------------------- */

static void put_ranges(FILE *out, const char *word, const struct pfn_ranges *ranges)
{
	size_t i;

	if (!ranges->all.n)
		return;
	fputs(word, out);
	for (i = 0; i < ranges->all.n; i++) {
		fprintf(out, " %llx", HEX(ranges->all.v[i].first));
		if (ranges->all.v[i].end - ranges->all.v[i].first > 1)
			fprintf(out, "-%llx", HEX(ranges->all.v[i].end - 1));
	}
	fputc('\n', out);
}

static void put_text(FILE *out, const struct small_note *note)
{
	fprintf(out, FIRST_LINE "level %s\n", small_level_word(note->small.level));
	if (note->small.blank)
		fputs("blank\n", out);
	if (note->small.no_types)
		fputs("no-types\n", out);
	fprintf(out, "pages %llu\n", COUNT(note->small.pages));
	put_ranges(out, "excluded", &note->excluded);
	put_ranges(out, "damaged", &note->damaged);
}

/* Those that are out of order would not be found: they are left out. */
static void parse_ranges(struct arena *a, const char *text, struct pfn_ranges *ranges)
{
	uint64_t last = 0;
	char *end;

	while (*text == ' ') {
		struct pfn_range r = {.first = strtoull(text + 1, &end, 16)};

		r.end = r.first;
		if (*end == '-')
			r.end = strtoull(end + 1, &end, 16);
		if (end == text + 1 || ++r.end <= r.first || r.first < last)
			return;
		last = r.end;
		*vec_push(a, &ranges->all) = r;
		text = end;
	}
}

static const char *behind(const char *line, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(line, word, n) && strchr(" \n", line[n]) ? line + n : NULL;
}

static enum small_level level_of(const char *text)
{
	enum small_level level = SMALL_TRIAGE;

	while (level < SMALL_LEVELS &&
	       (*text != ' ' || !behind(text + 1, small_level_word(level))))
		level++;
	return level;
}

static void parse_line(struct arena *a, const char *line, struct small_note *note)
{
	const char *rest;

	if ((rest = behind(line, "level")))
		note->small.level = level_of(rest);
	else if (behind(line, "blank"))
		note->small.blank = true;
	else if (behind(line, "no-types"))
		note->small.no_types = true;
	else if ((rest = behind(line, "pages")))
		note->small.pages = strtoull(rest, NULL, 10);
	else if ((rest = behind(line, "excluded")))
		parse_ranges(a, rest, &note->excluded);
	else if ((rest = behind(line, "damaged")))
		parse_ranges(a, rest, &note->damaged);
}

static bool parse(struct arena *a, const char *text, struct small_note *note)
{
	const char *line = text, *end;

	memset(note, 0, sizeof(*note));
	note->small.level = SMALL_LEVELS;
	if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
		return false;
	for (; (end = strchr(line, '\n')); line = end + 1)
		parse_line(a, line, note);
	return note->small.level < SMALL_LEVELS;
}

/* ---- among notes -------------------------------------------------------------- */

#define NOTE_ALIGN 4

static bool is_ours(const struct elf_note *note)
{
	return note->name_size == sizeof(SMALL_NOTE) &&
	       !memcmp(note->name, SMALL_NOTE, sizeof(SMALL_NOTE));
}

/* Of ours, the first of that type. */
static bool find_ours(const unsigned char *notes, size_t size, uint32_t type,
		      struct elf_note *n)
{
	size_t at = 0;

	while (elf_note_next(notes, size, &at, n))
		if (is_ours(n) && n->type == type)
			return true;
	return false;
}

bool small_note_find(struct arena *a, const unsigned char *notes, size_t size,
		     struct small_note *note)
{
	struct elf_note n;

	if (!find_ours(notes, size, SMALL_NOTE_TYPE, &n) ||
	    !parse(a, arena_printf(a, "%.*s", (int)n.size, (const char *)n.desc), note))
		return false;
	if (find_ours(notes, size, SMALL_TABLE_TYPE, &n))
		note->table = (struct file_bytes){n.desc, n.size};
	return true;
}

static void put_padded(FILE *out, const void *bytes, size_t size)
{
	static const char zeros[NOTE_ALIGN];

	fwrite(bytes, 1, size, out);
	fwrite(zeros, 1, -size % NOTE_ALIGN, out);
}

static void put_note(FILE *out, const struct elf_note *note)
{
	uint32_t header[] = {(uint32_t)note->name_size, (uint32_t)note->size, note->type};

	put_padded(out, header, sizeof(header));
	put_padded(out, note->name, note->name_size);
	put_padded(out, note->desc, note->size);
}

static struct elf_note our_note(uint32_t type)
{
	return (struct elf_note){.name = (const unsigned char *)SMALL_NOTE,
				 .name_size = sizeof(SMALL_NOTE),
				 .type = type};
}

/* False: no memory for its text. */
static bool put_ours(FILE *out, const struct small_note *note)
{
	struct elf_note n = our_note(SMALL_NOTE_TYPE);
	char *text = NULL;
	FILE *to = open_memstream(&text, &n.size);

	if (to) {
		put_text(to, note);
		fclose(to);
	}
	n.desc = (const unsigned char *)text;
	if (!text)
		return false;
	put_note(out, &n);
	free(text);
	n = our_note(SMALL_TABLE_TYPE);
	n.desc = note->table.bytes;
	n.size = note->table.size;
	if (n.desc)
		put_note(out, &n);
	return true;
}

bool small_note_write(FILE *out, const unsigned char *notes, size_t size,
		      const struct small_note *note)
{
	struct elf_note n;
	size_t at = 0;

	while (elf_note_next(notes, size, &at, &n))
		if (!is_ours(&n))
			put_note(out, &n);
	return put_ours(out, note);
}

/* ---- of a file -------------------------------------------------------------- */

static unsigned char *read_notes(struct arena *a, int fd, size_t *size)
{
	struct kdump_header h;
	struct kdump_sub_header sub;
	unsigned char *notes;

	if (pread(fd, &h, sizeof(h), 0) != sizeof(h) ||
	    memcmp(h.signature, KDUMP_SIGNATURE, sizeof(h.signature)) != 0 ||
	    h.version < 4 || pread(fd, &sub, sizeof(sub), h.block_size) != sizeof(sub) ||
	    !sub.notes_size || sub.notes_size > NOTES_MAX)
		return NULL;
	*size = (size_t)sub.notes_size;
	notes = arena_alloc(a, *size);
	return pread(fd, notes, *size, (off_t)sub.notes) == (ssize_t)*size ? notes : NULL;
}

bool small_note_of_file(struct arena *a, const char *path, struct small_note *note)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const unsigned char *notes;
	size_t size;

	if (fd < 0)
		return false;
	notes = read_notes(a, fd, &size);
	close(fd);
	return notes && small_note_find(a, notes, size, note);
}

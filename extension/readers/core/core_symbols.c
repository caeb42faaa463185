// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_symbols.h"

#include <limits.h>
#include <string.h>

#include "base/build_id.h"
#include "report/package.h"

/* Of functions that both know, one in so many may be of another place with that name. */
#define STRANGERS 20
#define NOTES_MAX 16384 /* they are some hundred bytes */

/* ---- two kinds of symbols, one kernel ------------------------------------- */

struct join {
	const struct kallsyms *functions;
	kaddr_t slide;			  /* of the kernel that ran (KASLR) */
	kaddr_t text, etext, init, einit; /* where functions has all that there is */
	size_t same, strange;
	VEC(struct kallsyms_symbol) all;
};

/* x86_64's per-CPU symbols, until 6.15, are offsets from 0 on, and do not move. */
static kaddr_t moved(const struct join *j, kaddr_t addr)
{
	return addr >> 63 ? addr + j->slide : addr;
}

static bool find_slide(struct join *j, const struct symtab *others)
{
	size_t i;

	for (i = 0; i < others->all.n; i++)
		if (!strcmp(others->all.v[i].it.name, "_stext")) {
			j->slide = j->text - others->all.v[i].it.addr;
			return true;
		}
	return false;
}

/* False: that place is among the functions' own. */
static bool is_other(const struct join *j, const struct kallsyms_symbol *s, kaddr_t addr)
{
	kaddr_t known;

	return !(addr >= j->text && addr < j->etext) &&
	       !(addr >= j->init && addr < j->einit) &&
	       !(kallsyms_named(j->functions, s->name, &known) && known == addr);
}

static void compare_function(struct join *j, const struct kallsyms_symbol *s,
			     kaddr_t addr)
{
	kaddr_t known;

	if (s->type != 'T' || !kallsyms_named(j->functions, s->name, &known))
		return;
	if (known == addr)
		j->same++;
	else
		j->strange++;
}

struct kallsyms *core_symbols_join(struct arena *a, const struct kallsyms *functions,
				   const struct symtab *others, struct error *why)
{
	struct join j = {.functions = functions};
	struct kallsyms_symbol s;
	size_t i;

	kallsyms_named(functions, "_stext", &j.text);
	kallsyms_named(functions, "_etext", &j.etext);
	kallsyms_named(functions, "_sinittext", &j.init);
	kallsyms_named(functions, "_einittext", &j.einit);
	if (!find_slide(&j, others)) {
		error_set(why, "it has no symbol _stext");
		return NULL;
	}
	for (i = 0; i < others->all.n; i++) {
		s = others->all.v[i].it;
		s.addr = moved(&j, s.addr);
		compare_function(&j, &s, s.addr);
		if (!is_other(&j, &s, s.addr))
			continue;
		*vec_push(a, &j.all) = s;
	}
	if (j.same <= j.strange * STRANGERS) {
		error_set(why, "it is of another build of this kernel");
		return NULL;
	}
	return kallsyms_make(a, functions, j.all.v, j.all.n);
}

/* ---- where they are ---------------------------------------------------------- */

static void build_id_of_notes(struct space *s, const struct kallsyms *k,
			      struct build_id *id)
{
	unsigned char notes[NOTES_MAX];
	const unsigned char *found = NULL;
	kaddr_t start, end;
	size_t n = 0;

	if (!k || !kallsyms_named(k, "__start_notes", &start) ||
	    !kallsyms_named(k, "__stop_notes", &end) || end - start > sizeof(notes))
		return;
	if (space_read(s, start, notes, end - start) == DUMP_OK)
		found = build_id_in(notes, end - start, &n);
	if (!found || n > sizeof(id->bytes))
		return;
	memcpy(id->bytes, found, n);
	id->n = n;
}

void core_build_id(struct space *s, const struct kallsyms *k, struct build_id *id)
{
	char text[2 * BUILD_ID_MAX + 1];

	id->n = core_info_text(space_core(s), "BUILD-ID", NULL, text, sizeof(text))
			? build_id_parse(text, id->bytes, sizeof(id->bytes))
			: 0;
	if (!id->n)
		build_id_of_notes(s, k, id);
}

static struct kallsyms *from_vmlinux(struct arena *a, const struct kallsyms *functions,
				     const char *path, struct error *why)
{
	struct symtab others = {0};
	struct kallsyms *all = NULL;

	if (!symtab_read(a, path, &others, why))
		return NULL;
	all = core_symbols_join(a, functions, &others, why);
	if (!all)
		error_within(why, "%s", path);
	return all;
}

struct kallsyms *core_symbols_of_file(struct arena *a, struct space *s,
				      const struct kallsyms *k,
				      const struct module_search *where,
				      struct error *why)
{
	struct module_search kernel = *where;
	struct build_id id;
	char path[PATH_MAX];

	core_build_id(s, k, &id);
	memcpy(kernel.build_id, id.bytes, id.n);
	kernel.nbuild_id = id.n;
	return kernel_file_find(&kernel, path, sizeof(path))
		       ? from_vmlinux(a, k, path, why)
		       : NULL;
}

bool core_symbols_refuse(struct arena *a, const char *release, struct error *why)
{
	const char *package = package_of(a, release).name;

	return error_set(
		why,
		"this kernel keeps names of functions only (CONFIG_KALLSYMS_ALL is "
		"off): give its vmlinux with --debug-dir DIR%s%s, or a table made of it by "
		"vgpu layout --from",
		*package ? ", from the package " : "", package);
}

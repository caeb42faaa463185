// SPDX-License-Identifier: GPL-2.0-or-later
#include "debuginfo.h"

#include "package.h"

/* Of a module that came from elsewhere the kernel's package has no debuginfo. */
static const char *foreign_missing(const struct facts *f, size_t *n)
{
	const struct module *m;
	const char *first = NULL;
	size_t i;

	for (i = *n = 0; i < f->gpus.missing.n; i++) {
		m = module_by_name(&f->modules, f->gpus.missing.v[i].module);
		if (!m || !module_is_foreign(m))
			continue;
		first = first ? first : m->name;
		++*n;
	}
	return first;
}

static bool is_all_foreign(const struct facts *f)
{
	size_t n;

	return foreign_missing(f, &n) && n == f->gpus.missing.n;
}

const char *debuginfo_package(const struct facts *f)
{
	return is_all_foreign(f) ? "" : package_of(f->arena, f->info->release).name;
}

/* How each door is told of the files, and given a command of the shell. */
static const struct {
	const char *shell, *unpacked, *unnamed, *builtin;
} doors[DOORS] = {
	[DOOR_CRASH] = {.shell = "!",
			.unpacked = "unpack it where the vmlinux is",
			.unnamed = "Put the kernel's modules with their debuginfo beside "
				   "the vmlinux",
			.builtin = "Start with a vmlinux that has the debuginfo"},
	[DOOR_PROGRAM] = {.shell = "",
			  .unpacked = "unpack it and name its folder with --debug-dir",
			  .unnamed = "Name a folder that has the kernel's modules with "
				     "their debuginfo with --debug-dir",
			  .builtin =
				  "Name the kernel's vmlinux, or a folder that has it, "
				  "with --debug-dir"},
};

const char *debuginfo_command(const struct facts *f)
{
	struct package p = package_of(f->arena, f->info->release);

	if (!*p.name || is_all_foreign(f))
		return "";
	return arena_printf(f->arena, "%s%s %s", doors[f->info->about->door].shell,
			    p.install, p.name);
}

const char *debuginfo_of(const struct facts *f, const struct types_missing *m)
{
	return m->builtin ? arena_printf(f->arena, "the kernel, which has %s built in,",
					 m->module)
			  : arena_printf(f->arena, "module %s", m->module);
}

static bool is_all_builtin(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->gpus.missing.n; i++)
		if (!f->gpus.missing.v[i].builtin)
			return false;
	return f->gpus.missing.n > 0;
}

static const char *advice_on(const struct facts *f, const char *package)
{
	enum door door = f->info->about->door;

	if (!*package)
		return arena_printf(f->arena, "%s, and ask again.",
				    is_all_builtin(f) ? doors[door].builtin
						      : doors[door].unnamed);
	return arena_printf(f->arena, "Install %s, or %s, and ask again.", package,
			    doors[door].unpacked);
}

const char *debuginfo_advice(const struct facts *f)
{
	size_t n;
	const char *foreign = foreign_missing(f, &n);
	const char *ask = "ask who built it for its .ko with debuginfo";

	if (!foreign)
		return advice_on(f, debuginfo_package(f));
	if (is_all_foreign(f))
		return arena_printf(
			f->arena,
			"%s is from outside of the kernel's tree: %s. %s, and "
			"ask again.",
			foreign, ask, doors[f->info->about->door].unnamed);
	return arena_printf(f->arena,
			    "%s Of %s, which is from outside of the kernel's tree, that "
			    "has nothing: %s.",
			    advice_on(f, debuginfo_package(f)), foreign, ask);
}

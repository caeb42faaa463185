// SPDX-License-Identifier: GPL-2.0-or-later
#include "debuginfo.h"

#include <regex.h>
#include <string.h>

#include "base/base.h"

#define DNF "dnf install -y --enablerepo=*debug*"

/* A release is told by its name; the first pattern that fits says how. */
static const struct distribution {
	const char *release; /* extended regular expression */
	const char *package; /* see package_of() */
	const char *install;
} distributions[] = {
	/* A real-time kernel of RHEL 8 has a release of its own, later ones a word behind it. */
	{"\\.rt[0-9].*\\.(el|fc|oe|ky)[0-9]", "kernel-rt-debuginfo-%s", DNF},
	{"\\.(el|fc|oe|ky)[0-9].*\\+[a-z0-9]+$", "kernel-%p-debuginfo-%b", DNF},
	{"\\.(el|fc|amzn|oe|an|al|tl|ky)[0-9]", "kernel-debuginfo-%s", DNF},
	/* The flavour is the last word, and the package's name has no release in it. */
	{"-[0-9.]+-(default|preempt|rt|64kb|longterm|kvmsmall|vanilla)$",
	 "kernel-%f-debuginfo", "zypper install -y"},
	/* Ubuntu has such a one too, with a plain number before it. */
	{"-[0-9]+\\.[0-9.]+-azure$", "kernel-%f-debuginfo", "zypper install -y"},
	{"-(generic|lowlatency|realtime|aws|azure|gcp|kvm|oracle|oem)$",
	 "linux-image-unsigned-%s-dbgsym", "apt-get install -y"},
	{"-(amd64|arm64|cloud|rt|desktop|server)", "linux-image-%s-dbg",
	 "apt-get install -y"},
};

static bool fits(const char *release, const char *pattern)
{
	regex_t r;
	bool ok;

	if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	ok = !regexec(&r, release, 0, NULL, 0);
	regfree(&r);
	return ok;
}

static const struct distribution *distribution_of(const char *release)
{
	size_t i;

	/* It comes from the dump, and somebody will paste it into a shell. */
	if (!fits(release, "^[A-Za-z0-9][A-Za-z0-9._+~-]*$"))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(distributions); i++)
		if (fits(release, distributions[i].release))
			return &distributions[i];
	return NULL;
}

/*
 * %s: the release; %f: its last word; %p: what stands behind its '+'; %b: what stands before
 * that.  Their patterns see to it that there is such a one.
 */
static const char *part_of(const struct facts *f, char which)
{
	const char *release = f->info->release;
	const char *plus = strrchr(release, '+');

	switch (which) {
	case 'f':
		return strrchr(release, '-') + 1;
	case 'p':
		return plus + 1;
	case 'b':
		return arena_printf(f->arena, "%.*s", (int)(plus - release), release);
	default:
		return release;
	}
}

static const char *package_of(const struct facts *f, const struct distribution *is)
{
	const char *form = is->package, *name = "";
	size_t n;

	while (*form) {
		n = strcspn(form, "%");
		name = arena_printf(f->arena, "%s%.*s%s", name, (int)n, form,
				    form[n] ? part_of(f, form[n + 1]) : "");
		form += form[n] ? n + 2 : n;
	}
	return name;
}

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
	const struct distribution *is = distribution_of(f->info->release);

	return is && !is_all_foreign(f) ? package_of(f, is) : "";
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
	const struct distribution *is = distribution_of(f->info->release);

	return is && !is_all_foreign(f) ? arena_printf(f->arena, "%s%s %s",
						       doors[f->info->about->door].shell,
						       is->install, package_of(f, is))
					: "";
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

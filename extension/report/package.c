// SPDX-License-Identifier: GPL-2.0-or-later
#include "package.h"

#include <regex.h>
#include <string.h>

#include "base/base.h"

#define DNF "dnf install -y --enablerepo=*debug*"

/* A release is told by its name; the first pattern that fits says how. */
static const struct distribution {
	const char *release; /* extended regular expression */
	const char *package; /* see name_of() */
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
static const char *part_of(struct arena *a, const char *release, char which)
{
	const char *plus = strrchr(release, '+');

	switch (which) {
	case 'f':
		return strrchr(release, '-') + 1;
	case 'p':
		return plus + 1;
	case 'b':
		return arena_printf(a, "%.*s", (int)(plus - release), release);
	default:
		return release;
	}
}

static const char *name_of(struct arena *a, const char *form, const char *release)
{
	const char *name = "";
	size_t n;

	while (*form) {
		n = strcspn(form, "%");
		name = arena_printf(a, "%s%.*s%s", name, (int)n, form,
				    form[n] ? part_of(a, release, form[n + 1]) : "");
		form += form[n] ? n + 2 : n;
	}
	return name;
}

struct package package_of(struct arena *a, const char *release)
{
	const struct distribution *is = distribution_of(release);

	if (!is)
		return (struct package){"", ""};
	return (struct package){name_of(a, is->package, release), is->install};
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict.h"

static const struct {
	const char *name, *whom;
	int reach;
} causes[] = {
#define CAUSE(name, words, reach, whom) [CAUSE_##name] = {words, whom, reach},
#include "causes.def"
#undef CAUSE
};

const char *cause_name(enum cause cause)
{
	return causes[cause].name;
}

int cause_reach(enum cause cause, const char **whom)
{
	*whom = causes[cause].whom;
	return causes[cause].reach;
}

const char *culprit_kind_name(enum culprit_kind kind)
{
	static const char *const names[] = {
		[CULPRIT_NONE] = "none",     [CULPRIT_TASK] = "task",
		[CULPRIT_CPU] = "cpu",	     [CULPRIT_DEVICE] = "device",
		[CULPRIT_CACHE] = "cache",   [CULPRIT_LOCK] = "lock",
		[CULPRIT_HOST] = "host",     [CULPRIT_FUNCTION] = "function",
		[CULPRIT_CGROUP] = "cgroup",
	};

	return names[kind];
}

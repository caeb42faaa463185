// SPDX-License-Identifier: GPL-2.0-or-later
#include "hung_log.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The last place of words, which a name may hold too. */
static const char *find_last(const char *in, const char *words)
{
	const char *last = NULL;

	while ((in = strstr(in, words)))
		last = in++;
	return last;
}

/*
 * "NAME:PID" up to end, where PID is followed by what is not its own: a name may hold
 * spaces and colons.  What follows PID goes to *then.
 */
static bool parse_name(const char *name, const char *end, char comm[64], int *pid,
		       const char **then)
{
	const char *colon = end;
	char *stop;
	long v;

	while (colon > name && *colon != ':')
		colon--;
	if (colon == name || !isdigit((unsigned char)colon[1]))
		return false;
	v = strtol(colon + 1, &stop, 10);
	if (v <= 0 || v > INT32_MAX || stop > end)
		return false;
	*pid = (int)v;
	*then = stop;
	snprintf(comm, 64, "%.*s", (int)(colon - name), name);
	return true;
}

#define TASK "INFO: task "
#define MORE_THAN " for more than "

/* "blocked for more than", since 7.2 also "blocked in I/O wait for more than". */
bool parse_hung(const char *words, struct hung_report *r)
{
	const char *end, *then;
	char *stop;

	memset(r, 0, sizeof(*r));
	if (!text_starts(words, TASK))
		return false;
	end = find_last(words + strlen(TASK), MORE_THAN);
	if (!end)
		return false;
	r->seconds = strtol(end + strlen(MORE_THAN), &stop, 10);
	return stop != end + strlen(MORE_THAN) && r->seconds >= 0 &&
	       text_starts(stop, " second") &&
	       parse_name(words + strlen(TASK), end, r->comm, &r->pid, &then) &&
	       text_starts(then, " blocked");
}

/* How far behind "task NAME:PID" stands what it waits for, and before "task NAME:PID". */
static bool is_blocked_on(const char *then)
{
	static const char *const kinds[] = {"mutex", "semaphore", "rw-semaphore"};
	size_t i;

	if (text_starts(then, " <reader>") || text_starts(then, " <writer>"))
		then += strlen(" <reader>");
	if (text_starts(then, " is"))
		then += strlen(" is");
	if (!text_starts(then, " blocked on a"))
		return false;
	then += strlen(" blocked on a");
	then += *then == 'n';
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (*then == ' ' && text_starts(then + 1, kinds[i]) &&
		    text_starts(then + 1 + strlen(kinds[i]), " likely "))
			return true;
	return false;
}

bool parse_blocker(const char *words, struct hung_blocker *b)
{
	static const char by[] = " by task ";
	const char *end, *owner, *then;

	memset(b, 0, sizeof(*b));
	if (!text_starts(words, TASK))
		return false;
	words += strlen(TASK);
	owner = find_last(words, by);
	end = owner ? find_last(words, " blocked on a") : NULL;
	if (!end || end > owner)
		return false;
	if (!parse_name(words, end, b->comm, &b->pid, &then) || !is_blocked_on(then))
		return false;
	owner += strlen(by);
	return parse_name(owner, owner + strlen(owner), b->owner_comm, &b->owner_pid,
			  &then);
}

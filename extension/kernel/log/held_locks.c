// SPDX-License-Identifier: GPL-2.0-or-later
#include "held_locks.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "complaint.h"
#include "oops.h"

#define TASKS_MAX 16384
#define LOCKS_MAX 48 /* MAX_LOCK_DEPTH */

struct reading {
	struct arena *a;
	struct held_locks *out;
	struct lock_keeper *task; /* whose locks are listed; NULL: nobody's */
	unsigned long expected;	  /* the number of its next lock */
};

/* "2 locks held by Xorg/723:"; a name may hold a slash. */
static bool take_task(struct reading *r, const char *words)
{
	static const char held[] = " held by ";
	const char *name, *slash;
	char *end;
	long pid;

	if (strtoul(words, &end, 10) == 0 ||
	    (!text_starts(end, " lock held by ") && !text_starts(end, " locks held by ")))
		return false;
	r->task = NULL;
	name = strstr(end, held) + strlen(held);
	slash = strrchr(name, '/');
	if (!slash || slash == name || r->out->tasks.n == TASKS_MAX)
		return true;
	pid = strtol(slash + 1, &end, 10);
	if (*end != ':' || pid <= 0 || pid > INT_MAX)
		return true;
	r->task = vec_push(r->a, &r->out->tasks);
	*r->task = (struct lock_keeper){.pid = (int)pid};
	snprintf(r->task->comm, sizeof(r->task->comm), "%.*s", (int)(slash - name), name);
	r->expected = 0;
	return true;
}

/* "(&dev->mutex){+.+.}": the name may have parentheses of its own. */
static const char *take_name(struct reading *r, const char *words)
{
	const char *end = *words == '(' ? strstr(words, "){") : NULL;

	return end ? arena_printf(r->a, "%.*s", (int)(end - words - 1), words + 1) : NULL;
}

static const char *function_at(struct reading *r, const char *words)
{
	static const char label[] = ", at: ";
	const char *p = strstr(words, label);
	struct said_at at = {0};

	if (!p || !read_place(p + strlen(label), &at))
		return "";
	return arena_printf(r->a, "%s", at.function);
}

/*
 * "ffff888012345678", "00000000ce8c5a5d" where it is hashed; "" where an older kernel prints
 * none, or "(____ptrval____)", so that nothing tells one lock from others of its class.
 */
static const char *take_instance(struct reading *r, const char **words)
{
	const char *p = *words, *end;

	if (*p == '(' && strstr(p, "ptrval") && (end = strchr(p, ')')) &&
	    strstr(p, "ptrval") < end) {
		*words = end + 1 + strspn(end + 1, " ");
		return "";
	}
	*words += strcspn(p, "(");
	return arena_printf(r->a, "%.*s", (int)strcspn(p, " ("), p);
}

/* A decoded log repeats the line for each function that was inlined, the outermost last. */
static bool take_lock(struct reading *r, const char *words, const struct log_line *line)
{
	const char *name, *instance;
	struct held_lock *l;
	unsigned long at;
	char *end;

	if (*words != '#' || !isdigit((unsigned char)words[1]))
		return false;
	at = strtoul(words + 1, &end, 10);
	if (!r->task || *end != ':' || at >= LOCKS_MAX)
		return true;
	words = end + 1 + strspn(end + 1, " ");
	instance = take_instance(r, &words);
	name = take_name(r, words);
	if (at + 1 == r->expected && r->task->locks.n && name) {
		l = &r->task->locks.v[r->task->locks.n - 1];
		if (!strcmp(l->name, name))
			l->at = function_at(r, words);
		return true;
	}
	if (at != r->expected || !name)
		return true;
	r->expected++;
	l = vec_push(r->a, &r->task->locks);
	l->name = name;
	l->instance = instance;
	l->at = function_at(r, words);
	l->line = line;
	return true;
}

static void drop_empty(struct held_locks *h)
{
	size_t i, n = 0;

	for (i = 0; i < h->tasks.n; i++)
		if (h->tasks.v[i].locks.n)
			h->tasks.v[n++] = h->tasks.v[i];
	h->tasks.n = n;
}

void held_locks_read(struct arena *a, const struct klog *log, struct held_locks *h)
{
	struct reading r = {.a = a, .out = h};
	const char *words;
	size_t i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < log->lines.n; i++) {
		if (!is_kernels_own(&log->lines.v[i]))
			continue;
		words = words_of(&log->lines.v[i]);
		words += strspn(words, " ");
		if (text_starts(words, "Showing all locks held in the system:")) {
			h->tasks.n = 0;
			r.task = NULL;
		} else if (!take_task(&r, words)) {
			take_lock(&r, words, &log->lines.v[i]);
		}
	}
	drop_empty(h);
}

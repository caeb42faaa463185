// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What other lines of a text tell: complaints that stopped nothing, and memory that ran out
 * while the kernel went on.
 */
#include <string.h>

#include "base/text.h"
#include "judge.h"
#include "kernel/log/complaint.h"

/* ---- complaints ------------------------------------------------------------------------- */

/* What a hang beside it resembles, and why. */
static const struct other {
	enum complaint what;
	enum cause like; /* CAUSE_UNEXPLAINED: nothing */
	const char *why;
} others[] = {
	{COMPLAINT_OOPS, CAUSE_LOCK_HOLDER_BLOCKED,
	 "a task met a fault before: what it held it may never have let go"},
	{COMPLAINT_SANITIZER, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_CORRUPTION, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_CHECK, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_ATOMIC, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_WARN, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_OOM, CAUSE_MEMORY_EXHAUSTED, "memory ran out"},
	{COMPLAINT_HARDWARE, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_NMI, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_STORAGE, CAUSE_STORAGE_ERROR,
	 "a disk or a file system reported errors"},
	{COMPLAINT_DISPLAY, CAUSE_UNEXPLAINED, NULL},
	{COMPLAINT_RT_THROTTLED, CAUSE_CPU_MONOPOLISED,
	 "real-time tasks took all of a CPU"},
	{COMPLAINT_CLOCK, CAUSE_HOST_STOPPED, "clocks or timers were late"},
};

/* A machine that has none has its controller, and says so. */
static bool is_floppy(const struct log_line *line)
{
	return strstr(line->text, " dev fd0") != NULL;
}

/* The last that came before the last of the hung; *n of them. */
static const struct log_line *find_other(struct judge *j, enum complaint what, size_t *n)
{
	const struct klog *log = &j->f->log;
	const struct panic *p = &j->f->panic;
	const struct log_line *end = log->lines.v + log->lines.n, *line, *last = NULL;

	if (p->hung.n)
		end = p->hung.v[p->hung.n - 1].line;
	for (*n = 0, line = log->lines.v; line < end; line++)
		if (line != p->trigger.story && complains_of(line, what) &&
		    !is_floppy(line)) {
			last = line;
			++*n;
		}
	/* Of one that was cut there is no more than how it begins. */
	if (!last && what == COMPLAINT_OOPS && p->last_oops.part &&
	    p->last_oops.opener < end && p->trigger.kind != TRIGGER_OOPS &&
	    p->trigger.kind != TRIGGER_BUG) {
		*n = 1;
		last = p->last_oops.opener;
	}
	if (last && what == COMPLAINT_OOPS && p->last_oops.die == last)
		last = p->last_oops.opener;
	return last;
}

bool judge_other_lines(struct judge *j, struct verdict *v)
{
	const struct log_line *line;
	bool found = false;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		line = find_other(j, others[i].what, &n);
		if (!line)
			continue;
		found = true;
		add_for(j, v,
			say(j, "the log, %s%s", log_line_words(j->a, line),
			    n > 1 ? say(j, ", the last of %zu such lines", n) : ""),
			0, LOOK(NONE));
		if (others[i].like == CAUSE_UNEXPLAINED || !j->f->text->hung.n)
			continue;
		resemble_more(j, v, others[i].like, others[i].why);
		/* Of most virtual machines a clock is called unstable. */
		if (others[i].what != COMPLAINT_CLOCK)
			resemble(j, v, others[i].like, SURE_TEXT_MAY_BE, others[i].why);
	}
	return found;
}

/* ---- memory that ran out ------------------------------------------------------------------ */

/* "Out of memory: Killed process 472 (sh) total-vm:…", "Memory cgroup out of memory: …" */
static bool says_killed(const char *words)
{
	if (text_starts(words, "Killed process ") && strstr(words, " total-vm:"))
		return true; /* of older kernels, on a line of its own */
	return strstr(words, ": Kill") &&
	       (text_starts(words, "Out of memory: Kill") ||
		text_starts(words, "Memory cgroup out of memory: Kill"));
}

/* It was a cgroup that had no more: one of these is said of it. */
static bool says_cgroup(const char *words)
{
	return text_starts(words, "Memory cgroup ") ||
	       text_starts(words, "memory: usage ") ||
	       (text_starts(words, "Task in ") && strstr(words, "result of limit of ")) ||
	       strstr(words, "constraint=CONSTRAINT_MEMCG") != NULL;
}

struct shortage {
	const struct log_line *line, *killed; /* who needed memory; whom that killed */
	bool cgroups;
};

/* Of a log that begins behind who needed memory, or of which somebody kept the one line. */
static bool find_killed(const struct klog *log, struct shortage *s)
{
	const struct log_line *line;

	for (line = log->lines.v; line < log->lines.v + log->lines.n; line++)
		if (is_kernels_own(line) && says_killed(words_of(line)))
			s->line = s->killed = line;
	s->cgroups = s->killed && says_cgroup(words_of(s->killed));
	return s->killed != NULL;
}

static bool find_shortage(struct judge *j, struct shortage *s)
{
	const struct klog *log = &j->f->log;
	const struct log_line *line;

	memset(s, 0, sizeof(*s));
	s->line = last_complaint(log, SAYS(OOM));
	if (!s->line)
		return find_killed(log, s);
	if (complains_of(s->line, COMPLAINT_SYSRQ_OOM))
		return false;
	for (line = s->line + 1; line < log->lines.v + log->lines.n; line++) {
		if (!is_kernels_own(line))
			continue;
		s->cgroups |= says_cgroup(words_of(line));
		if (says_killed(words_of(line))) {
			s->killed = line;
			break;
		}
	}
	return true;
}

/* "… process 472 (sh) total-vm:…" */
static const char *ending(struct judge *j, const struct log_line *killed)
{
	const char *p = killed ? strstr(killed->text, " process ") : NULL, *name, *end;

	p = p ? p + strlen(" process ") : NULL;
	name = p ? strchr(p, '(') : NULL;
	end = name ? strchr(name, ')') : NULL;
	if (!end)
		return "the log does not tell whom that killed";
	return say(j, "%.*s (pid %.*s) was killed", (int)(end - name - 1), name + 1,
		   (int)strspn(p, "0123456789"), p);
}

void judge_shortage_words(struct judge *j, struct verdict *v)
{
	struct shortage s;

	if (find_shortage(j, &s) && s.cgroups)
		v->summary =
			"A cgroup came to the limit of its memory; of the rest of the "
			"machine's the log tells less.";
}

bool judge_shortage(struct judge *j)
{
	struct shortage s;
	struct verdict *v;

	if (!find_shortage(j, &s))
		return false;
	v = s.cgroups ? verdict_new(j, CAUSE_UNEXPLAINED, SURE_ONLY_FIRED)
		      : verdict_new(j, CAUSE_MEMORY_EXHAUSTED, SURE_OUT_OF_MEMORY);
	v->summary = say(j,
			 s.cgroups ? "A cgroup came to the limit of its memory, and %s."
				   : "The kernel ran out of memory, and %s.",
			 ending(j, s.killed));
	judge_other_lines(j, v);
	if (s.killed)
		add_for(j, v, say(j, "the log, %s", log_line_words(j->a, s.killed)), 0,
			LOOK(NONE));
	say_missing(j, v, "a core would tell what filled the memory");
	return true;
}

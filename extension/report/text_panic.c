// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu panic`: the switches, which one fired, and the proof. */
#include "report.h"

#include <string.h>

#include "panic_words.h"
#include "spelling.h"
#include "text_writer.h"

#define INDENT 10

static void switch_line(FILE *out, const struct facts *f, const struct sysctl_value *s)
{
	fprintf(out, "%c %-36s %8s  %s\n", switch_fired(f, s) ? '*' : ' ', s->name,
		switch_value(f, s), switch_catches(s));
}

static void hung_reports(FILE *out, const struct facts *f)
{
	const struct hung_report *r;
	enum since_report since;
	char stamp[LOG_STAMP];
	size_t i;

	for (i = 0; i < f->panic.hung.n; i++) {
		r = &f->panic.hung.v[i];
		since = facts_since_report(f, r);
		text_wrapf(out, i ? "" : "REPORTED", INDENT,
			   "%s %s, pid %d, blocked for more than %ld s: %s%s",
			   r->line ? log_line_stamp(stamp, r->line)
				   : log_stamp(stamp, r->ts_s),
			   r->comm, r->pid, r->seconds,
			   since == SINCE_BLOCKED ? "still " : "",
			   since_report_name(since));
	}
}

/* Who keeps them, as the kernel thinks; and interrupts that it disabled. */
static void other_reports(FILE *out, const struct facts *f)
{
	char stamp[LOG_STAMP];
	size_t i;

	for (i = 0; i < f->panic.blockers.n; i++)
		text_wrapf(out, i ? "" : "BLOCKERS", INDENT, "%s %s",
			   log_stamp(stamp, f->panic.blockers.v[i].ts_s),
			   f->panic.blockers.v[i].text);
	for (i = 0; i < f->panic.irqs.n; i++)
		text_wrapf(out, i ? "" : "IRQS", INDENT, "%s %s",
			   log_stamp(stamp, f->panic.irqs.v[i].ts_s),
			   f->panic.irqs.v[i].text);
}

/* Switches that were off, though the log tells of what they catch. */
static void missed(FILE *out, const struct facts *f)
{
	const char *label = "MISSED";
	const struct caught *c;
	char stamp[LOG_STAMP];
	size_t i;

	for (i = 0; i < f->panic.caught.n; i++) {
		c = &f->panic.caught.v[i];
		/* panic() clears panic_on_warn: 0 says nothing of it. */
		if (sysctl_get(&f->sysctls, c->sysctl, 1) ||
		    (f->panic.trigger.sysctl &&
		     !strcmp(f->panic.trigger.sysctl, c->sysctl)))
			continue;
		text_wrapf(out, label, INDENT,
			   "%s is 0 and would have caught %zu, the first:", c->sysctl,
			   c->count);
		text_wrapf(out, "", INDENT, "%s %s", log_stamp(stamp, c->first->ts_s),
			   c->first->text);
		label = "";
	}
}

static void log_lines(FILE *out, const struct facts *f)
{
	struct log_part part = log_around(f);
	size_t i;

	if (part.begin < part.end)
		fprintf(out, "LOG\n");
	for (i = part.begin; i < part.end; i++)
		text_log_line(out, &f->log.lines.v[i]);
}

void text_panic(FILE *out, const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	const char *check, *none = not_fired_words(f);
	size_t i;

	text_wrapf(out, "FIRED", INDENT, "%s%s%s%s%s", trigger_kind_name(t->kind),
		   t->sysctl ? ", made a panic by " : "", t->sysctl ? t->sysctl : "",
		   none ? ": " : "", none ? none : "");
	if (t->message[0])
		text_wrapf(out, "MESSAGE", INDENT, "%s", t->message);
	if (t->cpu >= 0 && t->pid < 0)
		text_wrapf(out, "WHERE", INDENT, "CPU %d, task not named in the log",
			   t->cpu);
	else if (t->cpu >= 0)
		text_wrapf(out, "WHERE", INDENT, "CPU %d, %s, pid %d", t->cpu,
			   t->comm[0] ? t->comm : "task not named in the log", t->pid);
	for (i = 0; i < t->evidence.n; i++) {
		text_wrap(out, i ? "" : "PROOF", INDENT, t->evidence.v[i].claim);
		check = look_text(f, &t->evidence.v[i].look);
		if (check)
			fprintf(out, "%*scheck: %s\n", INDENT + 2, "", check);
	}
	hung_reports(out, f);
	other_reports(out, f);
	if (f->sysctls.all.n)
		fprintf(out, "\n  %-36s %8s  %s\n", "SWITCH (* fired, - not here)",
			"VALUE", "CATCHES");
	for (i = 0; i < f->sysctls.all.n; i++)
		switch_line(out, f, &f->sysctls.all.v[i]);
	missed(out, f);
	log_lines(out, f);
	text_notes(out, f);
}

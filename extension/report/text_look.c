// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu log`, `ps`, `sys` and `mod`. */
#include "report.h"

#include <string.h>

#include "base/text.h"
#include "panic_words.h"
#include "text_writer.h"

#define INDENT 10
#define TAINT_INDENT 18 /* below a module's text */

/* ---- log ------------------------------------------------------------------- */

/*
 * A record's further lines have no stamp, as in dmesg: they may be the words of a name
 * that the kernel repeats.
 */
static void log_line(FILE *out, const struct log_line *line, const char *stamp,
		     const char *text)
{
	fprintf(out, "%*s %s\n", (int)strlen(stamp), line->first ? stamp : "", text);
}

void text_log_line(FILE *out, const struct log_line *line)
{
	char stamp[LOG_STAMP];

	log_line(out, line, log_line_stamp(stamp, line), line->text);
}

void text_log(FILE *out, const struct facts *f, bool dates)
{
	const struct klog *log = &f->log;
	double boot = facts_boot_time(f);
	const struct log_line *l;
	char stamp[64], own[LOG_STAMP];
	size_t i;

	if (log->older)
		text_wrapf(out, "", 0, "(%zu older message%s left out)", log->older,
			   PLURAL(log->older));
	if (dates && boot <= 0)
		text_wrap(out, "", 0, "(when it booted is not known: no dates)");
	for (i = 0; i < log->lines.n; i++) {
		l = &log->lines.v[i];
		if (dates && boot > 0)
			snprintf(stamp, sizeof(stamp), "[%s]", text_date(boot + l->ts_s));
		else
			snprintf(stamp, sizeof(stamp), "%s", log_line_stamp(own, l));
		log_line(out, l, stamp, text_tabs(f->arena, l->text, "\t"));
	}
	text_notes(out, f);
}

/* ---- ps -------------------------------------------------------------------- */

static void task_row(FILE *out, const struct facts *f, const struct task *t)
{
	int ppid = task_ppid(&f->tasks, t);
	char parent[16] = "?";

	if (ppid >= 0)
		snprintf(parent, sizeof(parent), "%d", ppid);
	fprintf(out, "%c%7d %7s %4d  %16llx %c %11s  %s%s%s\n", t->on_cpu ? '>' : ' ',
		t->pid, parent, t->cpu, HEX(t->addr), t->state_letter,
		text_seconds(t->since_s), t->kthread ? "[" : "", t->comm,
		t->kthread ? "]" : "");
}

void text_tasks(FILE *out, const struct facts *f, const struct task *const *v, size_t n)
{
	size_t i;

	fprintf(out, " %7s %7s %4s  %-16s S %11s  %s\n", "PID", "PPID", "CPU",
		"TASK_STRUCT", "SINCE", "COMMAND");
	for (i = 0; i < n; i++)
		task_row(out, f, v[i]);
	text_notes(out, f);
}

/* Why it does not run, where that is not the CPU's doing. */
static void throttle_line(FILE *out, const struct throttle *th)
{
	const struct quota_group *g = th->group;

	text_wrapf(
		out, "", INDENT,
		"held back by the quota of cgroup %s: %.6g ms of CPU time in each %.6g "
		"ms",
		g->path[0] ? g->path : "not known", (double)g->quota / 1e6,
		(double)g->period / 1e6);
}

void text_runnable(FILE *out, const struct facts *f, const struct task *const *v,
		   size_t n)
{
	size_t i;

	fprintf(out, " %7s  %-16s %11s  %-8s %-8s %4s  %s\n", "PID", "TASK_STRUCT",
		"SINCE", "CLASS", "POLICY", "PRIO", "COMMAND");
	for (i = 0; i < n; i++) {
		fprintf(out, "%c%7d  %16llx %11s  %-8s %-8s %4d  %s\n",
			v[i]->on_cpu ? '>' : ' ', v[i]->pid, HEX(v[i]->addr),
			text_seconds(v[i]->since_s), sched_kind_name(v[i]->sched),
			policy_name(v[i]->policy), v[i]->rt_priority, v[i]->comm);
		if (v[i]->throttle)
			throttle_line(out, v[i]->throttle);
	}
	text_notes(out, f);
}

/* ---- sys ------------------------------------------------------------------- */

/* "58 (2 D, 40 S, 14 I, 2 R)": in the order of how soon one wants to know of them. */
static const char *states(const struct facts *f)
{
	static const char letters[] = "DRZXTtSIP?";
	const char *words = "";
	size_t i, k, n;

	for (i = 0; letters[i]; i++) {
		for (k = n = 0; k < f->tasks.all.n; k++)
			n += f->tasks.all.v[k].state_letter == letters[i];
		if (n)
			words = arena_printf(f->arena, "%s%s%zu %c", words,
					     *words ? ", " : "", n, letters[i]);
	}
	return arena_printf(f->arena, "%zu (%s)", f->tasks.all.n, words);
}

static void line(FILE *out, const char *label, const char *value)
{
	text_wrap(out, label, INDENT, *value ? value : "not known");
}

static void taints(FILE *out, const struct facts *f)
{
	const struct machine *m = &f->machine;
	const char *label = "TAINTED";
	unsigned int bit;

	if (!m->taint_known)
		line(out, label, "");
	else if (!m->taint)
		line(out, label, "no");
	for (bit = 0; m->taint_known && bit < 64; bit++) {
		if (!(m->taint >> bit & 1) || !taint_words(bit))
			continue;
		text_wrapf(out, label, INDENT, "%c: %s", taint_letter(bit),
			   taint_words(bit));
		label = "";
	}
}

static void foreign_modules(FILE *out, const struct facts *f)
{
	const char *label = "FOREIGN";
	const struct module *m;
	size_t i;

	for (i = 0; i < f->modules.all.n; i++) {
		m = &f->modules.all.v[i];
		if (!module_is_foreign(m))
			continue;
		text_wrapf(out, label, INDENT, "%s: %s", m->name,
			   taints_of_module(f->arena, m->taints));
		label = "";
	}
}

static const char *ended(const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;

	if (not_fired_words(f))
		return not_fired_words(f);
	return t->message[0] ? t->message : trigger_kind_name(t->kind);
}

/* As the kernel counts it, in the terms of the triage. */
static void memory(FILE *out, const struct facts *f)
{
	const struct memory *m = &f->memory;

	if (!m->counted)
		return;
	text_wrapf(out, "", INDENT,
		   "the kernel manages %s: %s free, %s anonymous, %s shared memory and "
		   "tmpfs (GEM objects are), %s other files, %s slabs",
		   text_mib(f->arena, m->total), text_mib(f->arena, m->free),
		   text_mib(f->arena, m->anon), text_mib(f->arena, m->shmem),
		   text_mib(f->arena, m->file > m->shmem ? m->file - m->shmem : 0),
		   text_mib(f->arena, m->slab));
}

static void measures(FILE *out, const struct facts *f)
{
	const struct machine *m = &f->machine;

	text_wrapf(out, "CPUS", INDENT, "%u", f->info->cpus);
	line(out, "MEMORY",
	     m->memory ? arena_printf(f->arena, "%llu MiB", COUNT(m->memory >> 20)) : "");
	memory(out, f);
	line(out, "CRASHED",
	     f->info->crash_time > 0 ? text_date(f->info->crash_time) : "");
	line(out, "UPTIME", facts_uptime(f) >= 0 ? text_seconds(facts_uptime(f)) : "");
	line(out, "LOAD",
	     m->load_known ? arena_printf(f->arena, "%.2f, %.2f, %.2f", m->load[0],
					  m->load[1], m->load[2])
			   : "");
	line(out, "TASKS", f->tasks.all.n ? states(f) : "");
}

static void core_file(FILE *out, const struct facts *f)
{
	const struct dump_about *about = f->info->about;
	const char *label = "DUMP", *format = about->format ? about->format : "not known";
	size_t i;

	for (i = 0; i < about->files.n; i++) {
		text_wrap(out, label, INDENT, about->files.v[i]);
		label = "";
	}
	if (about->filter_level < 0)
		line(out, "FORMAT", format);
	else if (about->filtered_by)
		text_wrapf(out, "FORMAT", INDENT, "%s, filtered by %s, level %d", format,
			   about->filtered_by, about->filter_level);
	else
		text_wrapf(out, "FORMAT", INDENT, "%s, filtered, level %d", format,
			   about->filter_level);
	if (about->small)
		text_wrapf(out, "SMALL", INDENT, "cut to --level %s from %llu pages%s%s",
			   small_level_word(about->small->level),
			   COUNT(about->small->pages),
			   about->small->blank ? ", names and the log taken out" : "",
			   about->small->no_types ? ", types left out" : "");
	if (about->partial > 0)
		text_wrapf(
			out, "", INDENT,
			"%lld page%s of the kernel's own that should be there: not there",
			(long long)about->partial, PLURAL(about->partial));
	text_wrapf(out, "READ BY", INDENT, "vgpu %s%s%s", VGPU_VERSION,
		   about->crash ? ", with " : "", about->crash ? about->crash : "");
}

void text_system(FILE *out, const struct facts *f)
{
	line(out, "KERNEL", f->info->release);
	line(out, "VERSION", f->machine.version);
	line(out, "MACHINE", f->info->machine);
	line(out, "NODE", f->machine.node);
	measures(out, f);
	text_wrap(out, "PANIC", INDENT, ended(f));
	taints(out, f);
	foreign_modules(out, f);
	core_file(out, f);
	text_notes(out, f);
}

/* ---- mod ------------------------------------------------------------------- */

/* Whose file they are in, or that it is the dump's own BTF. */
static const char *types_of(const struct facts *f, const struct module *m)
{
	const struct dump_about *about = f->info->about;
	const struct dump_types *types;
	size_t i;

	for (i = 0; i < about->types.n; i++) {
		types = &about->types.v[i];
		if (types->module && !strcmp(types->module, m->name))
			return types->file ? types->file : types->kind;
	}
	return "-";
}

void text_modules(FILE *out, const struct facts *f)
{
	const struct module *m;
	const char *taint;
	char size[24];
	size_t i;

	if (!f->modules.all.n)
		fprintf(out, "no modules are loaded\n");
	else
		fprintf(out, "%-16s  %-16s %7s %8s  %-18s %s\n", "MODULE", "TEXT",
			"LENGTH", "SIZE", "NAME", "TYPES");
	for (i = 0; i < f->modules.all.n; i++) {
		m = &f->modules.all.v[i];
		snprintf(size, sizeof(size), "%llu", COUNT(module_size(m)));
		fprintf(out, "%016llx  %016llx %7llu %8s  %-18s %s\n", HEX(m->addr),
			HEX(m->text.start), COUNT(m->text.end - m->text.start),
			module_size(m) ? size : "?", m->name, types_of(f, m));
		taint = taints_of_module(f->arena, m->taints);
		if (*taint)
			text_wrapf(out, "", TAINT_INDENT, "taints: %s", taint);
	}
	text_notes(out, f);
}

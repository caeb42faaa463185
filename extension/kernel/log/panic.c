// SPDX-License-Identifier: GPL-2.0-or-later
#include "panic.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "kernel/sched/jiffies.h"
#include "oops.h"
#include "base/text.h"

#define PANIC_CPU_INVALID (-1)
#define HUNG_MAX 4096
#define IRQS_MAX 256

/* ---- lines of the log ---------------------------------------------------- */

/* The line that begins a panic, or else the one that ends it; *message is what they say. */
static const struct log_line *find_panic_line(struct arena *a, const struct klog *log,
					      const char **message)
{
	const char *end;
	size_t i;

	for (i = log->lines.n; i-- > 0;) {
		*message = panic_words_of(&log->lines.v[i]);
		if (*message)
			return &log->lines.v[i];
	}
	for (i = log->lines.n; i-- > 0;) {
		*message = panic_end_of(&log->lines.v[i]);
		if (!*message)
			continue;
		end = strstr(*message, " ]---");
		if (end)
			*message =
				arena_printf(a, "%.*s", (int)(end - *message), *message);
		return &log->lines.v[i];
	}
	return NULL;
}

static void blame(struct trigger *t, const struct who *w)
{
	t->pid = w->pid;
	if (t->cpu < 0)
		t->cpu = w->cpu;
	snprintf(t->comm, sizeof(t->comm), "%s", w->comm);
}

/* Since 5.10 each line knows by whom it was written. */
static void blame_writer(struct trigger *t, const struct log_line *said)
{
	long pid;

	if (said->caller[0] == 'T' && read_number(said->caller, "T", &pid))
		t->pid = (int)pid;
}

/* ---- evidence ------------------------------------------------------------ */

static void add_evidence(struct dump *d, struct trigger *t, const char *claim,
			 kaddr_t addr, struct look look)
{
	struct trigger_evidence *e = vec_push(d->arena, &t->evidence);

	e->claim = claim;
	e->addr = addr;
	e->look = look;
}

static void add_line_evidence(struct dump *d, struct trigger *t,
			      const struct log_line *line)
{
	add_evidence(d, t, log_line_words(d->arena, line), 0, LOOK(LOG));
}

static void add_switch_evidence(struct dump *d, struct trigger *t,
				const struct sysctl_value *v, const char *why)
{
	if (!v || v->state != SYSCTL_READ)
		return;
	add_evidence(d, t,
		     arena_printf(d->arena, "%s is %lld%s", v->name, (long long)v->value,
				  why),
		     v->addr,
		     LOOK(VARIABLE, .name = v->symbol, .address = v->addr,
			  .n = (int)v->width));
}

/* The switch that made it a panic. */
static void add_own_switch(struct dump *d, struct trigger *t, const struct sysctls *s)
{
	const struct sysctl_value *v = t->sysctl ? sysctl_find(s, t->sysctl) : NULL;
	const char *why = "";

	if (v && !v->value && !strcmp(t->sysctl, "kernel.panic_on_warn"))
		why = "; it was not when the warning came: panic() clears it";
	/* A count since 9544f9e6947f (6.19). */
	if (v && v->value > 1 && !strcmp(t->sysctl, "kernel.hung_task_panic"))
		why = ": so many tasks hung at once";
	add_switch_evidence(d, t, v, why);
}

static void add_cpu_evidence(struct dump *d, const struct panic *p, struct trigger *t)
{
	kaddr_t addr;

	if (!p->panic_cpu_known || !dump_symbol(d, "panic_cpu", &addr))
		return;
	add_evidence(d, t,
		     p->cpu < 0 ? "panic_cpu is -1: no CPU has panicked"
				: arena_printf(d->arena, "panic_cpu is %d", p->cpu),
		     addr,
		     LOOK(VARIABLE, .name = "panic_cpu", .address = addr,
			  .n = sizeof(int)));
}

/* What is known of a panic before it is judged. */
struct scene {
	const struct klog *log;
	/* The panic's line, or the log's last where there is none; NULL: an empty log. */
	const struct log_line *said;
	size_t end; /* the log before the panic's line */
	const struct sysctls *sysctls;
	const struct saying *saying; /* NULL: not known, or panic() said nothing */
	struct oops oops;
};

static const struct log_line *nearest(const struct scene *sc, unsigned int what)
{
	return sc->said ? nearest_complaint(sc->log, sc->end, sc->said, what, NULL)
			: NULL;
}

/* ---- which switch -------------------------------------------------------- */

/*
 * Both unknown_nmi_panic and panic_on_unrecovered_nmi panic in the same words; the
 * first only where the kernel knows no reason: unknown_nmi_error(), pci_serr_error().
 */
static const char *nmi_switch(const struct scene *sc, bool unknown)
{
	if (unknown && sysctl_get(sc->sysctls, "kernel.unknown_nmi_panic", 0))
		return "kernel.unknown_nmi_panic";
	if (sysctl_get(sc->sysctls, "kernel.panic_on_unrecovered_nmi", 0))
		return "kernel.panic_on_unrecovered_nmi";
	return NULL;
}

/* A bus that reports an error of its own; else it may be from anybody. */
static void classify_nmi(const struct scene *sc, struct trigger *t)
{
	const struct log_line *nmi = nearest(sc, SAYS(NMI));
	bool unknown = !nmi || complains_of(nmi, COMPLAINT_UNKNOWN_NMI);

	t->sysctl = nmi_switch(sc, unknown);
	if (!unknown)
		t->accused = ACCUSED_HARDWARE;
}

/* From 6.12 to 6.19 workqueue.panic_on_stall ends in a BUG_ON(), not in a panic(). */
static bool is_workqueue_stall(const struct scene *sc)
{
	const struct log_line *opener = sc->oops.opener;

	return text_starts(words_of(opener), "kernel BUG at kernel/workqueue.c:") &&
	       sysctl_get(sc->sysctls, "workqueue.panic_on_stall", 0) > 0 &&
	       nearest_complaint(sc->log, klog_index(sc->log, opener), opener,
				 SAYS(WORKQUEUE_STALL), NULL);
}

/* Memory did not run out: it is by sysrq-f that the OOM killer was called. */
static bool asked_for_oom(const struct scene *sc)
{
	const struct log_line *line = nearest(sc, SAYS(OOM) | SAYS(SYSRQ_OOM));

	return line && complains_of(line, COMPLAINT_SYSRQ_OOM);
}

static void classify_oops(const struct scene *sc, struct trigger *t)
{
	find_said_at(sc->log, sc->oops.die, &t->at);
	t->exception = true;
	t->kind = sc->oops.sysrq ? TRIGGER_SYSRQ
		  : sc->oops.bug ? TRIGGER_BUG
				 : TRIGGER_OOPS;
	if (sc->oops.sysrq)
		t->sysctl = NULL;
	if (is_workqueue_stall(sc)) {
		t->kind = TRIGGER_OTHER;
		t->sysctl = "workqueue.panic_on_stall";
	}
}

/* Was it the last oops that ended the task, on the CPU that panicked? */
static bool ended_by_oops(const struct scene *sc, const struct trigger *t)
{
	struct who w;

	return sc->oops.die && find_who(sc->log, sc->oops.die, &w) &&
	       (t->cpu < 0 || t->cpu == w.cpu) && (t->pid < 0 || t->pid == w.pid) &&
	       (t->cpu >= 0 || t->pid >= 0);
}

/* True: it is the oops that panicked. */
static bool classify(const char *message, struct scene *sc, struct trigger *t)
{
	const struct saying *saying = find_saying(message);

	sc->saying = saying;
	t->kind = saying ? saying->kind : TRIGGER_OTHER;
	t->sysctl = saying ? saying->sysctl : NULL;
	t->accused = saying ? saying->accused : ACCUSED_NOBODY;
	if (t->kind == TRIGGER_NMI && !t->sysctl)
		classify_nmi(sc, t);
	if (t->kind == TRIGGER_OOM && asked_for_oom(sc))
		t->kind = TRIGGER_SYSRQ;
	if (!sc->oops.die ||
	    (t->kind != TRIGGER_OOPS &&
	     !(saying && saying->match == BY_EXIT && ended_by_oops(sc, t))))
		return false;
	classify_oops(sc, t);
	return true;
}

/* ---- what led to it -------------------------------------------------------- */

/*
 * What BUG() follows by a line or two, and what the oops of a sysrq key does; else the
 * oops itself leads to the panic.
 */
static const struct log_line *before_oops(const struct scene *sc, const struct trigger *t)
{
	const struct log_line *opener = sc->oops.opener, *line;
	unsigned int what = t->kind == TRIGGER_SYSRQ   ? SAYS(SYSRQ_CRASH)
			    : t->kind == TRIGGER_BUG   ? SAYS(CORRUPTION)
			    : t->kind == TRIGGER_OTHER ? SAYS(WORKQUEUE_STALL)
						       : 0;

	line = nearest_complaint(sc->log, klog_index(sc->log, opener), opener, what,
				 NULL);
	return line ? line : sc->saying ? opener : NULL;
}

/* The kthread of the grace period that stalled, where the kernel names its CPU. */
static void add_starved_kthread(struct dump *d, struct trigger *t, const struct scene *sc)
{
	const struct log_line *line;
	long cpu;

	if (!sc->saying || !(sc->saying->led_by & SAYS(RCU_STALL)))
		return;
	line = nearest(sc, SAYS(RCU_STARVED));
	if (!line)
		return;
	add_line_evidence(d, t, line);
	if (read_number(line->text, " ->cpu=", &cpu))
		t->rcu_cpu = (int)cpu;
}

static void add_forerunner(struct dump *d, struct trigger *t, const struct scene *sc,
			   bool of_oops, const char *message)
{
	const struct log_line *line =
		of_oops ? before_oops(sc, t)
		: sc->said
			? find_forerunner(sc->saying, message, sc->log, sc->end, sc->said)
			: NULL;

	if (!line && t->kind == TRIGGER_SYSRQ)
		line = nearest(sc, SAYS(SYSRQ_OOM));
	if (line) {
		t->begins = words_of(line);
		t->begins_s = line->ts_s;
		t->story = line;
		if (t->kind == TRIGGER_WARN && !find_said_in(line, &t->at))
			find_said_at(sc->log, line, &t->at);
		t->exception |= complains_of(line, COMPLAINT_WARN);
		if (t->kind == TRIGGER_HARDLOCKUP)
			t->locked_cpu = locked_cpu_of(line->text);
		add_line_evidence(d, t, line);
	}
	if (!line && t->kind == TRIGGER_HUNG_TASK &&
	    !sysctl_get(sc->sysctls, "kernel.hung_task_warnings", -1))
		add_switch_evidence(d, t,
				    sysctl_find(sc->sysctls, "kernel.hung_task_warnings"),
				    ": tasks that hang are counted without a word");
	if (t->kind == TRIGGER_HARDLOCKUP && t->locked_cpu < 0)
		t->locked_cpu = locked_cpu_of(message);
	add_starved_kthread(d, t, sc);
}

/* ---- panic()'s own buffer ------------------------------------------------ */

#define PANIC_BUF_SIZE 1024
#define NEIGHBOURHOOD 4096
#define STEP 64

/* Numbered or not; clang puts the function's name first: vpanic() has it since 6.17. */
static bool is_called_buf(const char *name)
{
	static const char *const names[] = {"buf", "panic.buf", "vpanic.buf"};
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		n = strlen(names[i]);
		if (!strncmp(name, names[i], n) && (!name[n] || name[n] == '.'))
			return true;
	}
	return false;
}

/* Is addr in a variable called buf of panic()'s size? */
static bool is_panic_buf(struct dump *d, kaddr_t addr, kaddr_t *start)
{
	struct dump_symbol sym, end;

	if (!dump_symbol_at(d, addr, &sym) || !is_called_buf(sym.name))
		return false;
	*start = addr - sym.offset;
	return dump_symbol_at(d, *start + PANIC_BUF_SIZE - 1, &end) &&
	       end.offset == PANIC_BUF_SIZE - 1 && !strcmp(end.name, sym.name);
}

/*
 * The kernel has many variables called buf.  panic()'s is the one among the
 * other variables of kernel/panic.c that is as large as its declaration.
 */
static bool find_panic_buf(struct dump *d, kaddr_t *buf)
{
	static const char *const neighbours[] = {"tainted_mask", "panic_on_oops",
						 "oops_id"};
	kaddr_t near, addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(neighbours); i++) {
		if (!dump_symbol(d, neighbours[i], &near))
			continue;
		for (addr = near - NEIGHBOURHOOD; addr < near + NEIGHBOURHOOD;
		     addr += STEP)
			if (is_panic_buf(d, addr, buf))
				return true;
	}
	return false;
}

/* The escaped words of the last panic(); NULL when there are none, or none to read. */
static const char *read_panic_buf(struct dump *d, kaddr_t *buf)
{
	char raw[PANIC_BUF_SIZE], escaped[PANIC_BUF_SIZE * 4];
	size_t i;

	if (!find_panic_buf(d, buf) || !dump_string(d, *buf, raw, sizeof(raw)) || !raw[0])
		return NULL;
	for (i = 0; raw[i]; i++)
		if (!isprint((unsigned char)raw[i]) && !isspace((unsigned char)raw[i]))
			return NULL;
	raw[strcspn(raw, "\n")] = '\0';
	text_escape(escaped, sizeof(escaped), raw);
	return arena_printf(d->arena, "%s", escaped);
}

static void add_buffer_evidence(struct dump *d, struct trigger *t, const char *words,
				kaddr_t buf)
{
	add_evidence(d, t,
		     arena_printf(d->arena, "panic() was called with \"%s\"", words), buf,
		     LOOK(TEXT, .address = buf));
}

/* Only panic() writes there, so where the two differ the log is not whole or not true. */
static void compare_with_buffer(struct dump *d, const char *message)
{
	kaddr_t buf;
	const char *words = read_panic_buf(d, &buf);

	if (words && strcmp(words, message))
		dump_note(d,
			  "the log's last panic line says \"%s\", panic()'s buffer "
			  "at 0x%llx \"%s\"",
			  message, HEX(buf), words);
}

/* ---- the trigger --------------------------------------------------------- */

/* The log has the panic's own line: the usual case. */
static void trigger_of_line(struct dump *d, struct panic *p, struct scene *sc,
			    const struct log_line *line)
{
	struct trigger *t = &p->trigger;
	struct who w;
	bool of_oops, told;

	p->source = PANIC_FROM_LOG;
	t->message = p->message;
	t->ts_s = line->ts_s;
	sc->said = line;
	sc->end = klog_index(sc->log, line);
	find_oops(sc->log, sc->end, line, &sc->oops);
	told = find_who(sc->log, line, &w);
	if (told)
		blame(t, &w);
	else
		blame_writer(t, line);
	t->story = line;
	of_oops = classify(p->message, sc, t);
	if (of_oops)
		t->story = sc->oops.opener;
	/* "Fatal exception": the oops has said who; the stack is not printed twice. */
	if (of_oops && !told && find_who(sc->log, sc->oops.die, &w))
		blame(t, &w);
	if (t->accused)
		t->accused_name = accused_name(d->arena, p->message);
	if (t->kind == TRIGGER_BUG && !of_oops)
		find_said_in(line, &t->at);
	add_forerunner(d, t, sc, of_oops, p->message);
	if (of_oops && t->begins != words_of(sc->oops.opener))
		add_line_evidence(d, t, sc->oops.opener);
	add_line_evidence(d, t, line);
	compare_with_buffer(d, t->message);
}

/* An oops that would panic goes into the crash kernel before panic() is called. */
static void trigger_of_oops(struct dump *d, struct trigger *t, struct scene *sc)
{
	struct who w;

	t->message = words_of(sc->oops.opener);
	t->ts_s = sc->oops.opener->ts_s;
	t->story = sc->oops.opener;
	/* In an interrupt, or in pid 0 or 1, an oops is fatal whatever the switch. */
	if (sysctl_get(sc->sysctls, "kernel.panic_on_oops", 0))
		t->sysctl = "kernel.panic_on_oops";
	classify_oops(sc, t);
	if (find_who(sc->log, sc->oops.die, &w))
		blame(t, &w);
	else
		blame_writer(t, sc->oops.die);
	add_forerunner(d, t, sc, true, "");
	add_line_evidence(d, t, sc->oops.opener);
}

/* No panic line: none was said, or the words have been lost with the log. */
static void trigger_without_line(struct dump *d, struct panic *p, struct scene *sc)
{
	struct trigger *t = &p->trigger;
	const char *words;
	kaddr_t buf;

	if (sc->said)
		find_oops(sc->log, sc->end, sc->said, &sc->oops);
	words = read_panic_buf(d, &buf);
	if (words) {
		p->message = t->message = words;
		p->source = PANIC_FROM_BUFFER;
		add_buffer_evidence(d, t, words, buf);
		add_forerunner(d, t, sc, classify(words, sc, t), words);
	} else if (sc->oops.die) {
		trigger_of_oops(d, t, sc);
	} else {
		t->kind = p->panic_cpu_known		     ? TRIGGER_OTHER
			  : d->info.text || sc->log->lines.n ? TRIGGER_NONE
							     : TRIGGER_UNKNOWN;
	}
}

static void read_trigger(struct dump *d, struct panic *p, const struct klog *log,
			 const struct sysctls *s)
{
	const char *message;
	const struct log_line *line = find_panic_line(d->arena, log, &message);
	size_t n = log->lines.n;
	struct scene sc = {.log = log,
			   .said = n ? &log->lines.v[n - 1] : NULL,
			   .end = n,
			   .sysctls = s};

	p->trigger.cpu = p->cpu;
	if (line && p->panic_cpu_known && p->cpu < 0)
		dump_note(d, "the log tells of a panic, and panic_cpu says that no CPU "
			     "has panicked");
	if (line) {
		p->message = message;
		trigger_of_line(d, p, &sc, line);
	} else if (!p->panic_cpu_known || p->cpu >= 0) {
		trigger_without_line(d, p, &sc);
	}
	add_own_switch(d, &p->trigger, s);
	add_cpu_evidence(d, p, &p->trigger);
}

static void read_panic_cpu(struct dump *d, struct panic *p)
{
	uint32_t cpu;

	p->cpu = PANIC_CPU_INVALID;
	if (d->info.text)
		return;
	if (!dump_symbol_u32(d, "panic_cpu", &cpu)) {
		dump_unread(d, "panic_cpu");
		return;
	}
	p->panic_cpu_known = (int32_t)cpu == PANIC_CPU_INVALID || cpu < d->info.cpus;
	if (!p->panic_cpu_known)
		dump_note(d, "panic_cpu is %d, and there is no such CPU", (int32_t)cpu);
	else
		p->cpu = (int32_t)cpu;
}

/* ---- hung tasks ---------------------------------------------------------- */

static void read_hung(struct dump *d, struct panic *p, const struct klog *log)
{
	const struct log_line *line;
	struct hung_blocker b;
	struct hung_report r;
	size_t i;

	for (i = 0; i < log->lines.n; i++) {
		line = &log->lines.v[i];
		if (!is_kernels_own(line))
			continue;
		if (p->hung.n < HUNG_MAX && parse_hung(words_of(line), &r)) {
			r.ts_s = line->ts_s;
			r.line = line;
			*vec_push(d->arena, &p->hung) = r;
		} else if (p->blockers.n < HUNG_MAX &&
			   parse_blocker(words_of(line), &b)) {
			b.ts_s = line->ts_s;
			b.text = words_of(line);
			b.line = line;
			*vec_push(d->arena, &p->blockers) = b;
		}
	}
}

static void read_irqs(struct dump *d, struct panic *p, const struct klog *log)
{
	const struct log_line *line;
	struct irq_report *r;
	long irq;
	size_t i;

	for (i = 0; i < log->lines.n && p->irqs.n < IRQS_MAX; i++) {
		line = &log->lines.v[i];
		if (!complains_of(line, COMPLAINT_NOBODY_CARED) ||
		    !read_number(words_of(line), "irq ", &irq))
			continue;
		r = vec_push(d->arena, &p->irqs);
		r->irq = (int)irq;
		r->ts_s = line->ts_s;
		r->text = words_of(line);
	}
}

/* ---- what each switch catches --------------------------------------------- */

static void read_caught(struct dump *d, struct panic *p, const struct klog *log)
{
	static const struct {
		const char *sysctl;
		enum complaint what;
	} catches[] = {
		{"kernel.panic_on_oops", COMPLAINT_OOPS},
		{"kernel.hung_task_panic", COMPLAINT_HUNG_TASK},
		{"kernel.softlockup_panic", COMPLAINT_SOFTLOCKUP},
		{"kernel.hardlockup_panic", COMPLAINT_HARDLOCKUP},
		{"kernel.panic_on_warn", COMPLAINT_WARN},
		{"vm.panic_on_oom", COMPLAINT_OOM},
		{"kernel.panic_on_rcu_stall", COMPLAINT_RCU_STALL},
		{"kernel.unknown_nmi_panic", COMPLAINT_UNKNOWN_NMI},
		{"workqueue.panic_on_stall", COMPLAINT_WORKQUEUE_STALL},
	};
	struct caught c;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(catches); i++) {
		c = (struct caught){.sysctl = catches[i].sysctl};
		for (k = 0; k < log->lines.n; k++) {
			if (!complains_of(&log->lines.v[k], catches[i].what))
				continue;
			if (!c.count++)
				c.first = &log->lines.v[k];
		}
		if (c.count)
			*vec_push(d->arena, &p->caught) = c;
	}
}

/* ---- time ---------------------------------------------------------------- */

/* By more no CPU that hangs is late: those times are not the log's own any more. */
#define LATE_S 86400.0

/* A CPU that has the tick to keep may be the one that hangs: the log goes on. */
static void read_uptime(struct dump *d, const struct klog *log, struct panic *p)
{
	const struct log_line *end = log->lines.n ? &log->lines.v[log->lines.n - 1]
						  : NULL;
	/* Dates are no time since the boot. */
	double last = end && !end->stamp ? end->ts_s : -1;

	if (d->info.text && d->info.text->uptime_s > 0) {
		p->uptime_s = d->info.text->uptime_s;
		p->uptime_source = "/proc/uptime";
		return;
	}
	p->uptime_s = uptime_of_jiffies(d, kernel_hz(d));
	p->uptime_source = p->uptime_s >= 0 ? "jiffies" : "";
	if (last > p->uptime_s + 1 && (p->uptime_s < 0 || last < p->uptime_s + LATE_S)) {
		p->uptime_s = last;
		p->uptime_source = "the last line of the log";
	}
	/* Its clock was started before jiffies were, by some tenths of a second. */
	if (last > p->uptime_s && last <= p->uptime_s + 1)
		p->last_said_s = last;
}

/* ---- all of it ----------------------------------------------------------- */

void panic_read(struct dump *d, const struct klog *log, const struct sysctls *sysctls,
		struct panic *p)
{
	struct oops *o = &p->last_oops;

	memset(p, 0, sizeof(*p));
	p->message = p->oops = p->trigger.message = p->trigger.begins = "";
	p->trigger.accused_name = "";
	p->oops_ts_s = p->trigger.ts_s = p->trigger.begins_s = -1;
	p->trigger.cpu = p->trigger.locked_cpu = p->trigger.rcu_cpu = p->trigger.pid = -1;
	read_panic_cpu(d, p);
	if (find_last_oops(log, o)) {
		p->oops = words_of(o->opener);
		p->oops_ts_s = o->opener->ts_s;
		/* Another CPU's may follow what was cut. */
		if (!o->part)
			find_said_at(log, o->die, &p->oops_at);
	}
	read_trigger(d, p, log, sysctls);
	read_hung(d, p, log);
	read_irqs(d, p, log);
	read_caught(d, p, log);
	read_uptime(d, log, p);
}

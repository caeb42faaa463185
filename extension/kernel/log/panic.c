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

#define PANIC_PREFIX "Kernel panic - not syncing: "
#define PANIC_CPU_INVALID (-1)
#define HUNG_MAX 4096

/* ---- lines of the log ---------------------------------------------------- */

static const struct log_line *find_panic_line(const struct klog *log)
{
	size_t i = log->lines.n;

	while (i-- > 0)
		if (is_kernels_own(&log->lines.v[i]) &&
		    text_starts(log->lines.v[i].text, PANIC_PREFIX))
			return &log->lines.v[i];
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
	char stamp[LOG_STAMP];

	add_evidence(d, t,
		     arena_printf(d->arena, "%s %s", log_stamp(stamp, line->ts_s),
				  line->text),
		     0, LOOK(LOG));
}

static void add_switch_evidence(struct dump *d, struct trigger *t,
				const struct sysctls *s)
{
	const struct sysctl_value *v = t->sysctl ? sysctl_find(s, t->sysctl) : NULL;
	const char *why = "";

	if (!v || v->state != SYSCTL_READ)
		return;
	if (!v->value && !strcmp(t->sysctl, "kernel.panic_on_warn"))
		why = "; it was not when the warning came: panic() clears it";
	add_evidence(d, t,
		     arena_printf(d->arena, "%s is %lld%s", v->name, (long long)v->value,
				  why),
		     v->addr,
		     LOOK(VARIABLE, .name = v->symbol, .address = v->addr,
			  .n = (int)v->width));
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

/* What the kernel complained of before it panicked for this reason. */
static const struct log_line *find_forerunner(const struct trigger *t,
					      const struct klog *log, size_t end)
{
	static const struct {
		enum trigger_kind kind;
		enum complaint what;
		const char *sysctl; /* NULL: any */
	} forerunners[] = {
		{TRIGGER_HUNG_TASK, COMPLAINT_HUNG_TASK, NULL},
		{TRIGGER_SOFTLOCKUP, COMPLAINT_SOFTLOCKUP, NULL},
		{TRIGGER_HARDLOCKUP, COMPLAINT_HARDLOCKUP, NULL},
		{TRIGGER_WARN, COMPLAINT_WARN, NULL},
		{TRIGGER_OOM, COMPLAINT_OOM, NULL},
		{TRIGGER_SYSRQ, COMPLAINT_SYSRQ_CRASH, NULL},
		{TRIGGER_NMI, COMPLAINT_NMI, NULL},
		{TRIGGER_OTHER, COMPLAINT_RCU_STALL, "kernel.panic_on_rcu_stall"},
		{TRIGGER_OTHER, COMPLAINT_WORKQUEUE_STALL, "workqueue.panic_on_stall"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forerunners); i++)
		if (forerunners[i].kind == t->kind &&
		    (!forerunners[i].sysctl ||
		     (t->sysctl && !strcmp(forerunners[i].sysctl, t->sysctl))))
			return last_complaint(log, end, forerunners[i].what);
	return NULL;
}

static void add_forerunner(struct dump *d, struct trigger *t, const struct klog *log,
			   size_t end)
{
	const struct log_line *line = find_forerunner(t, log, end);

	if (!line)
		return;
	if (t->kind == TRIGGER_WARN)
		find_said_at(log, line, &t->at);
	t->begins = line->text;
	t->begins_s = line->ts_s;
	add_line_evidence(d, t, line);
}

/*
 * The CPU that a hard lockup is of.  Since 1f423c905a6b, "watchdog/hardlockup: detect
 * hard lockups using secondary (buddy) CPUs", it need not be the one that panics.
 */
static void find_locked_cpu(struct trigger *t, const struct klog *log, size_t end)
{
	const struct log_line *line =
		t->kind == TRIGGER_HARDLOCKUP
			? last_complaint(log, end, COMPLAINT_HARDLOCKUP)
			: NULL;

	if (line)
		t->locked_cpu = complaint_locked_cpu(line);
}

/* ---- which switch -------------------------------------------------------- */

enum match {
	AT_START,
	WITHIN,
	BY_EXIT, /* at the start, of a task that an oops ended or that went by itself */
};

/* What panic() was called with, by whom, and which switch let it. */
static const struct saying {
	const char *words;
	enum match match;
	enum trigger_kind kind;
	const char *sysctl;
} sayings[] = {
	{"hung_task: blocked tasks", AT_START, TRIGGER_HUNG_TASK,
	 "kernel.hung_task_panic"},
	{"softlockup: hung tasks", AT_START, TRIGGER_SOFTLOCKUP,
	 "kernel.softlockup_panic"},
	{"Hard LOCKUP", AT_START, TRIGGER_HARDLOCKUP, "kernel.hardlockup_panic"},
	{"panic_on_warn set", WITHIN, TRIGGER_WARN, "kernel.panic_on_warn"},
	{"system warned too often", WITHIN, TRIGGER_WARN, "kernel.warn_limit"},
	{"Oopsed too often", AT_START, TRIGGER_OOPS, "kernel.oops_limit"},
	{"panic_on_taint set", AT_START, TRIGGER_OTHER, "panic_on_taint"},
	{"RCU Stall", AT_START, TRIGGER_OTHER, "kernel.panic_on_rcu_stall"},
	{"panic_on_oom is enabled", WITHIN, TRIGGER_OOM, "vm.panic_on_oom"},
	{"System is deadlocked on memory", AT_START, TRIGGER_OOM, NULL},
	{"Out of memory", AT_START, TRIGGER_OOM, NULL},
	{"NMI IOCK error: Not continuing", AT_START, TRIGGER_NMI,
	 "kernel.panic_on_io_nmi"},
	{"NMI: Not continuing", AT_START, TRIGGER_NMI,
	 NULL}, /* one of two: see nmi_switch() */
	{"sysrq triggered crash", AT_START, TRIGGER_SYSRQ, NULL},
	{"Fatal exception in interrupt", WITHIN, TRIGGER_OOPS, NULL},
	{"Fatal exception", WITHIN, TRIGGER_OOPS, "kernel.panic_on_oops"},
	{"exceeded threshold", WITHIN, TRIGGER_OTHER, "workqueue.panic_on_stall"},
	{"kernel stack overflow", AT_START, TRIGGER_OOPS, NULL}, /* these three: arm64 */
	{"bad mode", AT_START, TRIGGER_OOPS, NULL},
	{"Unhandled exception", AT_START, TRIGGER_OOPS, NULL},
	/* What do_exit() says of a task that nobody can do without. */
	{"Attempted to kill init!", BY_EXIT, TRIGGER_OTHER, NULL},
	{"Attempted to kill the idle task!", BY_EXIT, TRIGGER_OTHER, NULL},
	{"Aiee, killing interrupt handler!", BY_EXIT, TRIGGER_OTHER, NULL},
};

/* Less than this of a saying that was cut short could be anything. */
#define CUT_SAYING_MIN 6

static const struct saying *find_saying(const char *message)
{
	size_t i, len = strlen(message);

	for (i = 0; i < ARRAY_SIZE(sayings); i++)
		if (sayings[i].match == WITHIN ? strstr(message, sayings[i].words) != NULL
					       : text_starts(message, sayings[i].words))
			return &sayings[i];
	for (i = 0; len >= CUT_SAYING_MIN && i < ARRAY_SIZE(sayings); i++)
		if (sayings[i].match == AT_START &&
		    text_starts(sayings[i].words, message))
			return &sayings[i];
	return NULL;
}

/* What is known of a panic before it is judged. */
struct scene {
	const struct klog *log;
	size_t end; /* the log before the panic's line */
	const struct sysctls *sysctls;
	struct oops oops;
};

/*
 * Both unknown_nmi_panic and panic_on_unrecovered_nmi panic in the same words; the
 * first only where the kernel knows no reason: unknown_nmi_error(), pci_serr_error().
 */
static const char *nmi_switch(const struct scene *sc)
{
	const struct log_line *nmi = last_complaint(sc->log, sc->end, COMPLAINT_NMI);
	bool unknown = !nmi || complains_of(nmi, COMPLAINT_UNKNOWN_NMI);

	if (unknown && sysctl_get(sc->sysctls, "kernel.unknown_nmi_panic", 0))
		return "kernel.unknown_nmi_panic";
	if (sysctl_get(sc->sysctls, "kernel.panic_on_unrecovered_nmi", 0))
		return "kernel.panic_on_unrecovered_nmi";
	return NULL;
}

/* From 6.12 to 6.19 workqueue.panic_on_stall ends in a BUG_ON(), not in a panic(). */
static bool is_workqueue_stall(const struct scene *sc)
{
	return text_starts(sc->oops.opener->text, "kernel BUG at kernel/workqueue.c:") &&
	       sysctl_get(sc->sysctls, "workqueue.panic_on_stall", 0) > 0 &&
	       last_complaint(sc->log, klog_index(sc->log, sc->oops.opener),
			      COMPLAINT_WORKQUEUE_STALL);
}

static void classify_oops(const struct scene *sc, struct trigger *t)
{
	find_said_at(sc->log, sc->oops.die, &t->at);
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
static bool classify(const char *message, const struct scene *sc, struct trigger *t)
{
	const struct saying *saying = find_saying(message);

	t->kind = saying ? saying->kind : TRIGGER_OTHER;
	t->sysctl = saying ? saying->sysctl : NULL;
	if (t->kind == TRIGGER_NMI && !t->sysctl)
		t->sysctl = nmi_switch(sc);
	if (!sc->oops.die ||
	    (t->kind != TRIGGER_OOPS &&
	     !(saying && saying->match == BY_EXIT && ended_by_oops(sc, t))))
		return false;
	classify_oops(sc, t);
	return true;
}

/* ---- panic()'s own buffer ------------------------------------------------ */

#define PANIC_BUF_SIZE 1024
#define NEIGHBOURHOOD 4096
#define STEP 64

/* Is addr in a variable called buf, numbered or not, of panic()'s size? */
static bool is_panic_buf(struct dump *d, kaddr_t addr, kaddr_t *start)
{
	struct dump_symbol sym, end;

	if (!dump_symbol_at(d, addr, &sym) ||
	    (strcmp(sym.name, "buf") && !text_starts(sym.name, "buf.")))
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

	p->message = line->text + strlen(PANIC_PREFIX);
	p->source = PANIC_FROM_LOG;
	t->message = p->message;
	t->ts_s = line->ts_s;
	sc->end = klog_index(sc->log, line);
	find_oops(sc->log, sc->end, &sc->oops);
	told = find_who(sc->log, line, &w);
	if (told)
		blame(t, &w);
	else
		blame_writer(t, line);
	of_oops = classify(p->message, sc, t);
	/* "Fatal exception": the oops has said who; the stack is not printed twice. */
	if (of_oops && !told && find_who(sc->log, sc->oops.die, &w))
		blame(t, &w);
	add_forerunner(d, t, sc->log, sc->end);
	find_locked_cpu(t, sc->log, sc->end);
	if (of_oops)
		add_line_evidence(d, t, sc->oops.opener);
	add_line_evidence(d, t, line);
	compare_with_buffer(d, t->message);
}

/* An oops that would panic goes into the crash kernel before panic() is called. */
static void trigger_of_oops(struct dump *d, struct trigger *t, const struct scene *sc)
{
	struct who w;

	t->message = sc->oops.opener->text;
	t->ts_s = sc->oops.opener->ts_s;
	/* In an interrupt, or in pid 0 or 1, an oops is fatal whatever the switch. */
	if (sysctl_get(sc->sysctls, "kernel.panic_on_oops", 0))
		t->sysctl = "kernel.panic_on_oops";
	classify_oops(sc, t);
	if (find_who(sc->log, sc->oops.die, &w))
		blame(t, &w);
	else
		blame_writer(t, sc->oops.die);
	add_forerunner(d, t, sc->log, klog_index(sc->log, sc->oops.die));
	add_line_evidence(d, t, sc->oops.opener);
}

/* No panic line: none was said, or the words have been lost with the log. */
static void trigger_without_line(struct dump *d, struct panic *p, struct scene *sc)
{
	struct trigger *t = &p->trigger;
	const char *words;
	kaddr_t buf;

	find_oops(sc->log, sc->end, &sc->oops);
	words = read_panic_buf(d, &buf);
	if (words) {
		p->message = t->message = words;
		p->source = PANIC_FROM_BUFFER;
		add_buffer_evidence(d, t, words, buf);
		classify(words, sc, t);
		find_locked_cpu(t, sc->log, sc->end);
	} else if (sc->oops.die) {
		trigger_of_oops(d, t, sc);
	} else {
		t->kind = p->panic_cpu_known ? TRIGGER_OTHER : TRIGGER_NONE;
	}
}

static void read_trigger(struct dump *d, struct panic *p, const struct klog *log,
			 const struct sysctls *s)
{
	const struct log_line *line = find_panic_line(log);
	struct scene sc = {.log = log, .end = log->lines.n, .sysctls = s};

	p->trigger.cpu = p->cpu;
	if (line && p->panic_cpu_known && p->cpu < 0)
		dump_note(d, "the log tells of a panic, and panic_cpu says that no CPU "
			     "has panicked");
	if (line)
		trigger_of_line(d, p, &sc, line);
	else if (!p->panic_cpu_known || p->cpu >= 0)
		trigger_without_line(d, p, &sc);
	add_switch_evidence(d, &p->trigger, s);
	add_cpu_evidence(d, p, &p->trigger);
}

static void read_panic_cpu(struct dump *d, struct panic *p)
{
	uint32_t cpu;

	p->cpu = PANIC_CPU_INVALID;
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

/*
 * "INFO: task NAME:PID blocked for more than N seconds."; since 7.2 also "blocked
 * in I/O wait for more than".  The name may hold spaces, colons and these very words.
 */
static bool parse_hung(const struct log_line *line, struct hung_report *r)
{
	static const char words[] = " for more than ";
	const char *name = line->text + strlen("INFO: task "), *end, *next, *colon;
	char *stop;
	long pid;

	end = strstr(name, words);
	if (!end)
		return false;
	while ((next = strstr(end + 1, words)))
		end = next;
	r->seconds = strtol(end + strlen(words), &stop, 10);
	if (stop == end + strlen(words) || r->seconds < 0 ||
	    !text_starts(stop, " second"))
		return false;
	for (colon = end; colon > name && *colon != ':'; colon--)
		;
	if (colon == name)
		return false;
	pid = strtol(colon + 1, &stop, 10);
	if (stop == colon + 1 || pid <= 0 || pid > INT32_MAX ||
	    !text_starts(stop, " blocked"))
		return false;
	r->pid = (int)pid;
	r->ts_s = line->ts_s;
	snprintf(r->comm, sizeof(r->comm), "%.*s", (int)(colon - name), name);
	return true;
}

static void read_hung(struct dump *d, struct panic *p, const struct klog *log)
{
	struct hung_report r;
	size_t i;

	for (i = 0; i < log->lines.n && p->hung.n < HUNG_MAX; i++) {
		memset(&r, 0, sizeof(r));
		if (complains_of(&log->lines.v[i], COMPLAINT_HUNG_TASK) &&
		    parse_hung(&log->lines.v[i], &r))
			*vec_push(d->arena, &p->hung) = r;
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
	double last = log->lines.n ? log->lines.v[log->lines.n - 1].ts_s : -1;

	p->uptime_s = uptime_of_jiffies(d, kernel_hz(d));
	p->uptime_source = p->uptime_s >= 0 ? "jiffies" : "";
	if (last > p->uptime_s + 1 && (p->uptime_s < 0 || last < p->uptime_s + LATE_S)) {
		p->uptime_s = last;
		p->uptime_source = "the last line of the log";
	}
}

/* ---- all of it ----------------------------------------------------------- */

void panic_read(struct dump *d, const struct klog *log, const struct sysctls *sysctls,
		struct panic *p)
{
	struct oops o;

	memset(p, 0, sizeof(*p));
	p->message = p->oops = p->trigger.message = p->trigger.begins = "";
	p->oops_ts_s = p->trigger.ts_s = p->trigger.begins_s = -1;
	p->trigger.cpu = p->trigger.locked_cpu = p->trigger.pid = -1;
	read_panic_cpu(d, p);
	if (find_oops(log, log->lines.n, &o)) {
		p->oops = o.opener->text;
		p->oops_ts_s = o.opener->ts_s;
	}
	read_trigger(d, p, log, sysctls);
	read_hung(d, p, log);
	read_caught(d, p, log);
	read_uptime(d, log, p);
}

const char *trigger_kind_name(enum trigger_kind kind)
{
	static const char *const names[] = {
		[TRIGGER_NONE] = "none",
		[TRIGGER_HUNG_TASK] = "hung_task",
		[TRIGGER_SOFTLOCKUP] = "softlockup",
		[TRIGGER_HARDLOCKUP] = "hardlockup",
		[TRIGGER_OOPS] = "oops",
		[TRIGGER_BUG] = "bug",
		[TRIGGER_WARN] = "warn",
		[TRIGGER_OOM] = "oom",
		[TRIGGER_SYSRQ] = "sysrq",
		[TRIGGER_NMI] = "nmi",
		[TRIGGER_OTHER] = "other",
	};

	return names[kind];
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "panic.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "text.h"

#define PANIC_PREFIX "Kernel panic - not syncing: "
#define PANIC_CPU_INVALID (-1)
#define HUNG_MAX 4096

/* ---- time ---------------------------------------------------------------- */

/* clocksource_jiffies.mult is the length of a tick in ns, shifted by this. */
#define JIFFIES_SHIFT 8

/*
 * The nearest HZ that a kernel can be built with.  tick_nsec follows adjtimex(),
 * by up to a tenth; what is further off is none of them.
 */
static unsigned int hz_of_tick(uint64_t ns)
{
	static const unsigned int built[] = {24,  32,  48,  64,	 100, 128,  200,
					     250, 256, 300, 500, 512, 1000, 1024};
	unsigned int i, best = 0;
	double hz = ns ? 1e9 / (double)ns : 0;

	for (i = 0; i < sizeof(built) / sizeof(built[0]); i++)
		if (fabs(built[i] - hz) < fabs((double)best - hz))
			best = built[i];
	return fabs(best - hz) <= hz / 10 ? best : 0;
}

unsigned int kernel_hz(struct dump *d)
{
	unsigned int hz = 0;
	kaddr_t addr;
	uint64_t v;

	if (dump_symbol(d, "clocksource_jiffies", &addr) &&
	    member_u64(d, addr, CLOCKSOURCE_MULT, &v))
		hz = hz_of_tick(v >> JIFFIES_SHIFT);
	if (!hz && dump_symbol_u64(d, "tick_nsec", &v))
		hz = hz_of_tick(v);
	return hz ? hz : d->info.hz;
}

/* jiffies start 300 seconds before they wrap at 32 bits (include/linux/jiffies.h). */
static double uptime_of_jiffies(struct dump *d, unsigned int hz)
{
	uint64_t jiffies, initial = (uint32_t)(-300 * (int64_t)hz);

	if (!hz || !dump_symbol_u64(d, "jiffies_64", &jiffies) || jiffies < initial)
		return -1;
	return (double)(jiffies - initial) / hz;
}

/* By more no CPU that hangs is late: those times are not the log's own any more. */
#define LATE_S 86400.0

/* A CPU that has the tick to keep may be the one that hangs: the log goes on. */
static void read_uptime(struct dump *d, const struct klog *log, struct panic *p)
{
	double last = log->lines.n ? log->lines.v[log->lines.n - 1].ts_s : -1;

	p->hz = kernel_hz(d);
	p->uptime_s = uptime_of_jiffies(d, p->hz);
	p->uptime_source = p->uptime_s >= 0 ? "jiffies" : "";
	if (last > p->uptime_s + 1 && (p->uptime_s < 0 || last < p->uptime_s + LATE_S)) {
		p->uptime_s = last;
		p->uptime_source = "the last line of the log";
	}
}

/* ---- lines of the log ---------------------------------------------------- */

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* Only the kernel's own words count: anybody may write to /dev/kmsg. */
static bool from_kernel(const struct log_line *line)
{
	return line->facility == 0;
}

/* The last of the kernel's lines before end that has the words; NULL when none. */
static const struct log_line *last_line(const struct klog *log, size_t end,
					const char *words)
{
	while (end-- > 0)
		if (from_kernel(&log->lines.v[end]) &&
		    strstr(log->lines.v[end].text, words))
			return &log->lines.v[end];
	return NULL;
}

static size_t index_of(const struct klog *log, const struct log_line *line)
{
	return (size_t)(line - log->lines.v);
}

static const struct log_line *find_panic_line(const struct klog *log)
{
	size_t i = log->lines.n;

	while (i-- > 0)
		if (from_kernel(&log->lines.v[i]) &&
		    starts(log->lines.v[i].text, PANIC_PREFIX))
			return &log->lines.v[i];
	return NULL;
}

/* ---- an oops ------------------------------------------------------------- */

/* What die() prints: "Oops: 0002 [#1] SMP PTI"; the number counts oopses. */
static bool is_die_line(const char *text)
{
	const char *p = strstr(text, " [#");

	return p && isdigit((unsigned char)p[3]);
}

/* The line that says in words what the die line says in numbers. */
static bool opens_oops(const char *text)
{
	static const char *const openers[] = {
		"BUG: ",
		"kernel BUG at ",
		"general protection fault",
		"Unable to handle kernel ",
		"Oops: general protection fault",
	};
	size_t i;

	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
		if (starts(text, openers[i]))
			return true;
	return false;
}

#define OOPS_OPENER_LINES 8
#define OOPS_BODY_LINES 40
#define WHO_LINES 10

struct oops {
	const struct log_line *die, *opener; /* opener may be the die line */
	bool bug, sysrq;
};

/* Before 5.0 sysrq-c wrote to NULL: 8341f2f222d7 made it call panic(). */
static bool in_sysrq_handler(const struct klog *log, size_t die)
{
	size_t i, end = die + OOPS_BODY_LINES;
	const char *text;

	for (i = die; i < end && i < log->lines.n; i++) {
		text = log->lines.v[i].text;
		if ((starts(text, "RIP: ") || starts(text, "pc : ") ||
		     starts(text, "PC is at ")) &&
		    strstr(text, "sysrq_handle_crash"))
			return true;
	}
	return false;
}

/* The last oops that begins before end. */
static bool find_oops(const struct klog *log, size_t end, struct oops *o)
{
	size_t die = end, i;
	const char *text;

	memset(o, 0, sizeof(*o));
	while (die-- > 0)
		if (from_kernel(&log->lines.v[die]) &&
		    is_die_line(log->lines.v[die].text))
			break;
	if (die == SIZE_MAX)
		return false;
	o->die = o->opener = &log->lines.v[die];
	for (i = die; i-- > 0 && die - i <= OOPS_OPENER_LINES;) {
		text = log->lines.v[i].text;
		if (is_die_line(text))
			break;
		if (from_kernel(&log->lines.v[i]) && opens_oops(text)) {
			o->opener = &log->lines.v[i];
			break;
		}
	}
	o->bug = starts(o->opener->text, "kernel BUG at ") ||
		 strstr(o->die->text, "Oops - BUG") != NULL;
	o->sysrq = in_sysrq_handler(log, die);
	return true;
}

/* ---- who ----------------------------------------------------------------- */

static bool read_number(const char *text, const char *label, long *v)
{
	const char *p = strstr(text, label);
	char *end;

	if (!p)
		return false;
	p += strlen(label);
	*v = strtol(p, &end, 10);
	return end != p && *v >= 0 && *v <= INT32_MAX;
}

/* Cut what dump_stack() prints behind the name; a name may hold the same words. */
static void cut_comm(char *comm)
{
	static const char *const behind[] = {" Tainted: ", " Not tainted",
					     " Kdump: loaded"};
	char *p, *cut;
	size_t i;

	for (i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		for (cut = NULL, p = comm; (p = strstr(p, behind[i])); p++)
			cut = p;
		if (cut)
			*cut = '\0';
	}
}

/* "CPU: 1 PID: 29 Comm: khungtaskd Kdump: loaded Not tainted 5.10.0-46-amd64 #1" */
static bool read_who(const char *text, struct trigger *t)
{
	const char *comm = strstr(text, " Comm: ");
	char name[256];
	long cpu, pid;

	if (!starts(text, "CPU: ") || !comm || !read_number(text, "CPU: ", &cpu) ||
	    !read_number(text, " PID: ", &pid))
		return false;
	snprintf(name, sizeof(name), "%s", comm + strlen(" Comm: "));
	cut_comm(name);
	t->pid = (int)pid;
	if (t->cpu < 0)
		t->cpu = (int)cpu;
	snprintf(t->comm, sizeof(t->comm), "%.63s", name);
	return true;
}

/* dump_stack() and show_regs() tell it, some lines behind what they are about. */
static bool find_who(const struct klog *log, const struct log_line *said,
		     struct trigger *t)
{
	size_t i, first = index_of(log, said);

	for (i = first; i < log->lines.n && i < first + WHO_LINES; i++)
		if (from_kernel(&log->lines.v[i]) && read_who(log->lines.v[i].text, t))
			return true;
	return false;
}

/* Since 5.10 each line knows by whom it was written. */
static void find_writer(const struct log_line *said, struct trigger *t)
{
	long pid;

	if (said->caller[0] == 'T' && read_number(said->caller, "T", &pid))
		t->pid = (int)pid;
}

/* ---- evidence ------------------------------------------------------------ */

static void add_evidence(struct dump *d, struct trigger *t, const char *claim,
			 const char *check, kaddr_t addr)
{
	struct trigger_evidence *e = vec_push(d->arena, &t->evidence);

	e->claim = claim;
	e->check = check;
	e->addr = addr;
}

static void add_line_evidence(struct dump *d, struct trigger *t,
			      const struct log_line *line)
{
	char stamp[LOG_STAMP];

	add_evidence(d, t,
		     arena_printf(d->arena, "%s %s", log_stamp(stamp, line->ts_s),
				  line->text),
		     "log", 0);
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
		     arena_printf(d->arena, "p %s", v->symbol), v->addr);
}

static void add_cpu_evidence(struct dump *d, const struct panic *p, struct trigger *t)
{
	kaddr_t addr;

	if (!p->panic_cpu_known || !dump_symbol(d, "panic_cpu", &addr))
		return;
	add_evidence(d, t,
		     p->cpu < 0 ? "panic_cpu is -1: no CPU has panicked"
				: arena_printf(d->arena, "panic_cpu is %d", p->cpu),
		     "p panic_cpu", addr);
}

/* What the kernel says just before it panics for this reason. */
static void add_forerunner(struct dump *d, struct trigger *t, const struct klog *log,
			   size_t end)
{
	static const struct {
		enum trigger_kind kind;
		const char *words;
	} forerunners[] = {
		{TRIGGER_HUNG_TASK, " blocked for more than "},
		{TRIGGER_SOFTLOCKUP, "BUG: soft lockup - CPU#"},
		{TRIGGER_HARDLOCKUP, "detected hard LOCKUP on cpu"},
		{TRIGGER_WARN, "WARNING: "},
		{TRIGGER_OOM, " invoked oom-killer: "},
		{TRIGGER_SYSRQ, "rigger a crash"},
		{TRIGGER_NMI, "NMI received"},
	};
	const struct log_line *line;
	size_t i;

	for (i = 0; i < sizeof(forerunners) / sizeof(forerunners[0]); i++) {
		if (forerunners[i].kind != t->kind)
			continue;
		line = last_line(log, end, forerunners[i].words);
		if (!line)
			continue;
		t->begins_s = line->ts_s;
		add_line_evidence(d, t, line);
	}
}

/*
 * The CPU that a hard lockup is of.  Since 1f423c905a6b, "watchdog/hardlockup: detect
 * hard lockups using secondary (buddy) CPUs", it need not be the one that panics.
 */
static void find_locked_cpu(struct trigger *t, const struct klog *log, size_t end)
{
	static const char words[] = "hard LOCKUP on cpu ";
	const struct log_line *line =
		t->kind == TRIGGER_HARDLOCKUP ? last_line(log, end, words) : NULL;
	long cpu;

	if (line && read_number(line->text, words, &cpu))
		t->locked_cpu = (int)cpu;
}

/* ---- which switch -------------------------------------------------------- */

enum match { AT_START, WITHIN };

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
};

/* Less than this of a saying that was cut short could be anything. */
#define CUT_SAYING_MIN 6

static const struct saying *find_saying(const char *message)
{
	size_t i, len = strlen(message);

	for (i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++)
		if (sayings[i].match == WITHIN ? strstr(message, sayings[i].words) != NULL
					       : starts(message, sayings[i].words))
			return &sayings[i];
	for (i = 0; len >= CUT_SAYING_MIN && i < sizeof(sayings) / sizeof(sayings[0]);
	     i++)
		if (sayings[i].match == AT_START && starts(sayings[i].words, message))
			return &sayings[i];
	return NULL;
}

/* Both unknown_nmi_panic and panic_on_unrecovered_nmi panic in the same words. */
static const char *nmi_switch(const struct sysctls *s)
{
	if (sysctl_get(s, "kernel.unknown_nmi_panic", 0))
		return "kernel.unknown_nmi_panic";
	if (sysctl_get(s, "kernel.panic_on_unrecovered_nmi", 0))
		return "kernel.panic_on_unrecovered_nmi";
	return NULL;
}

static void classify_oops(const struct oops *o, struct trigger *t)
{
	t->kind = o->sysrq ? TRIGGER_SYSRQ : o->bug ? TRIGGER_BUG : TRIGGER_OOPS;
	if (o->sysrq)
		t->sysctl = NULL;
}

/* True: it is the oops that panicked. */
static bool classify(const char *message, const struct sysctls *s, const struct oops *o,
		     struct trigger *t)
{
	const struct saying *saying = find_saying(message);

	t->kind = saying ? saying->kind : TRIGGER_OTHER;
	t->sysctl = saying ? saying->sysctl : NULL;
	if (t->kind == TRIGGER_NMI && !t->sysctl)
		t->sysctl = nmi_switch(s);
	if (t->kind != TRIGGER_OOPS || !o->die)
		return false;
	classify_oops(o, t);
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
	    (strcmp(sym.name, "buf") && !starts(sym.name, "buf.")))
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

	for (i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
		if (!dump_symbol(d, neighbours[i], &near))
			continue;
		for (addr = near - NEIGHBOURHOOD; addr < near + NEIGHBOURHOOD;
		     addr += STEP)
			if (is_panic_buf(d, addr, buf))
				return true;
	}
	return false;
}

static bool read_panic_buf(struct dump *d, struct panic *p)
{
	char raw[PANIC_BUF_SIZE], escaped[PANIC_BUF_SIZE * 4];
	kaddr_t buf;
	size_t i;

	if (!find_panic_buf(d, &buf) || !dump_string(d, buf, raw, sizeof(raw)) || !raw[0])
		return false;
	for (i = 0; raw[i]; i++)
		if (!isprint((unsigned char)raw[i]) && !isspace((unsigned char)raw[i]))
			return false;
	raw[strcspn(raw, "\n")] = '\0';
	text_escape(escaped, sizeof(escaped), raw);
	p->message = arena_printf(d->arena, "%s", escaped);
	p->source = PANIC_FROM_BUFFER;
	add_evidence(d, &p->trigger,
		     arena_printf(d->arena, "panic() was called with \"%s\"", p->message),
		     arena_printf(d->arena, "rd -a 0x%llx", (unsigned long long)buf),
		     buf);
	return true;
}

/* ---- the trigger --------------------------------------------------------- */

/* The log has the panic's own line: the usual case. */
static void trigger_of_line(struct dump *d, struct panic *p, const struct klog *log,
			    const struct log_line *line, const struct sysctls *s)
{
	struct trigger *t = &p->trigger;
	struct oops o;
	bool of_oops;

	p->message = line->text + strlen(PANIC_PREFIX);
	p->source = PANIC_FROM_LOG;
	t->message = p->message;
	t->ts_s = line->ts_s;
	find_oops(log, index_of(log, line), &o);
	of_oops = classify(p->message, s, &o, t);
	/* "Fatal exception": the oops has said who; the stack is not printed twice. */
	if (!find_who(log, line, t) && !(of_oops && find_who(log, o.die, t)))
		find_writer(line, t);
	add_forerunner(d, t, log, index_of(log, line));
	find_locked_cpu(t, log, index_of(log, line));
	if (of_oops)
		add_line_evidence(d, t, o.opener);
	add_line_evidence(d, t, line);
}

/*
 * No panic line.  With a crash kernel loaded, an oops that would panic goes into
 * it before panic() is called; else the words may have been lost with the log.
 */
static void trigger_without_line(struct dump *d, struct panic *p, const struct klog *log,
				 const struct sysctls *s)
{
	struct trigger *t = &p->trigger;
	struct oops o;

	find_oops(log, log->lines.n, &o);
	if (read_panic_buf(d, p)) {
		t->message = p->message;
		classify(p->message, s, &o, t);
		find_locked_cpu(t, log, log->lines.n);
		return;
	}
	if (!o.die) {
		t->kind = p->panic_cpu_known ? TRIGGER_OTHER : TRIGGER_NONE;
		return;
	}
	t->message = o.opener->text;
	t->ts_s = o.opener->ts_s;
	/* In an interrupt, or in pid 0 or 1, an oops is fatal whatever the switch. */
	if (sysctl_get(s, "kernel.panic_on_oops", 0))
		t->sysctl = "kernel.panic_on_oops";
	classify_oops(&o, t);
	if (!find_who(log, o.die, t))
		find_writer(o.die, t);
	add_forerunner(d, t, log, index_of(log, o.die));
	add_line_evidence(d, t, o.opener);
}

static void read_trigger(struct dump *d, struct panic *p, const struct klog *log,
			 const struct sysctls *s)
{
	const struct log_line *line = find_panic_line(log);

	p->trigger.cpu = p->cpu;
	if (line && p->panic_cpu_known && p->cpu < 0)
		dump_note(d, "the log tells of a panic, and panic_cpu says that no CPU "
			     "has panicked");
	if (line)
		trigger_of_line(d, p, log, line, s);
	else if (!p->panic_cpu_known || p->cpu >= 0)
		trigger_without_line(d, p, log, s);
	add_switch_evidence(d, &p->trigger, s);
	add_cpu_evidence(d, p, &p->trigger);
}

static void read_panic_cpu(struct dump *d, struct panic *p)
{
	uint32_t cpu;

	p->cpu = PANIC_CPU_INVALID;
	if (!dump_symbol_u32(d, "panic_cpu", &cpu)) {
		dump_note(d, "panic_cpu cannot be read");
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
 * in I/O wait for more than".  The name may hold spaces and colons.
 */
static bool parse_hung(const struct log_line *line, struct hung_report *r)
{
	const char *name = line->text, *end, *colon, *number;
	char *stop;
	long pid;

	if (!starts(name, "INFO: task "))
		return false;
	name += strlen("INFO: task ");
	end = strstr(name, " for more than ");
	if (!end)
		return false;
	number = end + strlen(" for more than ");
	r->seconds = strtol(number, &stop, 10);
	if (stop == number || r->seconds < 0 || !starts(stop, " second"))
		return false;
	for (colon = end; colon > name && *colon != ':'; colon--)
		;
	if (colon == name)
		return false;
	pid = strtol(colon + 1, &stop, 10);
	if (stop == colon + 1 || pid <= 0 || pid > INT32_MAX || !starts(stop, " blocked"))
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
		if (from_kernel(&log->lines.v[i]) && parse_hung(&log->lines.v[i], &r))
			*vec_push(d->arena, &p->hung) = r;
	}
}

/* ---- what each switch catches --------------------------------------------- */

static bool says_hung(const char *text)
{
	return starts(text, "INFO: task ") && strstr(text, " for more than ");
}

static bool says_softlockup(const char *text)
{
	return strstr(text, "BUG: soft lockup - CPU#") != NULL;
}

static bool says_hardlockup(const char *text)
{
	return strstr(text, "detected hard LOCKUP on cpu") != NULL;
}

static bool says_warning(const char *text)
{
	return starts(text, "WARNING: ") && strstr(text, " at ");
}

static bool says_oom(const char *text)
{
	return strstr(text, " invoked oom-killer: ") != NULL;
}

static bool says_rcu_stall(const char *text)
{
	return strstr(text, "self-detected stall on CPU") ||
	       strstr(text, "detected stalls on CPUs/tasks");
}

static bool says_unknown_nmi(const char *text)
{
	return strstr(text, "NMI received for unknown reason") != NULL;
}

static bool says_workqueue_stall(const char *text)
{
	return starts(text, "BUG: workqueue lockup ");
}

static void read_caught(struct dump *d, struct panic *p, const struct klog *log)
{
	static const struct {
		const char *sysctl;
		bool (*says)(const char *text);
	} catches[] = {
		{"kernel.panic_on_oops", is_die_line},
		{"kernel.hung_task_panic", says_hung},
		{"kernel.softlockup_panic", says_softlockup},
		{"kernel.hardlockup_panic", says_hardlockup},
		{"kernel.panic_on_warn", says_warning},
		{"vm.panic_on_oom", says_oom},
		{"kernel.panic_on_rcu_stall", says_rcu_stall},
		{"kernel.unknown_nmi_panic", says_unknown_nmi},
		{"workqueue.panic_on_stall", says_workqueue_stall},
	};
	struct caught c;
	size_t i, k;

	for (i = 0; i < sizeof(catches) / sizeof(catches[0]); i++) {
		c = (struct caught){.sysctl = catches[i].sysctl};
		for (k = 0; k < log->lines.n; k++) {
			if (!from_kernel(&log->lines.v[k]) ||
			    !catches[i].says(log->lines.v[k].text))
				continue;
			if (!c.count++)
				c.first = &log->lines.v[k];
		}
		if (c.count)
			*vec_push(d->arena, &p->caught) = c;
	}
}

/* ---- all of it ----------------------------------------------------------- */

void panic_read(struct dump *d, const struct klog *log, const struct sysctls *sysctls,
		struct panic *p)
{
	struct oops o;

	memset(p, 0, sizeof(*p));
	p->message = p->oops = p->trigger.message = "";
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

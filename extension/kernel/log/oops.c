// SPDX-License-Identifier: GPL-2.0-or-later
#include "oops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "complaint.h"
#include "base/text.h"

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

	for (i = 0; i < ARRAY_SIZE(openers); i++)
		if (text_starts(text, openers[i]))
			return true;
	return false;
}

#define OOPS_OPENER_LINES 8
#define OOPS_BODY_LINES 40
#define WHO_LINES 10

/* What stands behind "RIP: " in a line of registers; NULL: it is no such line. */
static const char *instruction_pointer(const struct log_line *line)
{
	static const char *const labels[] = {"RIP: ", "pc : ", "PC is at "};
	size_t i;

	for (i = 0; is_kernels_own(line) && i < ARRAY_SIZE(labels); i++)
		if (text_starts(line->text, labels[i]))
			return line->text + strlen(labels[i]);
	return NULL;
}

/* Before 5.0 sysrq-c wrote to NULL: 8341f2f222d7 made it call panic(). */
static bool in_sysrq_handler(const struct klog *log, size_t die)
{
	size_t i, end = die + OOPS_BODY_LINES;
	const char *text;

	for (i = die; i < end && i < log->lines.n; i++) {
		text = instruction_pointer(&log->lines.v[i]);
		if (text && strstr(text, "sysrq_handle_crash"))
			return true;
	}
	return false;
}

static const struct log_line *find_opener(const struct klog *log, size_t die)
{
	size_t i;

	for (i = die; i-- > 0 && die - i <= OOPS_OPENER_LINES;) {
		if (complains_of(&log->lines.v[i], COMPLAINT_OOPS))
			break;
		if (is_kernels_own(&log->lines.v[i]) && opens_oops(log->lines.v[i].text))
			return &log->lines.v[i];
	}
	return &log->lines.v[die];
}

bool find_oops(const struct klog *log, size_t end, struct oops *o)
{
	size_t die;

	memset(o, 0, sizeof(*o));
	o->die = last_complaint(log, end, COMPLAINT_OOPS);
	if (!o->die)
		return false;
	die = klog_index(log, o->die);
	o->opener = find_opener(log, die);
	o->bug = text_starts(o->opener->text, "kernel BUG at ") ||
		 strstr(o->die->text, "Oops - BUG") != NULL;
	o->sysrq = in_sysrq_handler(log, die);
	return true;
}

/* ---- who ----------------------------------------------------------------- */

/* Cut what dump_stack() prints behind the name; a name may hold the same words. */
static void cut_comm(char *comm)
{
	static const char *const behind[] = {" Tainted: ", " Not tainted",
					     " Kdump: loaded"};
	char *p, *cut;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(behind); i++) {
		for (cut = NULL, p = comm; (p = strstr(p, behind[i])); p++)
			cut = p;
		if (cut)
			*cut = '\0';
	}
}

/* "CPU: 1 PID: 29 Comm: khungtaskd Kdump: loaded Not tainted 5.10.0-46-amd64 #1" */
static bool read_who(const char *text, struct who *w)
{
	const char *comm = strstr(text, " Comm: ");
	char name[256];
	long cpu, pid;

	if (!text_starts(text, "CPU: ") || !comm || !read_number(text, "CPU: ", &cpu) ||
	    !read_number(text, " PID: ", &pid))
		return false;
	snprintf(name, sizeof(name), "%s", comm + strlen(" Comm: "));
	cut_comm(name);
	w->cpu = (int)cpu;
	w->pid = (int)pid;
	snprintf(w->comm, sizeof(w->comm), "%.63s", name);
	return true;
}

bool find_who(const struct klog *log, const struct log_line *said, struct who *w)
{
	size_t i, first = klog_index(log, said);

	for (i = first; i < log->lines.n && i < first + WHO_LINES; i++)
		if (is_kernels_own(&log->lines.v[i]) && read_who(log->lines.v[i].text, w))
			return true;
	return false;
}

/* ---- where --------------------------------------------------------------- */

/* "0010:probe+0x1c/0x40 [x]"; with what follows x in the brackets, a build id, left out. */
static bool read_said_at(const char *text, struct said_at *at)
{
	const char *segment = text + strspn(text, "0123456789abcdef"), *plus, *module;
	char *end;

	if (*segment == ':')
		text = segment + 1;
	plus = strchr(text, '+');
	if (!plus || plus == text || strcspn(text, " ") < (size_t)(plus - text) ||
	    !text_starts(plus, "+0x"))
		return false;
	at->offset = strtoull(plus + 1, &end, 16);
	if (end == plus + 3 || *end != '/')
		return false;
	snprintf(at->function, sizeof(at->function), "%.*s", (int)(plus - text), text);
	module = strstr(end, " [");
	if (module)
		snprintf(at->module, sizeof(at->module), "%.*s",
			 (int)strcspn(module + 2, " ]"), module + 2);
	return true;
}

bool find_said_at(const struct klog *log, const struct log_line *said, struct said_at *at)
{
	size_t i, first = klog_index(log, said);
	const char *text;

	memset(at, 0, sizeof(*at));
	for (i = first; i < log->lines.n && i < first + OOPS_BODY_LINES; i++) {
		text = instruction_pointer(&log->lines.v[i]);
		if (!text)
			continue;
		if (read_said_at(text, at))
			at->line = &log->lines.v[i];
		return at->line != NULL;
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "oops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "complaint.h"
#include "base/text.h"

/*
 * The line that says in words what the die line says in numbers.  Other complaints begin
 * with "BUG: " too, and an oops that follows one by chance is not theirs.
 */
static bool opens_oops(const char *text)
{
	static const char *const openers[] = {
		"BUG: unable to handle ",
		"BUG: kernel NULL pointer dereference",
		"BUG: Kernel NULL pointer dereference", /* these two: powerpc */
		"BUG: Unable to handle kernel ",
		"kernel BUG at ",
		"Unable to handle kernel ",
		"Unhandled fault: ",
		"Synchronous External Abort: ",
		"Unexpected kernel ",
		"UBSAN: ",
		"CFI failure at ",
	};
	size_t i;

	if (text_starts(text, "BUG: ") && strstr(text, "stack guard page was hit at "))
		return true;
	/* LoongArch, MIPS: "CPU 1 Unable to handle kernel paging request at …" */
	if (text_starts(text, "CPU ")) {
		text += 4 + strspn(text + 4, "0123456789");
		text += *text == ' ';
	}
	for (i = 0; i < ARRAY_SIZE(openers); i++)
		if (text_starts(text, openers[i]))
			return true;
	return false;
}

/* arm64 tells of the abort and of its page tables in between, in 9 to 30 lines. */
#define OOPS_OPENER_LINES 48
#define OOPS_OPENER_S 10.0
#define OOPS_BODY_LINES 40
#define WHO_LINES 10

const char *instruction_pointer(const struct log_line *line)
{
	static const char *const labels[] =
		{"RIP: ", "pc : ", "PC is at ",
		 /* MIPS and riscv, LoongArch and its older spelling, powerpc, s390 */
		 "epc : ", "epc   : ", "   ERA: ", "era   : ", "NIP ", "Krnl PSW : "};
	const char *text = words_of(line);
	size_t i;

	for (i = 0; is_kernels_own(line) && i < ARRAY_SIZE(labels); i++)
		if (text_starts(text, labels[i]))
			return text + strlen(labels[i]);
	return NULL;
}

/*
 * Before 5.0 sysrq-c wrote to NULL: 8341f2f222d7 made it call panic().  The handler does
 * nothing else, so what follows its words is its own.
 */
static bool by_sysrq(const struct klog *log, const struct log_line *die)
{
	struct said_at at;

	if (find_said_at(log, die, &at))
		return text_is_function(at.function, "sysrq_handle_crash");
	return nearest_complaint(log, klog_index(log, die), die, SAYS(SYSRQ_CRASH),
				 NULL) != NULL;
}

/* Lines of another CPU may stand between. */
static const struct log_line *find_opener(const struct klog *log,
					  const struct log_line *die)
{
	const struct log_line *line;
	size_t at = klog_index(log, die), i;

	for (i = at; i-- > 0 && at - i <= OOPS_OPENER_LINES;) {
		line = &log->lines.v[i];
		if (die->ts_s - line->ts_s > OOPS_OPENER_S)
			break;
		if (!is_kernels_own(line) || !same_writer(line, die))
			continue;
		if (complains_of(line, COMPLAINT_OOPS) ||
		    text_starts(words_of(line), "---[ end "))
			break;
		if (opens_oops(words_of(line)) ||
		    complains_of(line, COMPLAINT_LAST_FAULT))
			return line;
	}
	return die;
}

bool opens_fault(const struct log_line *line)
{
	/* Of these the kernel may go on, or it was no fault of its own. */
	static const char *const others[] = {"Unhandled fault: ", "UBSAN: ",
					     "Synchronous External Abort: ",
					     "CFI failure at "};
	const char *words = words_of(line);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (text_starts(words, others[i]))
			return false;
	return is_kernels_own(line) && opens_oops(words);
}

/* More than one report of a CPU has, with its stack. */
#define REPORT_LINES 128

/* Does it say why the lines of a report that follow are printed? */
static bool is_head(const struct log_line *line)
{
	static const char *const others[] = {"NMI backtrace for cpu ", "Sending NMI ",
					     "sysrq: ", "SysRq"};
	size_t i;

	if (!is_kernels_own(line))
		return false;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (text_starts(words_of(line), others[i]))
			return true;
	return complains_of_any(line, ~0u) || panic_words_of(line) ||
	       opens_oops(words_of(line));
}

/* "RIP: 0010:virtio_gpu_foo+0x2d/0x40", "---[ end trace 0000000000000000 ]---" */
static bool is_body(const struct log_line *line)
{
	const char *place = instruction_pointer(line);
	struct said_at at = {0};

	return (place && read_place(place, &at)) ||
	       (is_kernels_own(line) && text_starts(words_of(line), "---[ end trace "));
}

const struct log_line *find_headless(const struct klog *log)
{
	size_t i, before = 0, head = SIZE_MAX; /* before: is_head() was asked of these */

	for (i = 0; i < log->lines.n; i++) {
		if (!is_body(&log->lines.v[i]))
			continue;
		if (i > before + REPORT_LINES)
			before = i - REPORT_LINES;
		for (; before < i; before++)
			if (is_head(&log->lines.v[before]))
				head = before;
		if (head == SIZE_MAX || i - head > REPORT_LINES)
			return &log->lines.v[i];
	}
	return NULL;
}

static bool is_bug(const struct oops *o)
{
	return text_starts(words_of(o->opener), "kernel BUG at ") ||
	       strstr(o->die->text, "Oops - BUG") ||
	       text_starts(words_of(o->die), "Kernel bug detected") ||
	       text_starts(words_of(o->die), "Kernel BUG");
}

static bool oops_of(const struct klog *log, const struct log_line *die, struct oops *o)
{
	memset(o, 0, sizeof(*o));
	if (!die)
		return false;
	o->die = die;
	o->opener = find_opener(log, die);
	o->bug = is_bug(o);
	o->sysrq = by_sysrq(log, die);
	return true;
}

bool find_oops(const struct klog *log, size_t end, const struct log_line *said,
	       struct oops *o)
{
	return oops_of(log,
		       nearest_complaint(log, end, said, SAYS(OOPS) | SAYS(LAST_FAULT),
					 NULL),
		       o);
}

bool find_last_oops(const struct klog *log, struct oops *o)
{
	size_t i = log->lines.n;

	while (i-- > 0) {
		if (complains_of(&log->lines.v[i], COMPLAINT_OOPS) ||
		    complains_of(&log->lines.v[i], COMPLAINT_LAST_FAULT))
			return oops_of(log, &log->lines.v[i], o);
		if (opens_fault(&log->lines.v[i])) {
			*o = (struct oops){.die = &log->lines.v[i],
					   .opener = &log->lines.v[i],
					   .part = true};
			o->bug = is_bug(o);
			return true;
		}
	}
	return oops_of(log, NULL, o);
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

bool read_who(const char *text, struct who *w)
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
		if (is_kernels_own(&log->lines.v[i]) &&
		    read_who(words_of(&log->lines.v[i]), w))
			return true;
	return false;
}

/* ---- where --------------------------------------------------------------- */

#define HEX_DIGITS "0123456789abcdef"

/* "probe+0x1c/0x40 [x]"; with what follows x in the brackets, a build id, left out. */
static bool read_bare_place(const char *text, struct said_at *at)
{
	size_t name = strcspn(text, " +");
	const char *plus = text + name, *module;
	char *end;

	if (!name || !text_starts(plus, "+0x"))
		return false;
	at->offset = strtoull(plus + 1, &end, 16);
	if (end == plus + 3 || *end != '/')
		return false;
	snprintf(at->function, sizeof(at->function), "%.*s", (int)name, text);
	module = end + 1 + strspn(end + 1, "x" HEX_DIGITS);
	if (text_starts(module, " ["))
		snprintf(at->module, sizeof(at->module), "%.*s",
			 (int)strcspn(module + 2, " ]"), module + 2);
	return true;
}

/* "0010:", and "[<ffffffff81000000>]  [<…>] " as it was until 4.9, "900000… (". */
static const char *behind_address(const char *text)
{
	size_t digits, open;

	if (text[strspn(text, HEX_DIGITS)] == ':')
		text += strspn(text, HEX_DIGITS) + 1;
	for (;;) {
		text += strspn(text, " ");
		open = strspn(text, "[<");
		digits = strspn(text + open, HEX_DIGITS);
		if (digits < 8)
			return text + (*text == '(');
		text += open + digits;
		text += strspn(text, ">]");
	}
}

bool read_place(const char *words, struct said_at *at)
{
	return read_bare_place(behind_address(words), at);
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
		if (read_place(text, at))
			at->line = &log->lines.v[i];
		return at->line != NULL;
	}
	return false;
}

bool find_said_in(const struct log_line *line, struct said_at *at)
{
	const char *word = words_of(line);

	memset(at, 0, sizeof(*at));
	for (; *word; word += strcspn(word, " "), word += strspn(word, " "))
		if (read_bare_place(word, at)) {
			at->line = line;
			return true;
		}
	return false;
}

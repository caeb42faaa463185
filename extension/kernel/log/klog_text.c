// SPDX-License-Identifier: GPL-2.0-or-later
#include "klog_text.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/text_lines.h"
#include "complaint.h"
#include "klog_lines.h"
#include "log_head.h"
#include "oops.h"

#define USER_FACILITY 1 /* LOG_USER: whoever it was, it was not the kernel */
#define DAY_S 86400.0

/* ---- the log ------------------------------------------------------------------- */

struct parse {
	struct arena *a;
	struct klog *log;
	struct log_habits habits;
	bool dates; /* are the kernel's times */
	bool times; /* it has any */
	double first_date, last_s;
	char host[LOG_HOST_MAX];
};

/* Which of its times is most of the kernel's lines'?  A line may have both. */
static void look_first(struct parse *p, struct text_lines l)
{
	size_t boot = 0, dated = 0, own = 0, quoted = 0;
	struct log_head h;

	while (text_next_line(&l)) {
		log_head_read(l.raw, &p->habits, &h);
		if (!h.told)
			continue;
		p->log->stamped = true;
		own += h.own;
		quoted += !h.own && log_stamp_within(h.words);
		boot += h.own && h.boot_s >= 0;
		dated += h.own && (h.date_s >= 0 || h.delta_s >= 0) && h.boot_s < 0;
		if (h.own && h.host[0] && !p->host[0])
			memcpy(p->host, h.host, sizeof(h.host));
	}
	p->habits.quotes = !own && quoted;
	p->dates = dated > boot;
	p->times = dated || boot || p->habits.quotes;
}

/* Without a year it begins anew when a year does. */
static double seconds_of(struct parse *p, const struct log_head *h)
{
	double s;

	if (!p->dates)
		return h->boot_s >= 0 ? h->boot_s : p->last_s;
	if (h->delta_s >= 0)
		return p->last_s + h->delta_s;
	if (h->date_s < 0)
		return p->last_s;
	if (p->first_date < 0)
		p->first_date = h->date_s;
	s = h->date_s - p->first_date;
	if (h->rough && s < p->last_s && s > p->last_s - 60)
		return p->last_s;
	return s < p->last_s - 180 * DAY_S ? s + 366 * DAY_S : s;
}

/* A terminal that was copied fills its lines with blanks. */
static void cut_blanks(char *text)
{
	size_t n = strlen(text);

	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		text[--n] = '\0';
}

static void take_line(struct parse *p, struct text_lines *l)
{
	struct log_line line = {.number = l->number, .clipped = l->clipped};
	struct log_head h;
	size_t at;

	cut_blanks(l->raw);
	log_head_read(l->raw, &p->habits, &h);
	if (!*h.words && !h.told)
		return;
	at = (size_t)(h.words - l->raw);
	line.ts_s = p->last_s = seconds_of(p, &h);
	line.seq = l->number;
	line.level = h.level;
	line.first = h.told || !p->log->stamped;
	line.facility = h.own || !p->log->stamped ? 0 : USER_FACILITY;
	memcpy(line.caller, h.caller, sizeof(line.caller));
	if (!p->times)
		line.stamp = "";
	else if (p->dates)
		line.stamp = h.stamp[0] ? arena_printf(p->a, "%s", h.stamp) : "";
	p->log->records++;
	klog_add(p->a, p->log, &line, l->raw + at, strlen(l->raw + at));
}

/* ---- boots --------------------------------------------------------------------- */

/* CPUs may be late with a line, by no more than this. */
#define BACK_S 30.0
/* The words of one boot before its "Linux version". */
#define LINES_BEFORE_VERSION 8

enum trouble { ALL_WELL, COMPLAINED, PANICKED };

struct boot {
	size_t begin, end;
	enum trouble trouble;
	bool captures; /* it is of the kernel that kdump started to save a core */
};

static bool begins_boot(const struct klog *log, size_t i, const struct boot *b,
			double last)
{
	const struct log_line *line = &log->lines.v[i];

	if (!is_kernels_own(line))
		return false;
	if (line->ts_s < last - BACK_S)
		return true;
	return i > b->begin + LINES_BEFORE_VERSION &&
	       text_starts(words_of(line), "Linux version ");
}

static enum trouble trouble_of(const struct log_line *line)
{
	static const enum complaint what[] = {
		COMPLAINT_OOPS,	      COMPLAINT_HUNG_TASK,  COMPLAINT_SOFTLOCKUP,
		COMPLAINT_HARDLOCKUP, COMPLAINT_RCU_STALL,  COMPLAINT_WORKQUEUE_STALL,
		COMPLAINT_OOM,	      COMPLAINT_LAST_FAULT,
	};
	size_t i;

	if (panic_words_of(line) || panic_end_of(line))
		return PANICKED;
	if (opens_fault(line))
		return COMPLAINED;
	for (i = 0; i < ARRAY_SIZE(what); i++)
		if (complains_of(line, what[i]))
			return COMPLAINED;
	return ALL_WELL;
}

/* Where kdump's kernel runs out of memory, too, it is the first one's end that is asked for. */
static bool captures(const struct log_line *line)
{
	return is_kernels_own(line) && strstr(line->text, "ommand line: ") &&
	       strstr(line->text, " elfcorehdr=");
}

/* The last boot in which something went wrong; where nothing did, the last one. */
static struct boot choose_boot(struct klog *log)
{
	struct boot b = {0}, best = {0};
	enum trouble t;
	double last = 0;
	size_t i;

	log->boots = 1;
	for (i = 0; i <= log->lines.n; i++) {
		if (i == log->lines.n || (i > b.begin && begins_boot(log, i, &b, last))) {
			b.end = i;
			if (!best.end || (!b.captures && (b.trouble || !best.trouble))) {
				best = b;
				log->boot = log->boots;
			}
			if (i == log->lines.n)
				break;
			log->boots++;
			b = (struct boot){.begin = i};
		}
		t = trouble_of(&log->lines.v[i]);
		b.trouble = t > b.trouble ? t : b.trouble;
		b.captures |= captures(&log->lines.v[i]);
		last = log->lines.v[i].ts_s;
	}
	return best;
}

static void keep_boot(struct klog *log)
{
	struct boot b = choose_boot(log);

	memmove(log->lines.v, log->lines.v + b.begin,
		(b.end - b.begin) * sizeof(log->lines.v[0]));
	log->lines.n = b.end - b.begin;
}

bool klog_read_text(struct dump *d, struct klog *log)
{
	const struct dump_text *t = d->info.text;
	struct parse p = {.a = d->arena, .log = log, .first_date = -1};
	struct text_lines l = {.at = t->bytes, .end = t->bytes + t->size};
	char host[LOG_HOST_MAX * 4];

	log->store = KLOG_TEXT;
	if (t->cut)
		dump_note(d, "the packed file is damaged or cut: the log goes on behind "
			     "what is read here");
	log->most = LOG_TEXT_LINES_MAX;
	if (t->left_out)
		dump_note(d,
			  "the first %llu MB of the text were left out: its lines are "
			  "counted from there",
			  COUNT(t->left_out >> 20));
	look_first(&p, l);
	while (text_next_line(&l) && !dump_interrupted(d))
		take_line(&p, &l);
	klog_keep_newest(log, log->most);
	log->older = log->records - log->lines.n;
	if (log->older)
		dump_note(d, "the first %zu lines of the text were left out", log->older);
	if (log->lines.n)
		keep_boot(log);
	text_escape(host, sizeof(host), p.host);
	log->host = arena_printf(d->arena, "%s", host);
	return log->lines.n > 0;
}

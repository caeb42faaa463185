// SPDX-License-Identifier: GPL-2.0-or-later
#include "klog_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/text_lines.h"
#include "complaint.h"
#include "klog_lines.h"

#define STAMP_MAX 40
#define HOST_MAX 64
#define USER_FACILITY 1 /* LOG_USER: whoever it was, it was not the kernel */
#define DAY_S 86400.0

/* ---- what stands before the words ------------------------------------------------ */

struct head {
	const char *words;
	bool told;	    /* that it is of a log: a time, a level, a tag */
	bool tagged;	    /* with who wrote it */
	bool own;	    /* the kernel did */
	double boot_s;	    /* < 0: none */
	double date_s;	    /* of some year; < 0: none */
	bool may_name_host; /* behind such a date journalctl and syslog name it */
	int level;
	char stamp[STAMP_MAX], host[HOST_MAX], caller[16];
};

static bool digits(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)p[i]))
			return false;
	return true;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Days since some day long ago, in the calendar of today. */
static double days(int year, int month, int day)
{
	long n;

	if (month < 3) {
		year--;
		month += 12;
	}
	n = 365l * year + year / 4 - year / 100 + year / 400;
	n += (153l * (month - 3) + 2) / 5 + day;
	return (double)n;
}

/* "17:18:01", "17:18:01.123456": seconds of the day; *end is behind it. */
static bool read_clock(const char *p, double *s, const char **end)
{
	char *stop;

	if (!digits(p, 2) || p[2] != ':' || !digits(p + 3, 2) || p[5] != ':' ||
	    !digits(p + 6, 2))
		return false;
	*s = two(p) * 3600.0 + two(p + 3) * 60.0 + two(p + 6);
	p += 8;
	if ((*p == '.' || *p == ',') && isdigit((unsigned char)p[1])) {
		char fraction[16];

		snprintf(fraction, sizeof(fraction), "0.%.9s", p + 1);
		*s += strtod(fraction, &stop);
		p += 1 + strspn(p + 1, "0123456789");
	}
	*end = p;
	return true;
}

static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int i;

	for (i = 0; i < 12; i++)
		if (!strncmp(names + 3 * i, p, 3))
			return i + 1;
	return 0;
}

static void take_stamp(struct head *h, const char *from, const char *to)
{
	char raw[STAMP_MAX / 4 * 4];
	int n = (int)(to - from);

	snprintf(raw, sizeof(raw), "%.*s", n < STAMP_MAX - 1 ? n : STAMP_MAX - 1, from);
	text_escape(h->stamp, sizeof(h->stamp), raw);
	h->told = true;
}

/* "Nov 29 17:18:01 ", as syslog and journalctl have it: without the year. */
static const char *behind_syslog_date(const char *p, struct head *h)
{
	int month = strlen(p) > 15 ? month_of(p) : 0;
	const char *end;
	double s;
	int day;

	if (!month || p[3] != ' ' || !(p[4] == ' ' || isdigit((unsigned char)p[4])) ||
	    !isdigit((unsigned char)p[5]) || p[6] != ' ' ||
	    !read_clock(p + 7, &s, &end) || *end != ' ')
		return NULL;
	day = (p[4] == ' ' ? 0 : (p[4] - '0') * 10) + (p[5] - '0');
	h->date_s = days(2000, month, day) * DAY_S + s;
	h->may_name_host = true;
	take_stamp(h, p, end);
	return end + 1;
}

/* "2026-11-29T17:18:01.123456+00:00 "; dmesg has a comma before the fraction. */
static const char *behind_iso_date(const char *p, struct head *h)
{
	const char *end;
	double s;

	if (strlen(p) < 20 || !digits(p, 4) || p[4] != '-' || !digits(p + 5, 2) ||
	    p[7] != '-' || !digits(p + 8, 2) || (p[10] != 'T' && p[10] != ' ') ||
	    !read_clock(p + 11, &s, &end))
		return NULL;
	h->date_s = days(two(p) * 100 + two(p + 2), two(p + 5), two(p + 8)) * DAY_S + s;
	h->may_name_host = p[10] == 'T' && p[19] != ',';
	if (*end == 'Z')
		end++;
	else if ((*end == '+' || *end == '-') && digits(end + 1, 2))
		end += 1 + strspn(end + 1, "0123456789:");
	if (*end != ' ')
		return NULL;
	take_stamp(h, p, end);
	return end + 1;
}

/* "[Sun Nov 29 17:18:01 2026] ", as of dmesg -T. */
static const char *behind_dmesg_date(const char *p, struct head *h)
{
	const char *end;
	int month;
	double s;

	if (strlen(p) < 27 || *p != '[' || p[4] != ' ' || p[8] != ' ' || p[11] != ' ')
		return NULL;
	month = month_of(p + 5);
	if (!month || !isdigit((unsigned char)p[10]) || !read_clock(p + 12, &s, &end) ||
	    *end != ' ' || !digits(end + 1, 4) || end[5] != ']')
		return NULL;
	h->date_s = days(two(end + 1) * 100 + two(end + 3), month,
			 (p[9] == ' ' ? 0 : (p[9] - '0') * 10) + (p[10] - '0')) *
			    DAY_S +
		    s;
	take_stamp(h, p, end + 6);
	end += 6;
	return end + (*end == ' ');
}

/* "<4>", or with its facility, "<30>". */
static const char *behind_number(const char *p, struct head *h)
{
	char *end;
	long v;

	if (*p != '<' || !isdigit((unsigned char)p[1]))
		return NULL;
	v = strtol(p + 1, &end, 10);
	if (*end != '>' || v > 191)
		return NULL;
	h->level = (int)(v & 7);
	h->told = true;
	if (v >> 3) {
		h->tagged = true;
		h->own = false;
	}
	return end + 1;
}

/* Behind one of these words, blanks, and a colon; NULL: it is another.  *which is its place. */
static const char *behind_word(const char *p, const char *const *words, size_t n,
			       size_t *which)
{
	size_t i, length;

	for (i = 0; i < n; i++) {
		length = strlen(words[i]);
		if (!text_starts(p, words[i]))
			continue;
		length += strspn(p + length, " ");
		if (p[length] != ':')
			continue;
		*which = i;
		return p + length + 1;
	}
	return NULL;
}

/* "kern  :warn  : ", as of dmesg -x. */
static const char *behind_facility(const char *p, struct head *h)
{
	static const char *const levels[] = {"emerg", "alert",	"crit", "err",
					     "warn",  "notice", "info", "debug"};
	static const char *const facilities[] = {"kern",   "user", "mail",
						 "daemon", "auth", "syslog"};
	size_t facility, level;

	p = behind_word(p, facilities, ARRAY_SIZE(facilities), &facility);
	p = p ? behind_word(p, levels, ARRAY_SIZE(levels), &level) : NULL;
	if (!p)
		return NULL;
	h->level = (int)level;
	h->told = h->tagged = true;
	h->own = facility == 0;
	return p + (*p == ' ');
}

/* "[  123.456789]" and the blank behind it; "[  T99]", "[    C1]" likewise. */
static const char *behind_bracket(const char *p, struct head *h)
{
	const char *word = p + 1 + (*p == '[' ? strspn(p + 1, " ") : 0);
	size_t n = *p == '[' ? strcspn(word, "]") : 0;
	char *end;

	if (!n || !word[n])
		return NULL;
	if ((*word == 'T' || *word == 'C') && n > 1 && n < sizeof(h->caller) &&
	    digits(word + 1, n - 1)) {
		/* Without a time before it, it is no printk()'s. */
		if (h->boot_s < 0 || h->caller[0])
			return NULL;
		snprintf(h->caller, sizeof(h->caller), "%.*s", (int)n, word);
	} else if (n > 7 && n < 24 && digits(word + n - 6, 6) && word[n - 7] == '.' &&
		   digits(word, n - 7) && h->boot_s < 0) {
		h->boot_s = strtod(word, &end);
		h->told = true;
	} else {
		return NULL;
	}
	p = word + n + 1;
	return p + (*p == ' ');
}

static bool is_name(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && !strchr("_.-/@()+", p[i]))
			return false;
	return n > 0;
}

/* "kernel: ", "systemd[1]: ": behind it, and whether it is the kernel's. */
static const char *behind_tag(const char *p, bool loose, bool *own)
{
	size_t n = strcspn(p, ":[ ");
	const char *end = p + n;
	bool number = false;

	if (!is_name(p, n))
		return NULL;
	if (*end == '[') {
		end += 1 + strspn(end + 1, "0123456789");
		number = *end == ']' && end > p + n + 1;
		end += number;
	}
	*own = n == 6 && text_starts(p, "kernel");
	if (*end != ':' || !(end[1] == ' ' || !end[1]) || !(*own || number || loose))
		return NULL;
	return end + 1 + (end[1] == ' ');
}

/* "host kernel: ", "kernel: " */
static const char *behind_host(const char *p, struct head *h)
{
	size_t n = strcspn(p, " ");
	const char *end = NULL;
	bool own;

	if (h->tagged || !(h->may_name_host || h->boot_s >= 0))
		return NULL;
	end = behind_tag(p, h->may_name_host, &own);
	/* "[ 1.2] systemd[1]: " may be dmesg's too: the kernel's buffer, not its words. */
	if (!end && p[n] && is_name(p, n)) {
		end = behind_tag(p + n + 1, h->may_name_host, &own);
		if (end)
			snprintf(h->host, sizeof(h->host), "%.*s", (int)n, p);
	}
	if (!end)
		return NULL;
	h->tagged = h->told = true;
	h->own = own;
	return end;
}

static void read_head(const char *p, struct head *h)
{
	static const char *(*const parts[])(const char *, struct head *) =
		{behind_number,	     behind_facility, behind_bracket, behind_dmesg_date,
		 behind_syslog_date, behind_iso_date, behind_host};
	const char *next;
	size_t i;

	memset(h, 0, sizeof(*h));
	h->boot_s = h->date_s = -1;
	h->level = -1;
	for (i = 0; i < ARRAY_SIZE(parts);) {
		next = parts[i](p, h);
		/* Each may stand behind each, but words that look the same again are words. */
		if (next && next > p && (i > 1 || !h->words)) {
			p = next;
			h->words = p;
			i = 0;
		} else {
			i++;
		}
	}
	h->words = p;
	if (h->told && !h->tagged)
		h->own = true;
}

/* ---- the log ------------------------------------------------------------------- */

struct parse {
	struct arena *a;
	struct klog *log;
	bool dates; /* are the kernel's times */
	double first_date, last_s;
	char host[HOST_MAX];
};

/* Which of its times is most of the kernel's lines'?  A line may have both. */
static void look_first(struct parse *p, struct text_lines l)
{
	size_t boot = 0, dated = 0;
	struct head h;

	while (text_next_line(&l)) {
		read_head(l.raw, &h);
		if (!h.told)
			continue;
		p->log->stamped = true;
		boot += h.own && h.boot_s >= 0;
		dated += h.own && h.date_s >= 0 && h.boot_s < 0;
		if (h.own && h.host[0] && !p->host[0])
			memcpy(p->host, h.host, sizeof(h.host));
	}
	p->dates = dated > boot;
}

/* Without a year it begins anew when a year does. */
static double seconds_of(struct parse *p, const struct head *h)
{
	double s;

	if (!p->dates)
		return h->boot_s >= 0 ? h->boot_s : p->last_s;
	if (h->date_s < 0)
		return p->last_s;
	if (p->first_date < 0)
		p->first_date = h->date_s;
	s = h->date_s - p->first_date;
	return s < p->last_s - 180 * DAY_S ? s + 366 * DAY_S : s;
}

static void take_line(struct parse *p, struct text_lines *l)
{
	struct log_line line = {.number = l->number, .clipped = l->clipped};
	struct head h;
	size_t at;

	read_head(l->raw, &h);
	if (!*h.words && !h.told)
		return;
	at = (size_t)(h.words - l->raw);
	line.ts_s = p->last_s = seconds_of(p, &h);
	line.seq = l->number;
	line.level = h.level;
	line.first = h.told || !p->log->stamped;
	line.facility = h.own || !p->log->stamped ? 0 : USER_FACILITY;
	memcpy(line.caller, h.caller, sizeof(line.caller));
	if (!p->log->stamped)
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

	if (text_starts(words_of(line), KLOG_PANIC) && is_kernels_own(line))
		return PANICKED;
	for (i = 0; i < ARRAY_SIZE(what); i++)
		if (complains_of(line, what[i]))
			return COMPLAINED;
	return ALL_WELL;
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
			if (b.trouble || !best.trouble) {
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
	char host[HOST_MAX * 4];

	log->store = KLOG_TEXT;
	if (t->left_out)
		dump_note(d, "the first %llu MB of the text were left out",
			  COUNT(t->left_out >> 20));
	look_first(&p, l);
	while (text_next_line(&l) && !dump_interrupted(d))
		take_line(&p, &l);
	klog_keep_newest(log, LOG_LINES_MAX);
	log->older = log->records - log->lines.n;
	if (log->lines.n)
		keep_boot(log);
	text_escape(host, sizeof(host), p.host);
	log->host = arena_printf(d->arena, "%s", host);
	return log->lines.n > 0;
}

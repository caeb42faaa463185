// SPDX-License-Identifier: GPL-2.0-or-later
#include "log_head.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"

#define DIGITS "0123456789"
#define UTF8_MARK "\xef\xbb\xbf"

static bool digits(const char *p, size_t n)
{
	return strspn(p, DIGITS) >= n;
}

/* ---- times --------------------------------------------------------------------------- */

static const char *behind_a_date(const char *p, struct log_head *h)
{
	char raw[LOG_STAMP_MAX];
	struct log_date date;
	const char *next = behind_date(p, &h->habits->months, &date);
	int n = next ? (int)(date.to - p) : 0;

	if (!next)
		return NULL;
	snprintf(raw, sizeof(raw), "%.*s", n < LOG_STAMP_MAX - 1 ? n : LOG_STAMP_MAX - 1,
		 p);
	text_escape(h->stamp, sizeof(h->stamp), raw);
	h->date_s = date.s;
	h->rough = date.rough;
	h->may_name_host = date.may_name;
	h->told = true;
	return next;
}

static const char *behind_a_delta(const char *p, struct log_head *h)
{
	const char *next = behind_delta(p, &h->delta_s);

	h->told |= next != NULL;
	return next;
}

/* "<4>", or with its facility, "<30>". */
static const char *behind_number(const char *p, struct log_head *h)
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

/*
 * "1 2026-11-29T17:18:01Z host kernel - - - ": the rest of a head of RFC 5424, behind its
 * "<4>". The program's id, the message's and what is structured are of no use here.
 */
static const char *behind_5424(const char *p, struct log_head *h)
{
	const char *date, *name;
	size_t i, n;

	if (h->level < 0 || h->date_s >= 0 || !text_starts(p, "1 "))
		return NULL;
	date = behind_a_date(p + 2, h);
	if (!date)
		return NULL;
	n = strcspn(date, " ");
	name = date + n + (date[n] == ' ');
	for (p = name, i = 0; i < 3; i++) {
		p += strcspn(p, " ");
		if (*p++ != ' ')
			return NULL;
	}
	/* "-", or "[name key=\"value\"]", in which a blank may be */
	p = *p == '[' ? strstr(p, "] ") : *p == '-' ? p : NULL;
	if (!p || p[1] != ' ')
		return NULL;
	snprintf(h->host, sizeof(h->host), "%.*s", (int)n, date);
	h->tagged = h->told = true;
	h->own = text_starts(name, "kernel ");
	p += 2;
	return p + (text_starts(p, UTF8_MARK) ? strlen(UTF8_MARK) : 0);
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
static const char *behind_facility(const char *p, struct log_head *h)
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

/*
 * A record as /dev/kmsg and netconsole have it: "6,1234,5678901,-;words", and with
 * ",caller=T35" before the semicolon.
 */
static const char *behind_record(const char *p, struct log_head *h)
{
	static const char label[] = "caller=";
	const char *end = p, *field[3] = {0}, *caller;
	size_t i;

	for (i = 0; i < 3; i++) {
		field[i] = end;
		end += strspn(end, DIGITS);
		if (end == field[i] || *end++ != ',')
			return NULL;
	}
	end = strchr(end, ';');
	if (!end || h->boot_s >= 0)
		return NULL;
	h->level = atoi(field[0]) & 7;
	h->boot_s = strtod(field[2], NULL) / 1e6;
	h->own = strtoul(field[0], NULL, 10) >> 3 == 0;
	h->told = h->tagged = true;
	caller = strstr(field[2], label);
	if (caller && caller < end && (caller[7] == 'T' || caller[7] == 'C'))
		snprintf(h->caller, sizeof(h->caller), "%.*s",
			 (int)(1 + strspn(caller + 8, DIGITS)), caller + 7);
	return end + 1;
}

/*
 * "[  123.456789]" and the blank behind it; "[  T99]", "[    C1]" likewise. dmesg -d has
 * "[  123.456789 <    0.000100>]", the time since the line before.
 */
static const char *behind_bracket(const char *p, struct log_head *h)
{
	const char *word = p + 1 + (*p == '[' ? strspn(p + 1, " ") : 0);
	size_t n = *p == '[' ? strcspn(word, "]") : 0, behind = n + 1;
	char *end;

	if (!n || !word[n])
		return NULL;
	if (word[n - 1] == '>' && memchr(word, '<', n))
		n = strcspn(word, " ");
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
	p = word + behind;
	return p + (*p == ' ');
}

/* ---- who wrote it --------------------------------------------------------------------- */

static const char *take_caller(struct log_head *h, int cpu, int pid, const char *behind)
{
	if (pid > 0)
		snprintf(h->caller, sizeof(h->caller), "T%d", pid);
	else
		snprintf(h->caller, sizeof(h->caller), "C%d", cpu);
	return behind + (*behind == ' ');
}

/*
 * What vendors put behind the time: "[pid:35,cpu1,name]", "(1)[35:name]", and
 * "[1: name: 35]", behind a letter at times.
 */
static const char *behind_vendors_caller(const char *p, struct log_head *h)
{
	const char *end = strchr(p, ']'), *last;
	int cpu, pid, n = 0;

	if (h->boot_s < 0 || h->caller[0] || !end)
		return NULL;
	if (sscanf(p, "[pid:%9d,cpu%9d,%n", &pid, &cpu, &n) == 2 && n)
		return take_caller(h, cpu, pid, end + 1);
	if (sscanf(p, "(%9d)[%9d:%n", &cpu, &pid, &n) == 2 && n)
		return take_caller(h, cpu, pid, end + 1);
	p += isupper((unsigned char)*p) && p[1] == '[';
	if (sscanf(p, "[%9d:%n", &cpu, &n) != 1 || !n)
		return NULL;
	for (last = end; last > p + n && *last != ':';)
		last--;
	if (last == p + n || sscanf(last, ": %9d]%n", &pid, &n) != 1 ||
	    last + n != end + 1)
		return NULL;
	return take_caller(h, cpu, pid, end + 1);
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
		end += 1 + strspn(end + 1, DIGITS);
		number = *end == ']' && end > p + n + 1;
		end += number;
	}
	*own = n == 6 && text_starts(p, "kernel");
	if (*end != ':' || !(*own || number || loose) ||
	    !(end[1] == ' ' || !end[1] || (*own && end[1] == '[')))
		return NULL;
	return end + 1 + (end[1] == ' ');
}

/* "kern.warn ", as busybox has it before the tag. */
static const char *behind_priority(const char *p)
{
	static const char *const facilities[] = {"kern.", "user.",   "daemon.",
						 "auth.", "syslog.", "local"};
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(facilities); i++) {
		n = strcspn(p, " ");
		if (text_starts(p, facilities[i]) && p[n] && memchr(p, '.', n))
			return p + n + 1;
	}
	return p;
}

/* "host kernel: ", "kernel: " */
static const char *behind_host(const char *p, struct log_head *h)
{
	bool dated = h->date_s >= 0, booted = h->boot_s >= 0, own;
	const char *rest, *end;
	size_t n;

	/* Behind both times stands neither; without any, none but the kernel is believed. */
	if (h->tagged || (dated && booted))
		return NULL;
	if (!dated && !booted && !text_starts(p, "kernel:"))
		return NULL;
	end = behind_tag(behind_priority(p), h->may_name_host && h->habits->names_kernel,
			 &own);
	/* "[ 1.2] systemd[1]: " may be dmesg's too: the kernel's buffer, not its words. */
	n = strcspn(p, " ");
	if (!end && p[n] && is_name(p, n)) {
		rest = p + n + 1;
		rest += strspn(rest, " ");
		end = behind_tag(behind_priority(rest), h->may_name_host, &own);
		if (!end && dated && behind_record(rest, h))
			end = rest, own = h->own, h->boot_s = -1;
		if (end)
			snprintf(h->host, sizeof(h->host), "%.*s", (int)n, p);
	}
	if (!end)
		return NULL;
	h->tagged = h->told = true;
	h->own = own;
	h->habits->names_kernel |= own;
	return end;
}

/* ---- a head ----------------------------------------------------------------------------- */

static void read_parts(const char *p, struct log_head *h)
{
	static const char *(*const parts[])(const char *, struct log_head *) =
		{behind_number,	 behind_facility,	behind_bracket,
		 behind_5424,	 behind_a_date,		behind_record,
		 behind_a_delta, behind_vendors_caller, behind_host};
	struct log_habits *habits = h->habits;
	const char *next;
	size_t i;

	memset(h, 0, sizeof(*h));
	h->habits = habits;
	h->boot_s = h->date_s = h->delta_s = -1;
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

const char *log_stamp_within(const char *p)
{
	const char *number, *end;

	for (; (p = strchr(p, '[')); p++) {
		number = p + 1 + strspn(p + 1, " ");
		end = number + strspn(number, DIGITS);
		if (end > number && end - number < 12 && *end == '.' &&
		    strspn(end + 1, DIGITS) == 6 && end[7] == ']' && end[8])
			return p;
	}
	return NULL;
}

/* The kernel's own, by its tag or its time; what is dated, and no more, may be anybody's. */
static bool is_whole(const struct log_head *h)
{
	if (!h->told)
		return false;
	return h->own ? h->tagged || h->boot_s >= 0 : !h->habits->quotes;
}

/*
 * A console has a prompt, or what a program had begun to say, before the kernel's line, and
 * who reads it puts a name or a number there; what collects lines puts a date before that.
 */
void log_head_read(const char *line, struct log_habits *habits, struct log_head *h)
{
	struct log_head before;
	const char *within;

	h->habits = habits;
	read_parts(line + strspn(line, " "), h);
	if (!h->told)
		h->words = line;
	within = is_whole(h) ? NULL : log_stamp_within(h->words);
	if (!within)
		return;
	before = *h;
	read_parts(within, h);
	if (before.told && before.date_s >= 0 && h->date_s < 0) {
		h->date_s = before.date_s;
		h->rough = before.rough;
		memcpy(h->stamp, before.stamp, sizeof(h->stamp));
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "log_date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base.h"
#include "base/text.h"

#define DAY_S 86400.0
#define DIGITS "0123456789"

static bool digits(const char *p, size_t n)
{
	return strspn(p, DIGITS) >= n;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static int four(const char *p)
{
	return two(p) * 100 + two(p + 2);
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
	if (!digits(p, 2) || p[2] != ':' || !digits(p + 3, 2) || p[5] != ':' ||
	    !digits(p + 6, 2))
		return false;
	*s = two(p) * 3600.0 + two(p + 3) * 60.0 + two(p + 6);
	p += 8;
	if ((*p == '.' || *p == ',') && isdigit((unsigned char)p[1])) {
		char fraction[16];

		snprintf(fraction, sizeof(fraction), "0.%.9s", p + 1);
		*s += strtod(fraction, NULL);
		p += 1 + strspn(p + 1, DIGITS);
	}
	*end = p;
	return true;
}

/* ---- months ------------------------------------------------------------------------ */

/* Who writes in another language has "11月" or a name, which this numbers as it comes. */
static int month_of(const char *p, size_t n, struct log_months *m)
{
	static const char english[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t i;

	for (i = 0; n == 3 && i < 12; i++)
		if (!strncasecmp(english + 3 * i, p, 3))
			return (int)i + 1;
	if (isdigit((unsigned char)*p))
		return atoi(p) >= 1 && atoi(p) <= 12 ? atoi(p) : 0;
	for (i = 0; i < m->n; i++)
		if (strlen(m->names[i]) == n && text_starts(p, m->names[i]))
			return (int)i + 1;
	if (m->n == ARRAY_SIZE(m->names))
		return 0;
	memcpy(m->names[m->n], p, n);
	m->names[m->n][n] = '\0';
	return (int)++m->n;
}

/* How long a name of a day or a month is, of any alphabet; 0: it is none. */
static size_t name_length(const char *p)
{
	size_t n = strcspn(p, " :[]<>=;,(\"");

	return n > 1 && n < MONTH_MAX && p[n] == ' ' ? n : 0;
}

/* "29", " 9" */
static const char *behind_day(const char *p, int *day)
{
	size_t n;

	p += strspn(p, " ");
	n = strspn(p, DIGITS);
	if (n < 1 || n > 2)
		return NULL;
	*day = n == 2 ? two(p) : p[0] - '0';
	return p + n;
}

/* " 2026", if it is there. */
static const char *behind_year(const char *p, int *year)
{
	if (*p != ' ' || strspn(p + 1, DIGITS) != 4)
		return p;
	*year = four(p + 1);
	return p + 5;
}

/* " UTC", " CEST", if it is there. */
static const char *behind_zone(const char *p)
{
	size_t n = *p == ' ' ? strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;

	return n > 1 && n < 6 && p[1 + n] == ' ' ? p + 1 + n : p;
}

struct written {
	const char *month; /* its name */
	int day, year;
	double s;
};

/* "Nov 29 17:18:01", "Nov 29 2026 17:18:01" */
static const char *behind_month_and_clock(const char *p, struct written *w)
{
	size_t n = name_length(p);
	const char *end;

	w->month = p;
	p = n ? behind_day(p + n, &w->day) : NULL;
	p = p ? behind_year(p, &w->year) : NULL;
	if (!p || *p != ' ' || !read_clock(p + 1, &w->s, &end))
		return NULL;
	return end;
}

/* "Sun " */
static const char *behind_name_of_day(const char *p)
{
	size_t n = name_length(p);

	return n ? p + n + strspn(p + n, " ") : NULL;
}

/*
 * "Nov 29 17:18:01", as syslog and journalctl have it; "Sun Nov 29 17:18:01 2026", as
 * logread, and in brackets dmesg -T; with a zone before the year `vgpu log -T`.
 */
static const char *behind_written(const char *p, struct log_months *m,
				  struct log_date *date)
{
	struct written w = {.year = 2000};
	const char *end = behind_month_and_clock(p, &w), *zone;
	int number;

	if (!end) {
		p = behind_name_of_day(p);
		end = p ? behind_month_and_clock(p, &w) : NULL;
	}
	if (!end)
		return NULL;
	number = month_of(w.month, strcspn(w.month, " "), m);
	if (!number)
		return NULL;
	zone = behind_zone(end);
	if (behind_year(zone, &w.year) != zone)
		end = behind_year(zone, &w.year);
	date->s = days(w.year, number, w.day) * DAY_S + w.s;
	return end;
}

/* "1795972620.123456", as of journalctl -o short-unix. */
static const char *behind_seconds(const char *p, struct log_date *date)
{
	size_t n = strspn(p, DIGITS);

	if (n != 10 || p[n] != '.' || strspn(p + n + 1, DIGITS) != 6)
		return NULL;
	date->s = days(1970, 1, 1) * DAY_S + strtod(p, NULL);
	return p + n + 7;
}

/* "2026-11-29T17:18:01.123456+00:00"; dmesg has a comma before the fraction. */
static const char *behind_iso(const char *p, struct log_date *date)
{
	const char *end;
	double s;

	if (!digits(p, 4) || p[4] != '-' || !digits(p + 5, 2) || p[7] != '-' ||
	    !digits(p + 8, 2) || (p[10] != 'T' && p[10] != ' ') ||
	    !read_clock(p + 11, &s, &end))
		return NULL;
	date->s = days(four(p), two(p + 5), two(p + 8)) * DAY_S + s;
	date->may_name = p[10] == 'T' && p[19] != ',';
	if (*end == 'Z')
		end++;
	else if ((*end == '+' || *end == '-') && digits(end + 1, 2))
		end += 1 + strspn(end + 1, DIGITS ":");
	return end;
}

/* "Sun 2026-11-29 17:17:00 UTC", as of journalctl -o short-full. */
static const char *behind_full(const char *p, struct log_date *date)
{
	const char *end;

	p = behind_name_of_day(p);
	end = p ? behind_iso(p, date) : NULL;
	if (end)
		date->may_name = true;
	return end ? behind_zone(end) : NULL;
}

/* "Apr18 15:18", in brackets, as of dmesg -H. */
static const char *behind_human(const char *p, struct log_months *m,
				struct log_date *date)
{
	const char *clock = p + strcspn(p, " "), *day = clock;
	int month;

	while (day > p && isdigit((unsigned char)day[-1]))
		day--;
	if (!strspn(day, DIGITS) || strspn(day, DIGITS) > 2 || day - p < 2 ||
	    day - p >= MONTH_MAX || *clock != ' ' || !digits(clock + 1, 2) ||
	    clock[3] != ':' || strspn(clock + 4, DIGITS) != 2)
		return NULL;
	month = month_of(p, (size_t)(day - p), m);
	if (!month)
		return NULL;
	date->s = days(2000, month, atoi(day)) * DAY_S + two(clock + 1) * 3600.0 +
		  two(clock + 4) * 60.0;
	date->rough = true;
	return clock + 6;
}

const char *behind_date(const char *p, struct log_months *m, struct log_date *date)
{
	bool bracket = *p == '[';
	const char *end;

	*date = (struct log_date){.may_name = !bracket};
	p += bracket;
	end = behind_iso(p, date);
	if (!end)
		end = behind_full(p, date);
	if (!end)
		end = behind_written(p, m, date);
	if (!end && bracket)
		end = behind_human(p, m, date);
	if (!end && !bracket)
		end = behind_seconds(p, date);
	/* "<    0.000100>", as of dmesg -d */
	if (end && bracket && end[0] == ' ' && end[1] == '<')
		end += strcspn(end, "]");
	if (!end || *end != (bracket ? ']' : ' '))
		return NULL;
	date->may_name &= !bracket;
	end += bracket;
	date->to = end;
	return end + (*end == ' ');
}

const char *behind_delta(const char *p, double *s)
{
	const char *number = p + 1 + (*p == '[' ? strspn(p + 1, " ") : 0), *end;
	char seconds[32];

	if (*p != '[' || *number != '+')
		return NULL;
	end = number + 1 + strspn(number + 1, DIGITS);
	if (end == number + 1 || end - number > 12 || (*end != '.' && *end != ',') ||
	    strspn(end + 1, DIGITS) != 6 || end[7] != ']')
		return NULL;
	snprintf(seconds, sizeof(seconds), "%.*s.%.6s", (int)(end - number - 1),
		 number + 1, end + 1);
	*s = strtod(seconds, NULL);
	end += 8;
	return end + (*end == ' ');
}

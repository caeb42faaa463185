// SPDX-License-Identifier: GPL-2.0-or-later
/* What made it a dump: the trigger, the switches, and the log around it. */
#include "handout.h"

#include <string.h>

#include "base/text.h"
#include "panic_words.h"
#include "spelling.h"
#include "triage_words.h"

#define REPORTS_MAX 20

/* ---- the log ------------------------------------------------------------------------ */

/* Without a sign of a panic its last lines. */
#define LAST_LINES 40

static struct log_part part_shown(const struct handout *h)
{
	struct log_part part = log_around(h->f);

	if (part.begin < part.end)
		return part;
	part.end = h->f->log.lines.n;
	part.begin = part.end > LAST_LINES ? part.end - LAST_LINES : 0;
	return part;
}

bool handout_has_log(const struct handout *h)
{
	return h->f->log.lines.n > 0;
}

void handout_log(struct handout *h)
{
	const struct klog *log = &h->f->log;
	struct log_part part = part_shown(h);
	char stamp[LOG_STAMP];
	const char *words;
	size_t i;

	sheet_block(&h->sheet, BLOCK_OPEN,
		    arena_printf(h->f->arena, "Lines %zu to %zu of %zu", part.begin + 1,
				 part.end, log->lines.n));
	for (i = part.begin; i < part.end; i++) {
		words = log_line_stamp(stamp, &log->lines.v[i]);
		/* A record's further lines have no stamp, as in dmesg. */
		sheet_line(&h->sheet, "%*s %s", (int)strlen(words),
			   log->lines.v[i].first ? words : "",
			   text_tabs(h->f->arena, log->lines.v[i].text, "    "));
	}
	sheet_quiet(&h->sheet, "All of it: %s", look_text(h->f, &LOOK(LOG)));
}

/* ---- the trigger and the switches ------------------------------------------------------ */

bool handout_has_panic(const struct handout *h)
{
	return h->f->sysctls.all.n > 0 || h->f->text;
}

static void proof(struct handout *h)
{
	static const struct column columns[] = {{"Proof", CELL_TEXT},
						{"To check it", CELL_CODE}};
	const struct trigger *t = &h->f->panic.trigger;
	const char *check;
	size_t i;

	sheet_table(&h->sheet, "What says so", columns, ARRAY_SIZE(columns));
	for (i = 0; i < t->evidence.n; i++) {
		check = look_text(h->f, &t->evidence.v[i].look);
		sheet_cell(&h->sheet, "%s", t->evidence.v[i].claim);
		sheet_cell(&h->sheet, "%s", check ? check : "");
	}
}

static void reported(struct handout *h)
{
	static const struct column columns[] = {{"The log's report", CELL_TEXT},
						{"At the end", CELL_TEXT}};
	const struct panic *k = &h->f->panic;
	char stamp[LOG_STAMP];
	size_t i;

	sheet_table(&h->sheet, "Tasks that the log called blocked", columns,
		    ARRAY_SIZE(columns));
	for (i = 0; i < k->hung.n && i < REPORTS_MAX; i++) {
		sheet_cell(&h->sheet, "%s %s, pid %d, blocked for more than %ld s",
			   k->hung.v[i].line ? log_line_stamp(stamp, k->hung.v[i].line)
					     : log_stamp(stamp, k->hung.v[i].ts_s),
			   k->hung.v[i].comm, k->hung.v[i].pid, k->hung.v[i].seconds);
		sheet_cell(&h->sheet, "%s",
			   since_report_name(facts_since_report(h->f, &k->hung.v[i])));
	}
	sheet_more(&h->sheet, k->hung.n - i, own_command(h->f, "panic"));
}

void handout_panic(struct handout *h)
{
	static const struct column columns[] = {{"Switch", CELL_CODE},
						{"Value", CELL_NUMBER},
						{"Catches", CELL_TEXT}};
	const struct sysctls *all = &h->f->sysctls;
	const struct sysctl_value *v;
	size_t i;

	sheet_pair(&h->sheet, "Ended by", "%s", fired_words(h->f));
	sheet_pair(&h->sheet, "Message", "%s", h->f->panic.trigger.message);
	proof(h);
	reported(h);
	if (!all->all.n)
		return;
	sheet_table(&h->sheet, "Switches of this kernel", columns, ARRAY_SIZE(columns));
	for (i = 0; i < all->all.n; i++) {
		v = &all->all.v[i];
		if (v->state == SYSCTL_ABSENT)
			continue;
		sheet_cell(&h->sheet, "%s", v->name);
		sheet_cell(&h->sheet, "%s", switch_value(h->f, v));
		sheet_cell(&h->sheet, "%s%s", switch_fired(h->f, v) ? "FIRED: " : "",
			   switch_catches(v));
	}
}

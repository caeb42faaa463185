// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu kmemleak`: as /sys/kernel/debug/kmemleak shows it, in its own form. */
#include "report.h"

#include <ctype.h>

#include "spelling.h"
#include "text_writer.h"

#define ROW 16 /* bytes of a row of the hex dump */

static void hex_row(FILE *out, const unsigned char *p, size_t n)
{
	size_t i;

	fprintf(out, "    ");
	for (i = 0; i < ROW; i++)
		if (i < n)
			fprintf(out, "%02x ", p[i]);
		else
			fprintf(out, "   ");
	fputc(' ', out);
	for (i = 0; i < n; i++)
		fputc(isprint(p[i]) ? p[i] : '.', out);
	fputc('\n', out);
}

static void unreferenced(FILE *out, const struct kmemleak_object *k)
{
	size_t i;

	fprintf(out, "unreferenced object 0x%08llx (size %llu):\n", HEX(k->pointer),
		COUNT(k->size));
	fprintf(out, "  comm \"%s\", pid %d, jiffies %llu", k->comm, k->pid,
		COUNT(k->jiffies));
	if (k->age_s >= 0)
		fprintf(out, " (age %.3fs)", k->age_s);
	fprintf(out, "\n");
	if (k->nr_head)
		fprintf(out, "  hex dump (first %zu bytes):\n", k->nr_head);
	for (i = 0; i < k->nr_head; i += ROW)
		hex_row(out, k->head + i, k->nr_head - i < ROW ? k->nr_head - i : ROW);
	fprintf(out, "  backtrace:\n");
	for (i = 0; i < k->nr_trace; i++)
		fprintf(out, "    [<%016llx>] %s\n", HEX(k->trace[i]), k->trace_text[i]);
}

/* Of what kmemleak reports, how much vgpu's own search calls lost. */
static void compare_leaks(FILE *out, const struct facts *f, const struct kmemleak *k,
			  const struct leaks *l)
{
	size_t i, both = 0;

	for (i = 0; i < k->reported.n; i++)
		both += leaks_has(l, k->reported.v[i].pointer);
	text_wrapf(out, "", 0,
		   "%s calls %zu of these lost too, and %llu objects in all: kmemleak "
		   "looks now and then, trusts an address anywhere, and reports what is "
		   "older than its last look.",
		   own_command(f, "leak"), both, COUNT(l->lost));
}

void text_kmemleak(FILE *out, const struct facts *f, const struct kmemleak *k,
		   const struct leaks *l)
{
	size_t i;

	if (!k->there) {
		text_wrapf(out, "", 0,
			   "This kernel was built without CONFIG_DEBUG_KMEMLEAK, or its "
			   "debuginfo does not describe kmemleak_object. `%s` needs "
			   "neither.",
			   own_command(f, "leak"));
		return;
	}
	for (i = 0; i < k->reported.n; i++)
		unreferenced(out, &k->reported.v[i]);
	text_wrapf(out, "", 0,
		   "%zu of the %zu objects that kmemleak watched are reported%s.",
		   k->reported.n, k->known,
		   k->enabled ? "" : "; it had turned itself off");
	if (l)
		compare_leaks(out, f, k, l);
	else
		text_wrapf(
			out, "", 0,
			"After `%s` in the same session this command compares the two.",
			own_command(f, "leak"));
}

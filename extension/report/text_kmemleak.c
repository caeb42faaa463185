// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu kmemleak`: as /sys/kernel/debug/kmemleak shows it, in its own form. */
#include "report.h"

#include <ctype.h>

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

static void frame(FILE *out, struct dump *d, kaddr_t addr)
{
	struct dump_symbol sym;

	if (!dump_symbol_at(d, addr, &sym))
		fprintf(out, "    [<%016llx>] 0x%llx\n", (unsigned long long)addr,
			(unsigned long long)addr);
	else
		fprintf(out, "    [<%016llx>] %s+0x%llx%s%s%s\n",
			(unsigned long long)addr, sym.name,
			(unsigned long long)sym.offset, sym.module[0] ? " [" : "",
			sym.module, sym.module[0] ? "]" : "");
}

static void unreferenced(FILE *out, struct dump *d, const struct kmemleak_object *k)
{
	size_t i;

	fprintf(out, "unreferenced object 0x%08llx (size %llu):\n",
		(unsigned long long)k->pointer, (unsigned long long)k->size);
	fprintf(out, "  comm \"%s\", pid %d, jiffies %llu", k->comm, k->pid,
		(unsigned long long)k->jiffies);
	if (k->age_s >= 0)
		fprintf(out, " (age %.3fs)", k->age_s);
	fprintf(out, "\n");
	if (k->nr_head)
		fprintf(out, "  hex dump (first %zu bytes):\n", k->nr_head);
	for (i = 0; i < k->nr_head; i += ROW)
		hex_row(out, k->head + i, k->nr_head - i < ROW ? k->nr_head - i : ROW);
	fprintf(out, "  backtrace:\n");
	for (i = 0; i < k->nr_trace; i++)
		frame(out, d, k->trace[i]);
}

void text_kmemleak(FILE *out, struct dump *d, const struct kmemleak *k)
{
	size_t i;

	if (!k->there) {
		text_wrap(
			out, "", 0,
			"This kernel was built without CONFIG_DEBUG_KMEMLEAK, or its "
			"debuginfo does not describe kmemleak_object. `vgpu leak` needs "
			"neither.");
		return;
	}
	for (i = 0; i < k->reported.n; i++)
		unreferenced(out, d, &k->reported.v[i]);
	text_wrapf(out, "", 0,
		   "%zu of the %zu objects that kmemleak watched are reported%s.",
		   k->reported.n, k->known,
		   k->enabled ? "" : "; it had turned itself off");
}

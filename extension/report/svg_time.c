// SPDX-License-Identifier: GPL-2.0-or-later
/* A timeline: each moment in a row, the end of the machine at the right. */
#include "html_writer.h"
#include "svg.h"
#include "text_writer.h"

#define WIDTH 740
#define NAMES 330 /* what they are called, at the left */
#define TIMES 70  /* how long ago, at the right */
#define ROW 24
#define AXIS 26
#define BAR 12

static int place(double ago_s, double from_s)
{
	int room = WIDTH - NAMES - TIMES;

	return NAMES + (int)((double)room * (from_s - ago_s) / from_s);
}

/* 0.1, 0.2, 0.5, 1, ... seconds, of which no more than six are shown. */
static double step_of(double from_s)
{
	double step = 0.1;
	int i;

	for (i = 0; from_s / step > 6; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	return step;
}

static void axis(FILE *out, const struct facts *f, double from_s, int bottom)
{
	double step = step_of(from_s);
	int i, x;

	for (i = 0; i * step <= from_s; i++) {
		x = place(i * step, from_s);
		if (i)
			html_markup(out, "<path class=\"grid\" d=\"M%d %dV%d\"/>\n", x,
				    AXIS - 6, bottom);
		else
			html_markup(out, "<path class=\"end\" d=\"M%d %dV%d\"/>\n", x,
				    AXIS - 6, bottom);
		svg_text(out, SVG_SMALL_END, x + (i ? 14 : 10), 14, 90,
			 i ? arena_printf(f->arena, "-%g s", i * step) : "end");
	}
}

static void moment(FILE *out, const struct moment *m, double from_s, int y)
{
	static const enum svg_role roles[] = {
		[MOMENT_KEEPS] = SVG_ROOT,
		[MOMENT_WAITS] = SVG_VICTIM,
		[MOMENT_SAID] = SVG_BETWEEN,
		[MOMENT_SEEN] = SVG_BETWEEN,
	};
	int x = place(m->ago_s, from_s), end = place(0, from_s);

	svg_text(out, SVG_PLAIN, 2, y + 13, NAMES - 12, m->what);
	if (m->lasts)
		svg_bar(out, roles[m->kind], x, y + 3, end > x + 1 ? end - x : 1, BAR);
	else
		html_markup(out, "<path class=\"head\" d=\"M%d %dl6 6l-6 6l-6-6z\"/>\n",
			    x, y + 3);
	svg_text(out, SVG_SMALL, end + 10, y + 13, TIMES - 8, text_seconds(m->ago_s));
}

void svg_timeline(FILE *out, const struct facts *f, const struct timeline *t)
{
	double from_s = t->from_s > 0.1 ? t->from_s : 0.1;
	int height = AXIS + (int)t->all.n * ROW;
	size_t i;

	svg_begin(out, WIDTH, height + 2,
		  arena_printf(f->arena, "Timeline of %zu moments in the last %s",
			       t->all.n, text_seconds(from_s)));
	axis(out, f, from_s, height);
	for (i = 0; i < t->all.n; i++)
		moment(out, &t->all.v[i], from_s, AXIS + (int)i * ROW);
	svg_end(out);
}

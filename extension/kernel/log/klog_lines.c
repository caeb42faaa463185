// SPDX-License-Identifier: GPL-2.0-or-later
#include "klog_lines.h"

#include <string.h>

#include "base/text.h"

void klog_keep_newest(struct klog *log, size_t more_than)
{
	size_t drop;

	if (log->lines.n <= more_than || log->lines.n <= log->most)
		return;
	drop = log->lines.n - log->most;
	memmove(log->lines.v, log->lines.v + drop, log->most * sizeof(log->lines.v[0]));
	log->lines.n = log->most;
}

void klog_add(struct arena *a, struct klog *log, const struct log_line *like, char *text,
	      size_t len)
{
	char escaped[LINE_TEXT_MAX * 4 + 1];
	struct log_line *line;

	klog_keep_newest(log, 2 * log->most);
	line = vec_push(a, &log->lines);
	*line = *like;
	line->text = "";
	if (len > LINE_TEXT_MAX) {
		len = LINE_TEXT_MAX;
		text[len] = '\0';
		line->clipped = true;
	}
	if (!len)
		return;
	text_escape(escaped, sizeof(escaped), text);
	line->text = arena_printf(a, "%s", escaped);
}

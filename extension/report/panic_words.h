/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of switches and of the log, on a terminal and in a report that is sent. */
#ifndef VGPU_PANIC_WORDS_H
#define VGPU_PANIC_WORDS_H

#include "facts/facts.h"

/* What the switch turns into a panic, or governs; "": that is not written down. */
const char *switch_catches(const struct sysctl_value *s);
/* Its value as it was before the end; "-": not in this kernel, "?": not known. */
const char *switch_value(const struct facts *f, const struct sysctl_value *s);
/* Is it what made it a panic? */
bool switch_fired(const struct facts *f, const struct sysctl_value *s);

/* Why nothing is said to have fired; NULL: something did. */
const char *not_fired_words(const struct facts *f);

/* Lines of the log around what fired, from .begin to before .end; none: they are equal. */
struct log_part {
	size_t begin, end;
};
struct log_part log_around(const struct facts *f);

#endif

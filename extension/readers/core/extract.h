/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small cores: of a large one the pages that vgpu's commands read of it, and what crash
 * reads before its first prompt.  Which pages these are is found by running the commands.
 */
#ifndef VGPU_CORE_EXTRACT_H
#define VGPU_CORE_EXTRACT_H

#include "commands/commands.h"
#include "core_dump.h"

struct extract {
	struct reader *reader;		  /* of source */
	const struct core_source *source; /* its core writes down what it reads */
	const char *path;
	enum small_level level;
	bool blank; /* see blank.h */
};

/* What was made is told to out.  Other than RESULT_DONE: *why, and nothing was made. */
enum result extract_core(const struct extract *x, FILE *out, struct error *why);

#endif

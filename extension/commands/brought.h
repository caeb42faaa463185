/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that somebody brought along, of another's making or his own. */
#ifndef VGPU_COMMANDS_BROUGHT_H
#define VGPU_COMMANDS_BROUGHT_H

#include "session.h"

/*
 * All of it, in the session's arena.  It may be a pipe, whose writer comes late or never:
 * RESULT_INTERRUPTED.  Another result: it cannot be read, or is longer than max bytes, of
 * which too_long is said; it is told.
 */
enum result brought_read(struct session *s, const char *path, size_t max,
			 const char *too_long, char **text, size_t *size);
/* What is wrong in it. */
enum result brought_error(struct session *s, const char *path, const char *why);

#endif

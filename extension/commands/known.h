/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of --known, which s->known names. */
#ifndef VGPU_COMMANDS_KNOWN_H
#define VGPU_COMMANDS_KNOWN_H

#include "command.h"

/*
 * Into s->rules, with what the dump, if there is one, says of their symbols.  Another
 * result than RESULT_DONE: it is told why not.
 */
enum result known_load(struct session *s);

#endif

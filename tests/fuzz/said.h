/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold of each answer, whatever the dump was like: text has no control codes; JSON
 * is one document on one line, that parses, and begins with its version.  If not: abort().
 */
#ifndef VGPU_FUZZ_SAID_H
#define VGPU_FUZZ_SAID_H

#include <stdbool.h>
#include <stdio.h>

/* A stream that looks at what is written to it, and keeps nothing. */
FILE *said_open(bool json);

#endif

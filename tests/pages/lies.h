/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump's own types that lie: where a member is, how large a type, which bit a flag.  In a
 * program that is linked with --wrap=types_size,types_member,types_enumerator.
 */
#ifndef TESTS_LIES_H
#define TESTS_LIES_H

#include <stdint.h>

/* From now on; what is said of a name follows from it and from the seed alone. */
void lies_begin(uint64_t seed);

#endif

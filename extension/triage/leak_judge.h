/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How sure it is that objects which nothing refers to are leaked. */
#ifndef VGPU_LEAK_JUDGE_H
#define VGPU_LEAK_JUDGE_H

#include "facts/leak_group.h"

/* 0 to 100, from how much was searched and how many there are. */
int leak_confidence(const struct leaks *l, const struct leak_group *g);
/* A sentence on why they may be no leak; NULL: nothing is known. */
const char *leak_excuse(const struct leak_group *g);

#endif

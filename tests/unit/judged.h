/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scene, judged: what the tests of verdicts ask of it. */
#ifndef VGPU_JUDGED_H
#define VGPU_JUDGED_H

#include "test.h"

#include "scene.h"
#include "triage/triage.h"

#define scene_test(f) cmocka_unit_test_setup_teardown(f, scene_begin, scene_end)
int scene_begin(void **state);
int scene_end(void **state);

/* The judgement of the scene that was judged last. */
extern struct triage judged;

/* Judge it; whatever is said, the reader can check it. */
void judge_all(struct scene *s);
/* Of the judgement, best first. */
const struct verdict *verdict(size_t i);
/* Judge it: the only verdict there is. */
const struct verdict *only(struct scene *s, enum cause cause);
void assert_blames(const struct verdict *v, const struct task *task);
/* What it tells to do, in the scene's door. */
const char *next_step(struct scene *s, const struct verdict *v, size_t i);
/* Does a claim, or what is missing, hold these words? */
bool says(const struct evidences *es, const char *words);
bool lacks(const struct verdict *v, const char *words);

#endif

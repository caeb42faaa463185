/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON documents: what other programs rely on.  The contract only grows.
 *
 * Each document is begun and finished here, and has the same first and last members;
 * what is between them is in the json_*.c of its command.
 */
#ifndef VGPU_JSON_PARTS_H
#define VGPU_JSON_PARTS_H

#include "json_writer.h"
#include "report.h"

/* A document with its first members; NULL when there is no memory for it. */
struct json *json_begin(FILE *out, const struct facts *f);
/* What the dump is, what could not be read of it, the document's end, and its memory. */
void json_finish(struct json *j, const struct facts *f);

void json_texts(struct json *j, const char *key, const char *const *v, size_t n);
/* A number that may not be known: null then, when it is below 0. */
void json_known(struct json *j, const char *key, int64_t value);
/* Of the process that has this pid; NULL: none has. */
const char *json_comm(const struct facts *f, int pid);
void json_stack(struct json *j, const struct stack *s);
/* "asked": null of one that has not come from user space. */
void json_asked(struct json *j, const struct asked *s);
/* The first members of an object that is a task. */
void json_task_fields(struct json *j, const struct task *t);
/* "hung" and "graph", which the triage has too. */
void json_hung_part(struct json *j, const struct facts *f, const struct graph *g);
void json_graph_part(struct json *j, const struct facts *f, const struct graph *g);
/* "check" and "look". */
void json_check(struct json *j, const struct facts *f, const struct look *look);
/* "build": has it the fix?  Absent where nobody asked. */
void json_build(struct json *j, const struct facts *f, const struct fix *fix);
/* The first members of an object that is a rule of --known. */
void json_rule_fields(struct json *j, const struct known_rule *r);
void json_trigger(struct json *j, const struct facts *f);
/* The first members of an object that is a virtqueue. */
void json_queue_fields(struct json *j, const struct virtqueue *vq);
/* Ends the array of devices, and the document: with the debuginfo that would tell more. */
void json_finish_devices(struct json *j, const struct facts *f);
/* What a text tells; nothing of a dump. */
void json_told(struct json *j, const struct facts *f);
void json_sysctls(struct json *j, const struct facts *f);

#endif

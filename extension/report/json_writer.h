/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, streamed to a file on one line.  A NULL key is for array elements.
 * Text is taken as already escaped (text.h), so it is valid UTF-8.
 */
#ifndef VGPU_JSON_WRITER_H
#define VGPU_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

struct json;

/* NULL when memory is short. */
struct json *json_open(FILE *out);
/* Ends the line and frees the writer. */
void json_close(struct json *j);
/*
 * For words that are printed at once: they are gone when the next object ends, so that a
 * document costs no more memory the longer it is.
 */
struct arena *json_scratch(struct json *j);

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_end_array(struct json *j);

void json_text(struct json *j, const char *key, const char *value); /* NULL: null */
void json_int(struct json *j, const char *key, int64_t value);
/* What a dump may say is above INT64_MAX. */
void json_count(struct json *j, const char *key, uint64_t value);
void json_address(struct json *j, const char *key, uint64_t value); /* 0: null */
void json_seconds(struct json *j, const char *key, double value);   /* < 0, NaN: null */
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

#endif

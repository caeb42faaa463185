// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: BTF of a kernel and a module, and all that is asked of types.
 *
 * Random bytes as BTF would be refused at the first type.  So most inputs are lists of
 * types that are written down as they should be, but lead anywhere: to themselves, to
 * what is no type, to what is not there; some bytes are changed afterwards.
 *
 * Besides what the sanitizers see: a type has as many parts as it says, each has a name,
 * and nothing is found by no name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/made_btf.h"
#include "base/base.h"
#include "readers/core/types.h"

#define TYPES_MAX 200
#define ASKED_MAX 300

static const char *const names[] = {"", "a", "b", "s", "u", "e", "list", "a.b.s"};

struct input {
	const uint8_t *p;
	size_t left;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static uint8_t take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

static const char *take_name(struct input *in)
{
	return names[take(in) % ARRAY_SIZE(names)];
}

/* ---- what is looked at ----------------------------------------------------- */

static void add_members(struct made_btf *m, enum made_kind kind, struct input *in)
{
	struct made_member members[4] = {0};
	const char *name = take_name(in);
	size_t n = take(in) % 5, i;

	for (i = 0; i < n; i++) {
		members[i].name = take_name(in);
		members[i].type = take(in) % 64;
		members[i].bit_offset = take(in) * 8u;
		members[i].bits = kind == MADE_STRUCT && take(in) > 240 ? 3 : 0;
	}
	made_members(m, kind, name, take(in), members, n);
}

static void add_values(struct made_btf *m, enum made_kind kind, struct input *in)
{
	struct made_value values[3] = {0};
	const char *name = take_name(in);
	size_t n = take(in) % 4, i;

	for (i = 0; i < n; i++)
		values[i] = (struct made_value){take_name(in), (int8_t)take(in)};
	made_values(m, kind, name, take(in) & 1, values, n);
}

static void add_type(struct made_btf *m, struct input *in)
{
	enum made_kind kind = take(in) % 20;
	const char *name;

	switch (kind) {
	case MADE_INT:
		name = take_name(in);
		made_bits(m, name, take(in) % 17, take(in), take(in));
		return;
	case MADE_ARRAY:
		made_array(m, take(in) % 64, take(in) * 0x1010101u);
		return;
	case MADE_STRUCT:
	case MADE_UNION:
		add_members(m, kind, in);
		return;
	case MADE_ENUM:
	case MADE_ENUM64:
		add_values(m, kind, in);
		return;
	default:
		name = take_name(in);
		made_plain(m, kind ? kind : MADE_TYPEDEF, name, take(in) % 64);
	}
}

/* What is left of the input changes some bytes.  Its very size: nothing is behind it. */
static unsigned char *add_types(struct types *t, const char *module, struct made_btf *m,
				struct input *in)
{
	size_t n = take(in) % TYPES_MAX, size, i, at;
	unsigned char *bytes;

	for (i = 0; i < n && in->left; i++)
		add_type(m, in);
	made_btf_bytes(m, &size);
	bytes = malloc(size);
	if (!bytes)
		abort();
	memcpy(bytes, made_btf_bytes(m, &size), size);
	for (n = take(in) % 8; n && in->left; n--) {
		at = take(in) | (size_t)take(in) << 8;
		bytes[at % size] = take(in);
	}
	types_add_btf(t, module, bytes, size, NULL);
	return bytes;
}

/* ---- what is asked --------------------------------------------------------- */

static void ask_parts(struct types *t, struct dump_type type,
		      const struct dump_type_about *about)
{
	bool is_struct = about->class == TYPE_STRUCT || about->class == TYPE_UNION;
	struct dump_type_member m;
	struct dump_type_value v;
	size_t i;

	for (i = 0; i < about->count && i < ASKED_MAX; i++) {
		if (is_struct && (!types_part(t, type, i, &m) || !m.name))
			fail("a struct without a member that it counts");
		if (about->class == TYPE_ENUM &&
		    (!types_value(t, type, i, &v) || !v.name))
			fail("an enum without a value that it counts");
	}
	if (is_struct && types_part(t, type, about->count, &m))
		fail("a struct with more members than it counts");
}

static void ask_type(struct types *t, struct dump_type type)
{
	struct dump_type_about about;

	if (!types_about(t, type, &about))
		return;
	if (!about.name)
		fail("a type whose name is no text");
	ask_parts(t, type, &about);
}

static void ask_names(struct types *t)
{
	struct dump_type type;
	long v, size;
	size_t i;

	if (types_find(t, "", &type))
		fail("a type that is found by no name");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		types_size(t, names[i], &size);
		types_enumerator(t, names[i], &v);
		types_variable_size(t, names[i], &size);
		types_member(t, "s", names[i], &v, &size);
		types_member(t, "u", "list.a.b", &v, &size);
	}
}

/* Of each source, which any of its types leads to. */
static void ask_ids(struct types *t)
{
	const void *asked = NULL;
	struct dump_type type;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!types_find(t, names[i], &type) || type.source == asked)
			continue;
		asked = type.source;
		for (type.id = 0; type.id < ASKED_MAX; type.id++)
			ask_type(t, type);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct made_btf *kernel, *module;
	struct input in = {data, size};
	struct arena arena = {0};
	struct types *t = types_create(&arena);
	unsigned char *bytes[2];

	if (!kernel) {
		kernel = made_btf(NULL);
		module = made_btf(kernel);
	}
	made_btf_empty(kernel);
	made_btf_empty(module);
	bytes[0] = add_types(t, NULL, kernel, &in);
	bytes[1] = add_types(t, "mod", module, &in);
	ask_names(t);
	ask_ids(t);
	types_destroy(t);
	arena_free(&arena);
	free(bytes[0]);
	free(bytes[1]);
	return 0;
}

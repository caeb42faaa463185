// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_types.h"

static const struct fake_shape *const *shapes_known;
static size_t parts_known;

static struct dump_type type_of(const struct fake_shape *s)
{
	return (struct dump_type){.source = s, .id = s != NULL};
}

static bool find(struct dump *d, const char *name, struct dump_type *type)
{
	const struct fake_shape *const *s;

	(void)d;
	for (s = shapes_known; *s; s++)
		if (!strcmp((*s)->name, name)) {
			*type = type_of(*s);
			return true;
		}
	return false;
}

static bool about(struct dump *d, struct dump_type type, struct dump_type_about *a)
{
	const struct fake_shape *s = type.source;

	(void)d;
	*a = (struct dump_type_about){.class = s->class,
				      .name = s->name ? s->name : "",
				      .size = s->size,
				      .is_signed = s->is_signed,
				      .is_in_part = s->is_in_part,
				      .count = s->count,
				      .of = type_of(s->of)};
	return true;
}

static bool member(struct dump *d, struct dump_type type, size_t i,
		   struct dump_type_member *m)
{
	const struct fake_part *p = &((const struct fake_shape *)type.source)->parts[i];

	(void)d;
	if (i >= parts_known)
		return false;
	*m = (struct dump_type_member){.name = p->name,
				       .type = type_of(p->shape),
				       .bit_offset = p->bit_offset,
				       .bits = p->bits};
	return true;
}

static bool value(struct dump *d, struct dump_type type, size_t i,
		  struct dump_type_value *v)
{
	(void)d;
	*v = ((const struct fake_shape *)type.source)->values[i];
	return true;
}

static const struct dump_type_ops type_ops = {
	.find = find,
	.about = about,
	.member = member,
	.value = value,
};

void fake_shapes(struct fake *f, const struct fake_shape *const *shapes)
{
	static struct dump_ops ops;
	struct dump *d = fake_dump(f);

	ops = *d->ops;
	ops.types = &type_ops;
	d->ops = &ops;
	shapes_known = shapes;
	parts_known = SIZE_MAX;
}

void fake_parts_known(size_t n)
{
	parts_known = n;
}

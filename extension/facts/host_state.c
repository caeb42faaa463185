// SPDX-License-Identifier: GPL-2.0-or-later
#include "host_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/text.h"

#define QUEUES_MAX 1024 /* of all devices of a guest; the specification allows more */
#define DEPTH_MAX 8	/* objects in objects; deeper is nothing that we look for */

enum field {
	DEVICE,
	INDEX,
	NUM,
	DESC,
	INUSE,
	LAST_AVAIL,
	USED,
	SEEN,
	SIGNALLED,
	VALID,
	DISABLED
};

/* As QMP spells them, and HMP with a '_' for each '-'. */
static const struct {
	enum field field;
	const char *qmp, *hmp;
} fields[] = {
	{DEVICE, "name", "device-name"},
	{INDEX, "queue-index", "queue-index"},
	{NUM, "vring-num", "num"},
	{DESC, "vring-desc", "desc"},
	{INUSE, "inuse", "inuse"},
	{LAST_AVAIL, "last-avail-idx", "last-avail-idx"},
	{USED, "used-idx", "used-idx"},
	{SEEN, "shadow-avail-idx", "shadow-avail-idx"},
	{SIGNALLED, "signalled-used", "signalled-used"},
	{VALID, "signalled-used-valid", "signalled-used-valid"},
	{DISABLED, "disabled", "disabled"},
};

/*
 * Without these it is no queue, or one that vhost serves: then QEMU does not know how far
 * that has come, and leaves the shadow out.
 */
#define NEEDED                                                                           \
	(1u << INDEX | 1u << NUM | 1u << DESC | 1u << INUSE | 1u << LAST_AVAIL |         \
	 1u << USED | 1u << SEEN)

/* What was said of one object, or of one paragraph. */
struct record {
	unsigned int given; /* by enum field */
	uint64_t number[DISABLED + 1];
	char device[32];
};

struct parse {
	struct arena *a;
	struct host_state *s;
	struct record of[DEPTH_MAX];
	size_t depth;  /* of the object that is read, 0: none */
	int key;       /* of the value that comes; < 0: of no interest */
	bool returned; /* the key was "return": its value may be HMP's text */
};

static int field_of(const char *name, size_t n, bool hmp)
{
	const char *known;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		known = hmp ? fields[i].hmp : fields[i].qmp;
		if (strlen(known) == n && !strncmp(known, name, n))
			return (int)fields[i].field;
	}
	return -1;
}

static void take_number(struct record *r, int field, uint64_t v)
{
	if (field < 0)
		return;
	r->given |= 1u << field;
	r->number[field] = v;
}

static void take_device(struct record *r, const char *name, size_t n)
{
	char raw[sizeof(r->device)];

	snprintf(raw, sizeof(raw), "%.*s", (int)(n < sizeof(raw) ? n : sizeof(raw) - 1),
		 name);
	text_escape(r->device, sizeof(r->device), raw);
}

static void end_record(struct parse *p, struct record *r)
{
	struct host_queue *q;

	if ((r->given & NEEDED) == NEEDED && p->s->all.n < QUEUES_MAX) {
		q = vec_push(p->a, &p->s->all);
		memcpy(q->device, r->device, sizeof(q->device));
		q->index = (unsigned int)r->number[INDEX];
		q->num = (unsigned int)r->number[NUM];
		q->desc = r->number[DESC];
		q->inuse = (unsigned int)r->number[INUSE];
		q->last_avail = (uint16_t)r->number[LAST_AVAIL];
		q->used = (uint16_t)r->number[USED];
		q->seen = (uint16_t)r->number[SEEN];
		q->signalled = (uint16_t)r->number[SIGNALLED];
		q->signalled_known = r->given >> SIGNALLED & 1 && r->number[VALID];
	}
	if (r->given >> DISABLED & 1 && !strcmp(r->device, "virtio-gpu")) {
		p->s->devices++;
		p->s->disabled = r->number[DISABLED];
	}
	memset(r, 0, sizeof(*r));
}

/* ---- HMP's text --------------------------------------------------------------- */

/* "  queue_index:          0" */
static void take_line(struct parse *p, struct record *r, const char *line, size_t n)
{
	const char *end = line + n, *colon, *value;
	char name[32], number[24];
	size_t i = 0;

	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	colon = memchr(line, ':', (size_t)(end - line));
	if (!colon || (size_t)(colon - line) >= sizeof(name))
		return;
	for (; line < colon; line++, i++) {
		name[i] = *line;
		if (name[i] == '_')
			name[i] = '-';
	}
	for (value = colon + 1; value < end && *value == ' ';)
		value++;
	p->key = field_of(name, i, true);
	if (p->key == DEVICE) {
		end_record(p, r);
		take_device(r, value, (size_t)(end - value));
	} else if (p->key >= 0) {
		snprintf(number, sizeof(number), "%.*s",
			 end - value < 20 ? (int)(end - value) : 20, value);
		take_number(r, p->key,
			    !strcmp(number, "true") ? 1 : strtoull(number, NULL, 0));
	}
}

static void parse_lines(struct parse *p, const char *text, size_t size)
{
	struct record r = {0};
	size_t at, n;

	for (at = 0; at < size; at += n + 1) {
		for (n = 0;
		     at + n < size && text[at + n] != '\n' && text[at + n] != '\r';)
			n++;
		take_line(p, &r, text + at, n);
	}
	end_record(p, &r);
}

/* ---- QMP's JSON ------------------------------------------------------------------ */

static struct record *record(struct parse *p)
{
	return p->depth && p->depth <= DEPTH_MAX ? &p->of[p->depth - 1] : NULL;
}

static int on_key(void *ctx, const unsigned char *key, size_t n)
{
	struct parse *p = ctx;

	p->key = field_of((const char *)key, n, false);
	p->returned = n == strlen("return") && !memcmp(key, "return", n);
	return 1;
}

static int on_number(void *ctx, const char *number, size_t n)
{
	struct parse *p = ctx;
	char text[24];

	snprintf(text, sizeof(text), "%.*s", n < 20 ? (int)n : 20, number);
	if (record(p) && p->key != DEVICE)
		take_number(record(p), p->key, strtoull(text, NULL, 10));
	p->key = -1;
	return 1;
}

static int on_bool(void *ctx, int v)
{
	struct parse *p = ctx;

	if (record(p) && (p->key == VALID || p->key == DISABLED))
		take_number(record(p), p->key, v != 0);
	p->key = -1;
	return 1;
}

static int on_string(void *ctx, const unsigned char *s, size_t n)
{
	struct parse *p = ctx;

	if (p->returned)
		parse_lines(p, (const char *)s, n);
	else if (record(p) && p->key == DEVICE)
		take_device(record(p), (const char *)s, n);
	p->key = -1;
	return 1;
}

static int on_object(void *ctx)
{
	struct parse *p = ctx;

	p->depth++;
	p->key = -1;
	return 1;
}

static int on_object_end(void *ctx)
{
	struct parse *p = ctx;

	if (record(p))
		end_record(p, record(p));
	p->depth--;
	return 1;
}

static bool parse_json(struct parse *p, const char *text, size_t size)
{
	static const yajl_callbacks callbacks = {.yajl_boolean = on_bool,
						 .yajl_number = on_number,
						 .yajl_string = on_string,
						 .yajl_start_map = on_object,
						 .yajl_map_key = on_key,
						 .yajl_end_map = on_object_end};
	yajl_handle h = yajl_alloc(&callbacks, NULL, p);
	bool ok;

	if (!h)
		return false;
	yajl_config(h, yajl_allow_multiple_values, 1);
	ok = yajl_parse(h, (const unsigned char *)text, size) == yajl_status_ok &&
	     yajl_complete_parse(h) == yajl_status_ok;
	yajl_free(h);
	return ok;
}

bool host_state_parse(struct arena *a, const char *text, size_t size,
		      struct host_state *s, const char **why)
{
	struct parse p = {.a = a, .s = s, .key = -1};
	size_t at = 0;

	while (at < size && strchr(" \t\r\n", text[at]))
		at++;
	*why = "it is damaged: it begins as JSON, and is none";
	if (at < size && (text[at] == '{' || text[at] == '[')) {
		if (!parse_json(&p, text, size))
			return false;
	} else {
		parse_lines(&p, text, size);
	}
	*why = "it says nothing of a virtqueue: it has to be what QEMU answered to "
	       "x-query-virtio-queue-status or to info virtio-queue-status";
	return s->all.n > 0;
}

/* ---- is it this dump's? ------------------------------------------------------------ */

static bool is_of(struct dump *d, const struct host_queue *q, const struct virtqueue *vq)
{
	uint64_t pa;

	return vq->kind != VRING_UNREAD && vq->index == q->index && vq->num == q->num &&
	       dump_physical(d, vq->desc_ring, &pa) && pa == q->desc;
}

static const struct virtqueue *find(struct dump *d, const struct gpus *gpus,
				    const struct host_queue *q)
{
	const struct virtqueues *vqs;
	size_t i, k;

	for (i = 0; i < gpus->all.n; i++) {
		vqs = &gpus->all.v[i].vqs;
		for (k = 0; k < vqs->all.n; k++)
			if (is_of(d, q, &vqs->all.v[k]))
				return &vqs->all.v[k];
	}
	return NULL;
}

/* Indices only go on, and nobody is more than a ring ahead. */
static bool is_possible(struct host_queue *q)
{
	const struct virtqueue *vq = q->vq;
	uint16_t published, answered;

	if (q->inuse > q->num)
		return false;
	if (vq->kind != VRING_SPLIT || !vq->ring_read)
		return true;
	published = (uint16_t)(vq->avail_idx - q->last_avail);
	answered = (uint16_t)(vq->used_idx - q->used);
	q->answered_since = answered;
	return published <= vq->num && answered <= vq->num &&
	       (uint16_t)(q->last_avail - q->used) <= vq->num;
}

bool host_state_fit(struct dump *d, const struct gpus *gpus, struct host_state *s,
		    const char **why)
{
	size_t i, found = 0;

	for (i = 0; i < s->all.n; i++) {
		s->all.v[i].vq = find(d, gpus, &s->all.v[i]);
		if (!s->all.v[i].vq)
			continue;
		found++;
		if (!is_possible(&s->all.v[i])) {
			*why = arena_printf(
				d->arena,
				"what it says of the %s queue cannot be of this hang: it "
				"fetched up to %u and answered up to %u, the dump's ring "
				"is at %u and %u",
				s->all.v[i].vq->name, s->all.v[i].last_avail,
				s->all.v[i].used, s->all.v[i].vq->avail_idx,
				s->all.v[i].vq->used_idx);
			return false;
		}
	}
	*why = "it is of another guest, of another device or of another boot: none of "
	       "its queues lies where one of a virtio-gpu of this dump does";
	return found;
}

const struct host_queue *host_queue(const struct host_state *s,
				    const struct virtqueue *vq)
{
	size_t i;

	for (i = 0; s && i < s->all.n; i++)
		if (s->all.v[i].vq == vq)
			return &s->all.v[i];
	return NULL;
}

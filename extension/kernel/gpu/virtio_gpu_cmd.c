// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu_cmd.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"

#define HEADER_SIZE 24
#define COMMAND_SIZE 96 /* what the driver keeps of one at most, in every release */
#define ARRAY_MAX 65536
/* The commands of a 3D context: those of a renderer. */
#define RENDERED_FIRST 0x0200
#define RENDERED_LAST 0x02ff

/*
 * include/uapi/linux/virtio_gpu.h: the specification's, the same in every kernel.
 * at: where the words are in the command; 0: it has none.
 */
static const struct command_kind {
	uint32_t type;
	const char *name;
	unsigned char resource_at, scanout_at;
} kinds[] = {
	{0x0100, "GET_DISPLAY_INFO", 0, 0},
	{0x0101, "RESOURCE_CREATE_2D", 24, 0},
	{0x0102, "RESOURCE_UNREF", 24, 0},
	{0x0103, "SET_SCANOUT", 44, 40},
	{0x0104, "RESOURCE_FLUSH", 40, 0},
	{0x0105, "TRANSFER_TO_HOST_2D", 48, 0},
	{0x0106, "RESOURCE_ATTACH_BACKING", 24, 0},
	{0x0107, "RESOURCE_DETACH_BACKING", 24, 0},
	{0x0108, "GET_CAPSET_INFO", 0, 0},
	{0x0109, "GET_CAPSET", 0, 0},
	{0x010a, "GET_EDID", 0, 24},
	{0x010b, "RESOURCE_ASSIGN_UUID", 24, 0},
	{0x010c, "RESOURCE_CREATE_BLOB", 24, 0},
	{0x010d, "SET_SCANOUT_BLOB", 44, 40},
	{0x0200, "CTX_CREATE", 0, 0},
	{0x0201, "CTX_DESTROY", 0, 0},
	{0x0202, "CTX_ATTACH_RESOURCE", 24, 0},
	{0x0203, "CTX_DETACH_RESOURCE", 24, 0},
	{0x0204, "RESOURCE_CREATE_3D", 24, 0},
	{0x0205, "TRANSFER_TO_HOST_3D", 56, 0},
	{0x0206, "TRANSFER_FROM_HOST_3D", 56, 0},
	{0x0207, "SUBMIT_3D", 0, 0},
	{0x0208, "RESOURCE_MAP_BLOB", 24, 0},
	{0x0209, "RESOURCE_UNMAP_BLOB", 24, 0},
	{0x0300, "UPDATE_CURSOR", 40, 24},
	{0x0301, "MOVE_CURSOR", 40, 24},
};

static const struct {
	uint32_t type;
	const char *name;
} answers[] = {
	{0x1100, "OK_NODATA"},
	{0x1101, "OK_DISPLAY_INFO"},
	{0x1102, "OK_CAPSET_INFO"},
	{0x1103, "OK_CAPSET"},
	{0x1104, "OK_EDID"},
	{0x1105, "OK_RESOURCE_UUID"},
	{0x1106, "OK_MAP_INFO"},
	{0x1200, "ERR_UNSPEC"},
	{0x1201, "ERR_OUT_OF_MEMORY"},
	{0x1202, "ERR_INVALID_SCANOUT_ID"},
	{0x1203, "ERR_INVALID_RESOURCE_ID"},
	{0x1204, "ERR_INVALID_CONTEXT_ID"},
	{0x1205, "ERR_INVALID_PARAMETER"},
};

static uint32_t word(const unsigned char *p, size_t at)
{
	p += at;
	return (uint32_t)(p[0] | p[1] << 8 | p[2] << 16) | (uint32_t)p[3] << 24;
}

static const struct command_kind *kind_of(uint32_t type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

const char *gpu_command_name(struct dump *d, uint32_t type)
{
	const struct command_kind *kind = kind_of(type);

	return kind ? kind->name : arena_printf(d->arena, "0x%x", type);
}

const char *gpu_answer_name(struct dump *d, uint32_t type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i].type == type)
			return answers[i].name;
	return arena_printf(d->arena, "0x%x", type);
}

/* A word of the command, when it is long enough to hold it. */
static int64_t field(const unsigned char *cmd, size_t size, unsigned int at)
{
	return at && at + 4 <= size ? (int64_t)word(cmd, at) : -1;
}

static bool decode(struct dump *d, struct gpu_command *c)
{
	unsigned char cmd[COMMAND_SIZE] = {0};
	size_t size = c->size > sizeof(cmd) ? sizeof(cmd) : c->size;
	const struct command_kind *kind;

	if (size < HEADER_SIZE || dump_read(d, c->buf, cmd, size) != DUMP_OK) {
		dump_unread(d, "queue %s: the command of vbuffer 0x%llx", c->queue,
			    HEX(c->vbuf));
		return false;
	}
	c->type = word(cmd, 0);
	c->flags = word(cmd, 4);
	c->fence_id = word(cmd, 8) | (uint64_t)word(cmd, 12) << 32;
	c->context = word(cmd, 16);
	if (c->flags & GPU_CMD_FLAG_RING)
		c->ring = cmd[20];
	kind = kind_of(c->type);
	c->name = gpu_command_name(d, c->type);
	if (kind) {
		c->resource = field(cmd, size, kind->resource_at);
		c->scanout = field(cmd, size, kind->scanout_at);
	}
	return true;
}

/* The device writes the answer before it says that there is one. */
static void read_answer(struct dump *d, struct gpu_command *c)
{
	if (c->resp_size < HEADER_SIZE || !dump_u32(d, c->resp, &c->answer))
		return;
	c->answer_read = true;
	if (c->answer)
		c->answer_name = gpu_answer_name(d, c->answer);
}

static void read_command(struct dump *d, struct object *o, struct gpu_command *c)
{
	c->vbuf = c->slot.data;
	c->ring = -1;
	c->resource = c->scanout = -1;
	c->waited_s = -1;
	if (!layout_has(d, VBUFFER_BUF))
		return;
	if (!obj_read(o, VBUFFER, c->vbuf)) {
		dump_unread(d, "queue %s: the vbuffer 0x%llx of descriptor %u", c->queue,
			    HEX(c->vbuf), c->slot.head);
		return;
	}
	c->buf = obj_u64(o, VBUFFER_BUF);
	c->size = (unsigned int)obj_u64(o, VBUFFER_SIZE);
	c->data = obj_u64(o, VBUFFER_DATA_BUF);
	c->data_size = (unsigned int)obj_u64(o, VBUFFER_DATA_SIZE);
	c->resp = obj_u64(o, VBUFFER_RESP_BUF);
	c->resp_size = (unsigned int)obj_u64(o, VBUFFER_RESP_SIZE);
	c->objs = obj_u64(o, VBUFFER_OBJS);
	c->read = decode(d, c);
	if (c->read)
		read_answer(d, c);
}

/* The oldest first; those whose age is not known in front, by descriptor. */
static int oldest_first(const void *a, const void *b)
{
	const struct gpu_command *x = a, *y = b;

	if (x->slot.order != y->slot.order)
		return x->slot.order < y->slot.order ? -1 : 1;
	return (int)x->slot.head - (int)y->slot.head;
}

void gpu_commands_read(struct dump *d, const struct virtqueue *vq,
		       struct gpu_commands *commands)
{
	size_t first = commands->all.n, i;
	struct gpu_command *c;
	struct object o;

	obj_init(&o, d);
	for (i = 0; i < vq->slots.n && !dump_interrupted(d); i++) {
		c = vec_push(d->arena, &commands->all);
		c->queue = vq->name;
		c->slot = vq->slots.v[i];
		read_command(d, &o, c);
	}
	if (commands->all.n > first)
		qsort(commands->all.v + first, commands->all.n - first,
		      sizeof(commands->all.v[0]), oldest_first);
}

static bool has_fence(const struct gpu_command *c)
{
	return c->read && c->flags & GPU_CMD_FLAG_FENCE;
}

/* Fences are numbered as their commands are added: c before oldest?  NULL: who knows. */
static const struct gpu_command *older(const struct gpu_command *c,
				       const struct gpu_command *oldest)
{
	if (!has_fence(c) || !has_fence(oldest))
		return NULL;
	return c->fence_id < oldest->fence_id ? c : oldest;
}

const struct gpu_command *gpu_commands_oldest(const struct gpu_commands *commands,
					      const struct virtqueue *vq)
{
	const struct gpu_command *c, *oldest = NULL;
	size_t i;

	for (i = 0; i < commands->all.n; i++) {
		c = &commands->all.v[i];
		if (c->slot.place == VRING_ANSWERED || strcmp(c->queue, vq->name) != 0)
			continue;
		if (c->slot.order)
			return oldest ? oldest : c;
		/* It is older than all that the ring remembers. */
		oldest = oldest ? older(c, oldest) : c;
		if (!oldest)
			return NULL;
	}
	return oldest;
}

static bool is_rendered(const struct gpu_command *c)
{
	return c->read && c->type >= RENDERED_FIRST && c->type <= RENDERED_LAST;
}

const struct gpu_command *gpu_commands_rendered(const struct gpu_commands *commands,
						const struct virtqueue *vq)
{
	const struct gpu_command *c;
	size_t i;

	for (i = 0; i < commands->all.n; i++) {
		c = &commands->all.v[i];
		if (c->slot.place == VRING_ANSWERED && !strcmp(c->queue, vq->name) &&
		    is_rendered(c))
			return c;
	}
	return NULL;
}

void gpu_object_array_read(struct dump *d, kaddr_t array, struct gem_refs *refs)
{
	struct object o;
	kaddr_t gem;
	uint64_t n;
	size_t i;

	if (!array || !member_u64(d, array, OBJECT_ARRAY_NENTS, &n) || !n)
		return;
	obj_init(&o, d);
	if (n > ARRAY_MAX || !obj_read_bytes(&o, member_addr(d, array, OBJECT_ARRAY_OBJS),
					     n * sizeof(gem))) {
		dump_unread(d, "the virtio_gpu_object_array at 0x%llx", HEX(array));
		return;
	}
	for (i = 0; i < n; i++) {
		memcpy(&gem, o.bytes + i * sizeof(gem), sizeof(gem));
		if (gem)
			*vec_push(d->arena, &refs->all) = gem;
	}
}

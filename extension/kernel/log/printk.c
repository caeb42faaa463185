// SPDX-License-Identifier: GPL-2.0-or-later
#include "printk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dump/layout.h"
#include "klog_lines.h"
#include "klog_text.h"

/* log_buf_len= goes up to 2^31; more than 64 MiB of words is a size that lies. */
#define TEXT_MAX (64u << 20)
#define RECORDS_BITS_MAX 20
/* PRINTK_MESSAGE_MAX is 2048 in the longest-winded kernel. */
#define RECORD_TEXT_MAX 8192
#define LINES_PER_RECORD_MAX 256

#define CALLER_IS_CPU 0x80000000u /* printk_caller_id(): 15ff2069cb7f, 5.1 */

/* ---- memory in blocks --------------------------------------------------- */

/* An array in the dump, read a block at a time. */
struct window {
	struct dump *d;
	kaddr_t base;
	size_t size;	      /* bytes in the array */
	size_t at, n;	      /* the block that is held */
	unsigned char *bytes; /* of the block */
};

#define BLOCK 65536u

static void window_init(struct window *w, struct dump *d, kaddr_t base, size_t size)
{
	memset(w, 0, sizeof(*w));
	w->d = d;
	w->base = base;
	w->size = size;
	w->bytes = arena_alloc(d->arena, size < BLOCK ? size : BLOCK);
}

/*
 * A block with a page that is missing is not held: what lies in it is read
 * bit by bit, so that the page costs only its own records.
 */
static bool window_read(struct window *w, size_t at, void *buf, size_t n)
{
	size_t block = at - at % BLOCK, len;

	if (at > w->size || n > w->size - at)
		return false;
	if (!w->n || w->at != block) {
		len = w->size - block < BLOCK ? w->size - block : BLOCK;
		w->at = block;
		w->n = dump_read(w->d, w->base + block, w->bytes, len) == DUMP_OK ? len
										  : 0;
	}
	if (n > w->n || at - w->at > w->n - n)
		return dump_read(w->d, w->base + at, buf, n) == DUMP_OK;
	memcpy(buf, w->bytes + (at - w->at), n);
	return true;
}

/* One element of an array, as an object. */
static bool window_object(struct window *w, size_t index, size_t size, struct object *o)
{
	if (o->room < size) {
		o->bytes = arena_grow(w->d->arena, o->bytes, size);
		o->room = size;
	}
	o->addr = w->base + index * size;
	o->size = window_read(w, index * size, o->bytes, size) ? size : 0;
	return o->size > 0;
}

/* ---- lines -------------------------------------------------------------- */

struct reader {
	struct dump *d;
	struct klog *log;
	struct window text;
	bool has_caller;
	char *raw; /* RECORD_TEXT_MAX + 1: a record's text */
};

static void reader_init(struct reader *r, struct dump *d, struct klog *log)
{
	memset(r, 0, sizeof(*r));
	r->d = d;
	r->log = log;
	r->raw = arena_alloc(d->arena, RECORD_TEXT_MAX + 1);
}

/* The record's text is in r->raw; each of its lines becomes one of ours. */
static void add_record(struct reader *r, struct log_line *record, size_t len)
{
	size_t i, start = 0, lines = 0;
	char *text = r->raw;

	r->log->records++;
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = '?'; /* a NUL would hide the rest */
	text[len] = '\0';
	if (len && text[len - 1] == '\n')
		text[--len] = '\0';
	for (i = 0; i <= len; i++) {
		if (i < len && text[i] != '\n')
			continue;
		if (++lines > LINES_PER_RECORD_MAX)
			break;
		text[i] = '\0';
		record->first = start == 0;
		klog_add(r->d->arena, r->log, record, text + start, i - start);
		start = i + 1;
	}
}

static void decode_caller(const struct reader *r, struct log_line *line, uint32_t id)
{
	if (r->has_caller)
		snprintf(line->caller, sizeof(line->caller), "%c%u",
			 id & CALLER_IS_CPU ? 'C' : 'T', id & ~CALLER_IS_CPU);
}

/* flags:5 and level:3 share the byte behind facility, in both kinds of record. */
static void decode_prefix(const struct object *o, enum layout_id facility,
			  struct log_line *line)
{
	size_t at = (size_t)layout_offset(o->d, facility) + 1;

	line->facility = (int)obj_u64(o, facility);
	line->level = at < o->size ? o->bytes[at] >> 5 : 0;
}

/* ---- the ring of descriptors: 896fbe20b4e2, 5.10 ------------------------- */

struct prb {
	struct window descs, infos;
	struct object desc, info;
	size_t desc_size, info_size;
	uint64_t head, tail; /* ids */
	unsigned int count_bits, text_bits;
	uint64_t last_seq;
	bool any;
};

/* A descriptor's state is in the two high bits of its id: 4cfc7258f876, 5.10. */
#define DESC_STATE_SHIFT 62
#define DESC_ID_MASK ((1ull << DESC_STATE_SHIFT) - 1)

/* A block position that stands for no block: nothing to say, or no room for it. */
#define LPOS_EMPTY_LINE 3

static bool prb_known(struct dump *d)
{
	if (layout_has_all(d, PRB, PRB_DESC_RING, PRB_TEXT_RING, PRB_DESCS, PRB_INFOS,
			   PRB_COUNT_BITS, PRB_HEAD_ID, PRB_TAIL_ID, PRB_TEXT_DATA,
			   PRB_TEXT_BITS, PRB_DESC, PRB_DESC_STATE, PRB_DESC_LPOS,
			   PRB_LPOS_BEGIN, PRB_LPOS_NEXT) &&
	    layout_has_all(d, PRINTK_INFO, PRINTK_INFO_SEQ, PRINTK_INFO_TS,
			   PRINTK_INFO_TEXT_LEN, PRINTK_INFO_FACILITY))
		return true;
	dump_note(d, "log: no debuginfo for struct printk_ringbuffer");
	return false;
}

static bool prb_open(struct reader *r, struct prb *p, kaddr_t addr)
{
	kaddr_t ring = member_addr(r->d, addr, PRB_DESC_RING);
	kaddr_t text_ring = member_addr(r->d, addr, PRB_TEXT_RING);
	uint64_t count_bits, text_bits, descs, infos, text;
	struct dump *d = r->d;

	memset(p, 0, sizeof(*p));
	if (!member_u64(d, ring, PRB_COUNT_BITS, &count_bits) ||
	    !member_u64(d, text_ring, PRB_TEXT_BITS, &text_bits) ||
	    !member_ptr(d, ring, PRB_DESCS, &descs) ||
	    !member_ptr(d, ring, PRB_INFOS, &infos) ||
	    !member_ptr(d, text_ring, PRB_TEXT_DATA, &text) ||
	    !member_u64(d, ring, PRB_HEAD_ID, &p->head) ||
	    !member_u64(d, ring, PRB_TAIL_ID, &p->tail)) {
		dump_unread(d, "log: the printk_ringbuffer at 0x%llx", HEX(addr));
		return false;
	}
	if (count_bits > RECORDS_BITS_MAX || text_bits > 31 ||
	    1ull << text_bits > TEXT_MAX) {
		dump_note(
			d,
			"log: a ring of 2^%llu records and 2^%llu bytes is not to be believed",
			COUNT(count_bits), COUNT(text_bits));
		return false;
	}
	p->count_bits = (unsigned int)count_bits;
	p->text_bits = (unsigned int)text_bits;
	p->head &= DESC_ID_MASK;
	p->tail &= DESC_ID_MASK;
	p->desc_size = (size_t)layout_size(d, PRB_DESC);
	p->info_size = (size_t)layout_size(d, PRINTK_INFO);
	window_init(&p->descs, d, descs, p->desc_size << p->count_bits);
	window_init(&p->infos, d, infos, p->info_size << p->count_bits);
	window_init(&r->text, d, text, (size_t)1 << p->text_bits);
	obj_init(&p->desc, d);
	obj_init(&p->info, d);
	return true;
}

/*
 * Where in the ring the block's words are, and how many bytes.  A block that
 * would run over the end of the ring begins again at its start; one that ends
 * exactly there need not, and is left in place since 67e1b0052f6b.
 */
static bool block_of(const struct prb *p, uint64_t begin, uint64_t next, size_t *at,
		     size_t *n)
{
	uint64_t size = 1ull << p->text_bits, mask = size - 1;

	if ((begin | next) % sizeof(uint64_t))
		return false;
	if (begin >> p->text_bits == next >> p->text_bits ||
	    (next - begin <= size && !(next & mask))) {
		*at = (size_t)(begin & mask);
		*n = (size_t)(next - begin);
		return next - begin <= size - *at && *n > sizeof(uint64_t);
	}
	*at = 0;
	*n = (size_t)(next & mask);
	return (begin + size) >> p->text_bits == next >> p->text_bits &&
	       *n > sizeof(uint64_t);
}

/* The text of the record into r->raw; a block starts with its record's id. */
static bool prb_text(struct reader *r, const struct prb *p, uint64_t id, size_t len)
{
	uint64_t begin, next, owner;
	struct object lpos = p->desc;
	size_t at = (size_t)layout_offset(r->d, PRB_DESC_LPOS), n;

	lpos.bytes += at;
	lpos.size -= at < lpos.size ? at : lpos.size;
	begin = obj_u64(&lpos, PRB_LPOS_BEGIN);
	next = obj_u64(&lpos, PRB_LPOS_NEXT);
	if (begin == LPOS_EMPTY_LINE && next == LPOS_EMPTY_LINE)
		return len == 0;
	if (!block_of(p, begin, next, &at, &n) || len > n - sizeof(owner))
		return false;
	if (!window_read(&r->text, at, &owner, sizeof(owner)) || owner != id)
		return false;
	return window_read(&r->text, at + sizeof(owner), r->raw,
			   len < RECORD_TEXT_MAX ? len : RECORD_TEXT_MAX);
}

/* False: the record contradicts itself or cannot be read. */
static bool prb_record(struct reader *r, struct prb *p, uint64_t id)
{
	size_t index = (size_t)(id & ((1ull << p->count_bits) - 1)), len;
	struct log_line line = {0};
	uint64_t state;

	if (!window_object(&p->descs, index, p->desc_size, &p->desc))
		return false;
	state = obj_u64(&p->desc, PRB_DESC_STATE);
	/* A writer takes the head's number first and marks the descriptor later. */
	if ((state & DESC_ID_MASK) != id)
		return id == p->head;
	state >>= DESC_STATE_SHIFT;
	if ((long)state != layout_enum(r->d, PRB_COMMITTED, 1) &&
	    (long)state != layout_enum(r->d, PRB_FINALIZED, 2))
		return true; /* being written, or given back */
	if (!window_object(&p->infos, index, p->info_size, &p->info))
		return false;
	line.seq = obj_u64(&p->info, PRINTK_INFO_SEQ);
	line.ts_s = (double)obj_u64(&p->info, PRINTK_INFO_TS) / 1e9;
	decode_prefix(&p->info, PRINTK_INFO_FACILITY, &line);
	decode_caller(r, &line, (uint32_t)obj_u64(&p->info, PRINTK_INFO_CALLER));
	len = (size_t)obj_u64(&p->info, PRINTK_INFO_TEXT_LEN);
	if ((p->any && line.seq <= p->last_seq) || !prb_text(r, p, id, len))
		return false;
	p->any = true;
	p->last_seq = line.seq;
	line.clipped = len > RECORD_TEXT_MAX;
	add_record(r, &line, len < RECORD_TEXT_MAX ? len : RECORD_TEXT_MAX);
	return true;
}

static bool prb_read(struct reader *r, kaddr_t addr)
{
	uint64_t id, n, i;
	struct prb p;

	if (!prb_known(r->d) || !prb_open(r, &p, addr))
		return false;
	r->has_caller = layout_has(r->d, PRINTK_INFO_CALLER);
	n = ((p.head - p.tail) & DESC_ID_MASK) + 1;
	if (n > 1ull << p.count_bits) {
		dump_note(r->d,
			  "log: the ring says that it holds %llu records and has room "
			  "for %llu",
			  COUNT(n), 1ull << p.count_bits);
		n = 1ull << p.count_bits;
	}
	if (n > LOG_LINES_MAX) {
		r->log->older = (size_t)(n - LOG_LINES_MAX);
		n = LOG_LINES_MAX;
	}
	/* Back from the head: the newest words are the ones that matter. */
	for (i = n; i-- > 0 && !dump_interrupted(r->d);) {
		id = (p.head - i) & DESC_ID_MASK;
		if (!prb_record(r, &p, id))
			r->log->damaged++;
	}
	return true;
}

/* ---- the byte ring, until 5.9 -------------------------------------------- */

struct bytes {
	size_t size, header; /* of the ring; of struct printk_log */
	uint32_t at;	     /* next record */
	uint64_t seq, left;  /* of the next record; records to go */
	bool wrapped;
};

static bool bytes_open(struct reader *r, struct bytes *b)
{
	struct dump *d = r->d;
	uint64_t buf, next;
	uint32_t size;

	memset(b, 0, sizeof(*b));
	if (!layout_has_all(d, PRINTK_LOG, PRINTK_LOG_TS, PRINTK_LOG_LEN,
			    PRINTK_LOG_TEXT_LEN, PRINTK_LOG_DICT_LEN,
			    PRINTK_LOG_FACILITY)) {
		dump_note(d, "log: no debuginfo for struct printk_log");
		return false;
	}
	if (!dump_symbol_u64(d, "log_buf", &buf) ||
	    !dump_symbol_u32(d, "log_buf_len", &size) ||
	    !dump_symbol_u32(d, "log_first_idx", &b->at) ||
	    !dump_symbol_u64(d, "log_first_seq", &b->seq) ||
	    !dump_symbol_u64(d, "log_next_seq", &next)) {
		dump_unread(d, "log: log_buf and its indices");
		return false;
	}
	b->size = size;
	b->header = (size_t)layout_size(d, PRINTK_LOG);
	b->left = next - b->seq;
	if (size > TEXT_MAX || b->left > size / b->header) {
		dump_note(
			d,
			"log: %llu records in a ring of %u bytes are not to be believed",
			COUNT(b->left), size);
		return false;
	}
	window_init(&r->text, d, buf, size);
	return true;
}

/*
 * The header of the next record into o; false when the chain is broken there.
 * A length of 0 says that the next record is at the start of the ring.
 */
static bool bytes_header(struct reader *r, struct bytes *b, struct object *o, size_t *len)
{
	for (;;) {
		if (!window_read(&r->text, b->at, o->bytes, b->header))
			return false;
		o->size = b->header;
		o->addr = r->text.base + b->at;
		*len = (size_t)obj_u64(o, PRINTK_LOG_LEN);
		if (*len)
			break;
		if (b->wrapped)
			return false;
		b->wrapped = true;
		b->at = 0;
	}
	return *len >= b->header && *len <= b->size - b->at &&
	       obj_u64(o, PRINTK_LOG_TEXT_LEN) + obj_u64(o, PRINTK_LOG_DICT_LEN) <=
		       *len - b->header;
}

static void bytes_record(struct reader *r, const struct bytes *b, const struct object *o)
{
	size_t len = (size_t)obj_u64(o, PRINTK_LOG_TEXT_LEN);
	struct log_line line = {.seq = b->seq};

	line.ts_s = (double)obj_u64(o, PRINTK_LOG_TS) / 1e9;
	line.clipped = len > RECORD_TEXT_MAX;
	if (line.clipped)
		len = RECORD_TEXT_MAX;
	decode_prefix(o, PRINTK_LOG_FACILITY, &line);
	decode_caller(r, &line, (uint32_t)obj_u64(o, PRINTK_LOG_CALLER));
	if (window_read(&r->text, b->at + b->header, r->raw, len))
		add_record(r, &line, len);
	else
		r->log->damaged++;
}

static bool bytes_read(struct reader *r)
{
	struct object o;
	struct bytes b;
	size_t len;

	if (!bytes_open(r, &b))
		return false;
	r->has_caller = layout_has(r->d, PRINTK_LOG_CALLER);
	obj_init(&o, r->d);
	o.bytes = arena_alloc(r->d->arena, b.header);
	o.room = b.header;
	for (; b.left && !dump_interrupted(r->d);
	     b.left--, b.seq++, b.at += (uint32_t)len) {
		if (!bytes_header(r, &b, &o, &len)) {
			dump_note(r->d,
				  "log: the chain of records breaks at 0x%llx, %llu "
				  "before its end",
				  HEX(r->text.base + b.at), COUNT(b.left));
			r->log->damaged += (size_t)b.left;
			break;
		}
		if (b.left > LOG_LINES_MAX)
			r->log->older++;
		else
			bytes_record(r, &b, &o);
	}
	return true;
}

/* ---- either -------------------------------------------------------------- */

bool klog_read(struct dump *d, struct klog *log)
{
	struct reader r;
	kaddr_t prb;
	bool ok = false;

	memset(log, 0, sizeof(*log));
	log->most = LOG_LINES_MAX;
	if (d->info.text)
		return klog_read_text(d, log);
	if (d->info.about->small && d->info.about->small->blank) {
		dump_note(d, "log: it was taken out of this small core");
		return false;
	}
	reader_init(&r, d, log);
	if (dump_symbol_u64(d, "prb", &prb)) {
		log->store = KLOG_RINGBUFFER;
		ok = prb_read(&r, prb);
	} else if (dump_symbol(d, "log_first_idx", &prb)) {
		log->store = KLOG_BYTES;
		ok = bytes_read(&r);
	} else if (dump_symbol(d, "prb", &prb)) {
		dump_unread(d, "log: prb");
	} else {
		dump_note(d, "log: neither prb nor log_first_idx is there to find it by");
	}
	klog_keep_newest(log, log->most);
	if (log->damaged)
		dump_note(
			d,
			"log: %zu of %zu records cannot be read or contradict themselves",
			log->damaged, log->damaged + log->records);
	return ok;
}

/* The kernel cuts nanoseconds off, it does not round them. */
const char *log_stamp(char to[LOG_STAMP], double ts_s)
{
	unsigned long long us = 0;

	if (ts_s > 0 && ts_s < 9e9)
		us = (unsigned long long)llround(ts_s * 1e9) / 1000;
	snprintf(to, LOG_STAMP, "[%5llu.%06llu]", us / 1000000, us % 1000000);
	return to;
}

const char *log_line_stamp(char to[LOG_STAMP], const struct log_line *line)
{
	return line->stamp ? line->stamp : log_stamp(to, line->ts_s);
}

const char *log_line_words(struct arena *a, const struct log_line *line)
{
	char stamp[LOG_STAMP];
	const char *at = log_line_stamp(stamp, line);
	const char *text = text_tabs(a, line->text, " ");

	if (!line->number)
		return arena_printf(a, "%s %s", at, text);
	return arena_printf(a, "line %zu: %s%s%s", line->number, at, *at ? " " : "",
			    text);
}

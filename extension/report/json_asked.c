// SPDX-License-Identifier: GPL-2.0-or-later
/* "asked": what a task asked of the kernel, in `vgpu -j`, `hung -j` and `bt -j`. */
#include "asked_words.h"
#include "json_parts.h"

static void registers(struct json *j, const struct user_regs *r)
{
	size_t i;

	json_array(j, "registers");
	for (i = 0; r->call && i < CALL_ARGS; i++)
		json_text(j, NULL,
			  arena_printf(json_scratch(j), "0x%llx", HEX(r->args[i])));
	json_end_array(j);
}

static void call(struct json *j, const struct asked *s)
{
	const struct user_regs *r = &s->call.regs;

	json_text(j, "text", asked_call(json_scratch(j), s));
	json_text(j, "call", s->call.name);
	json_known(j, "number", r->call ? r->number : -1);
	json_text(j, "abi", abi_name(r->abi));
	json_address(j, "regs", r->at);
	registers(j, r);
	json_text(j, "ioctl", s->ioctl);
	json_known(j, "fd", s->fd);
	json_text(j, "file", s->file);
	if (!s->has_exec) {
		json_null(j, "execbuffer");
		return;
	}
	json_object(j, "execbuffer");
	json_address(j, "address", s->exec.at);
	json_int(j, "size", s->exec.size);
	json_int(j, "handles", s->exec.handles);
	json_int(j, "flags", s->exec.flags);
	json_end_object(j);
}

void json_asked(struct json *j, const struct asked *s)
{
	if (!s->from_user) {
		json_null(j, "asked");
		return;
	}
	json_object(j, "asked");
	call(j, s);
	json_text(j, "program", s->program);
	json_address(j, "pc", s->call.regs.pc);
	json_text(j, "object", s->object);
	json_address(j, "offset", s->offset);
	json_address(j, "address", s->has_address ? s->address : 0);
	json_text(j, "addr2line", asked_addr2line(json_scratch(j), s));
	json_array(j, "unread");
	if (s->file_why)
		json_text(j, NULL, s->file_why);
	if (s->code_why)
		json_text(j, NULL, s->code_why);
	json_end_array(j);
	json_end_object(j);
}

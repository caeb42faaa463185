// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * msgs QUEUES COUNT BYTES: leaves COUNT messages of BYTES in each of QUEUES
 * System V queues, and stays: a lot of small kernel objects that are no leak,
 * for every one of them can still be received.
 */
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "lab.h"

#define MAX_BYTES 4096

static int msgs(int argc, char **argv)
{
	static struct {
		long type;
		char text[MAX_BYTES];
	} message = {.type = 1};
	long queues, count, bytes, queue, i;
	int id;

	if (argc != 4)
		return 2;
	queues = number(argv[1]);
	count = number(argv[2]);
	bytes = number(argv[3]);
	set_comm("msg-filler");
	memset(message.text, 'm', sizeof(message.text));
	for (queue = 0; queue < queues; queue++) {
		id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
		if (id < 0)
			die("msgs: msgget");
		for (i = 0; i < count; i++)
			if (msgsnd(id, &message, (size_t)bytes, IPC_NOWAIT))
				die("msgs: msgsnd %ld", i);
		say("%ld messages", (queue + 1) * count);
	}
	record("fill\tpid=%d\tcomm=msg-filler\tqueues=%ld\tmessages=%ld\tbytes=%ld",
	       getpid(), queues, queues * count, bytes);
	for (;;)
		pause();
}

COMMAND(msgs, "QUEUES COUNT BYTES", msgs)

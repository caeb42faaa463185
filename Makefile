# SPDX-License-Identifier: GPL-2.0-or-later
# vgpu: explain from a vmcore why a machine with virtio-gpu hung.

CRASH ?= crash
CRASH_INCLUDE ?= /usr/include/crash
CC ?= gcc
VERSION := 0.1

ARCH := $(shell uname -m)
TARGET_DEFINE := $(if $(filter aarch64,$(ARCH)),ARM64,X86_64)
BUILD := build

WARN := -Wall -Wextra -Werror
CFLAGS ?= -O2 -g
VGPU_CFLAGS := -std=gnu11 -fPIC -fvisibility=hidden $(WARN) -Iextension -MMD -MP
# crash's header is not ours to make warning-free.
CRASH_CFLAGS := -isystem $(CRASH_INCLUDE) -D$(TARGET_DEFINE) \
	-DVGPU_VERSION='"$(VERSION)"' -DVGPU_BUILT_FOR='"$(shell $(CRASH) --version 2>/dev/null | sed -n 's/^crash //p' | head -1)"'

# All of the house but its two doors to crash; tests link the same objects.
HOUSE := $(filter-out extension/vgpu.c extension/crash_dump.c,$(wildcard extension/*.c extension/*/*.c))
DOORS := extension/vgpu.c extension/crash_dump.c
HOUSE_OBJ := $(HOUSE:%.c=$(BUILD)/%.o)
DOORS_OBJ := $(DOORS:%.c=$(BUILD)/%.o)
# JSON: yajl's generator, because it streams, escapes, and links into the .so as
# 20 KB, so that vgpu.so loads where only crash is installed.
LIBS := -Wl,--exclude-libs,ALL -l:libyajl_s.a -lm

.PHONY: all clean
all: extension/vgpu.so

extension/vgpu.so: $(HOUSE_OBJ) $(DOORS_OBJ)
	$(CC) -shared $(CFLAGS) -o $@ $^ $(LIBS)

$(DOORS_OBJ): VGPU_CFLAGS += $(CRASH_CFLAGS)
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(VGPU_CFLAGS) -c -o $@ $<

clean:
	rm -rf $(BUILD) extension/vgpu.so

-include $(HOUSE_OBJ:.o=.d) $(DOORS_OBJ:.o=.d)

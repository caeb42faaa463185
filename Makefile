# SPDX-License-Identifier: GPL-2.0-or-later
# vgpu: explain from a vmcore why a machine with virtio-gpu hung.
#
# `make help` lists the targets: a line "#: text" above a target is what it says of it.

# ---- choices ----------------------------------------------------------------

LAB := samples/lab/lab
# A Debian suite's crash in place of this machine's, with its own libraries: bullseye,
# bookworm, trixie, sid.
ifdef CRASH_SUITE
CRASH := $(or $(shell $(LAB) tools --suite $(CRASH_SUITE)),$(error no crash of $(CRASH_SUITE)))
CRASH_INCLUDE := $(dir $(CRASH))usr/include/crash
BUILD := build/crash-$(CRASH_SUITE)
SO := $(BUILD)/vgpu.so
.DEFAULT_GOAL := test-crash
endif
CRASH ?= crash
CRASH_INCLUDE ?= /usr/include/crash
SCENARIO ?= drain
KERNEL ?= 5.10
DEVICE ?= default
PREFIX ?= /usr
BUILD ?= build
SO ?= extension/vgpu.so
PROGRAM ?= extension/vgpu
CFLAGS ?= -O2 -g
# V=1 shows the commands.
Q := $(if $(V),,@)
ifeq ($(origin CC),default)
CC := gcc
endif

# The one place that has it: the packages' changelog.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
# zlib.h: crash's defs.h includes it too.
LIB_PACKAGES := libc6-dev libyajl-dev zlib1g-dev libdeflate-dev liblzo2-dev libzstd-dev \
	liblzma-dev libdw-dev libelf-dev libedit-dev libbsd-dev libmd-dev libncurses-dev
PROGRAM_PACKAGES := gcc $(LIB_PACKAGES)
BUILD_PACKAGES := $(PROGRAM_PACKAGES) crash python3
CHECK_PACKAGES := libcmocka-dev xz-utils gdb clang-format clang-tidy cppcheck chromium zstd \
	debuginfod shellcheck dash busybox pyflakes3 mypy python3-jsonschema
# `make check-lab` draws the wait graph and flame graphs (flamegraph.pl) too, and scores a folder
# by Slurm and by GNU parallel, on this machine.
# Cores of arm64 are looked at by arm64's crash, in QEMU's user mode, by drgn and by a gdb for
# every machine.
CHECK_LAB_PACKAGES := graphviz libdevel-nytprof-perl slurm-wlm munge parallel openssh-server \
	qemu-user-static python3-drgn gdb-multiarch

# ---- how to compile ---------------------------------------------------------

TARGET_DEFINE := $(if $(filter aarch64,$(shell uname -m)),ARM64,X86_64)
HOUSE_FLAGS := -std=gnu11 -Iextension -DVGPU_VERSION='"$(VERSION)"'
# crash's header is not ours to make warning-free.
CRASH_FLAGS := -isystem $(CRASH_INCLUDE) -D$(TARGET_DEFINE)
VGPU_CFLAGS = $(HOUSE_FLAGS) -fPIC -fvisibility=hidden -Wall -Wextra -Werror -MMD -MP
# JSON: yajl, because it streams, escapes, and links into the .so as
# 20 KB, so that vgpu.so loads where only crash is installed.
LIBS := -l:libyajl_s.a -lm
# The reader of cores.  libdeflate: the fastest inflater of a page, and that is where the
# time goes; lzo2 and zstd: makedumpfile's own; libdw: the DWARF reader that drgn and
# systemtap use too.  zlib and lzma: cores that were packed as a whole; libdw needs zlib too.
CORE_LIBS := -ldeflate -llzo2 -lzstd -ldw -lelf -llzma -lz

# The program's alone: the editor of its prompt.
PROGRAM_LIBS := -ledit -ltinfo -lbsd -lmd

# The house, which is built once: a door links it with one of the readers, tests with none.
READERS := crash core
reader = $(wildcard extension/readers/$(1)/*.c)
DOORS := $(foreach r,$(READERS),$(call reader,$(r)))
HOUSE := $(filter-out extension/readers/%,$(wildcard extension/*/*.c extension/*/*/*.c)) \
	$(wildcard extension/readers/*.c)
TESTS := $(wildcard tests/unit/test_*.c)
FUZZ := $(wildcard tests/fuzz/*.c)
FAKES := $(filter-out $(TESTS),$(wildcard tests/unit/*.c))
PAGES := $(wildcard tests/pages/*.c)

HOUSE_OBJ := $(HOUSE:%.c=$(BUILD)/%.o)
DOORS_OBJ := $(DOORS:%.c=$(BUILD)/%.o)
CRASH_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(call reader,crash))
# What tests of it are linked with: not the door, which has main().
CORE_OBJ := $(filter-out %/main.o,$(patsubst %.c,$(BUILD)/%.o,$(call reader,core)))
FAKES_OBJ := $(FAKES:%.c=$(BUILD)/%.o)
TESTS_OBJ := $(TESTS:%.c=$(BUILD)/%.o)
TESTS_EXE := $(TESTS:%.c=$(BUILD)/%)
FUZZ_OBJ := $(FUZZ:%.c=$(BUILD)/%.o)
PAGES_OBJ := $(PAGES:%.c=$(BUILD)/%.o)
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all test-crash setup setup-program setup-build setup-demo unit unit-asan coverage lint format check check-lab test-docs manual test-score test-samples test-system core list demo demo-lab \
	layouts fuzz fuzz-damage bench install install-program install-linked install-extension install-score \
	install-kdump uninstall help rpm deb deb-arm64 program-arm64 extension-arm64 check-kdump check-packages check-customer clean FORCE
.DELETE_ON_ERROR:
#: extension/vgpu, and extension/vgpu.so for the crash installed
all: $(SO) $(PROGRAM)

$(SO): $(HOUSE_OBJ) $(CRASH_OBJ)
	@echo "  LINK  $@"
	$(Q)$(CC) -shared $(CFLAGS) $(LDFLAGS) -Wl,--exclude-libs,ALL -o $@ $^ $(LIBS)

# Wholly static: it runs wherever there is a kernel, without a library of the system's.
$(PROGRAM): $(HOUSE_OBJ) $(CORE_OBJ) $(BUILD)/extension/readers/core/main.o
	@echo "  LINK  $@"
	$(Q)$(CC) -static $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(CORE_LIBS) $(PROGRAM_LIBS)

# For another architecture.  Its libraries are unpacked, not installed.
ARM64_CC = aarch64-linux-gnu-gcc --sysroot=$$sysroot
ARM64_SYSROOT = .ci/setup gcc-aarch64-linux-gnu && sysroot=$$(.ci/sysroot arm64 $(LIB_PACKAGES))
#: the program for arm64, in build/arm64/vgpu
program-arm64:
	@$(ARM64_SYSROOT) && $(MAKE) --no-print-directory BUILD=$(BUILD)/arm64 \
		PROGRAM=$(BUILD)/arm64/vgpu CC="$(ARM64_CC)" $(BUILD)/arm64/vgpu

#: build/arm64/vgpu.so, for the arm64 crash of Debian 12
extension-arm64:
	@$(ARM64_SYSROOT) && crash=$$($(LAB) tools --machine arm64 --suite bookworm) && \
		$(MAKE) --no-print-directory BUILD=$(BUILD)/arm64 SO=$(BUILD)/arm64/vgpu.so \
		TARGET_DEFINE=ARM64 CRASH=$$crash CRASH_INCLUDE=$${crash%/*}/usr/include/crash \
		CC="$(ARM64_CC)" $(BUILD)/arm64/vgpu.so

# Changes only when another crash is installed or chosen; read when a recipe
# runs, because `make setup` may have installed crash a moment ago.
$(BUILD)/built-for: FORCE
	@mkdir -p $(@D)
	@version=$$($(CRASH) --version 2>&1 </dev/null | sed -n 's/^crash \([0-9]\)/\1/p'); \
	[ "$$version" ] || { echo "$(CRASH): no crash here; make setup, or CRASH=..." >&2; exit 1; }; \
	echo "$$version $(CRASH_INCLUDE)" | cmp -s - $@ || echo "$$version $(CRASH_INCLUDE)" >$@

$(CRASH_OBJ): $(BUILD)/built-for
$(CRASH_OBJ): VGPU_CFLAGS += $(CRASH_FLAGS) \
	-DVGPU_BUILT_FOR='"$(firstword $(shell cat $(BUILD)/built-for))"'
# When both are asked for at once, set-up comes first.
$(BUILD)/%.o: %.c Makefile debian/changelog | $(filter setup,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(CFLAGS) $(VGPU_CFLAGS) -c -o $@ $<

-include $(patsubst %.o,%.d,$(HOUSE_OBJ) $(DOORS_OBJ) $(FAKES_OBJ) $(TESTS_OBJ) $(FUZZ_OBJ) $(PAGES_OBJ))

# ---- packages ---------------------------------------------------------------

#: as root: the Debian packages that the program needs
setup-program:
	@.ci/setup $(PROGRAM_PACKAGES)

#: those that building all of it needs, with crash
setup-build:
	@.ci/setup $(BUILD_PACKAGES)

#: those that testing needs too
setup:
	@.ci/setup $(BUILD_PACKAGES) $(CHECK_PACKAGES)
	@packages=$$($(LAB) packages --virgl) && .ci/setup $$packages

#: those that `make demo` and `make demo-lab` need
setup-demo: setup-build
	@packages=$$($(LAB) packages) && .ci/setup $$packages

# ---- tests ------------------------------------------------------------------

$(TESTS_EXE): %: %.o $(FAKES_OBJ) $(HOUSE_OBJ) $(CORE_OBJ)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LIBS) $(CORE_LIBS) $(PROGRAM_LIBS) -lcmocka

.SECONDARY: $(TESTS_OBJ)
#: the unit tests of the C code, and who includes what
unit: $(TESTS_EXE)
	@tests/rooms
	@rm -f $(BUILD)/documents
	@VGPU_DOCUMENTS=$(BUILD)/documents tests/unit/run $(TESTS_EXE)

# The documents that the unit tests printed, docs/json.md and its schema, links of all pages,
# extension/vgpu.1 and the completion.
#: the documents against what the program says
test-docs: unit $(PROGRAM)
	@tests/docs/run $(BUILD)/documents

# Its options and commands, as the program says them.
#: write what the program says into its manual page
manual: $(PROGRAM)
	@python3 tests/docs/manual.py

ASAN_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
#: the unit tests with ASan and UBSan
unit-asan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS='$(ASAN_FLAGS)' unit

# Which lines of a room the tests run: unit tests, and the program's on the samples and a core.
COVERAGE_OF ?= extension/readers/core
#: which lines they run: COVERAGE_OF=extension/readers/core
coverage:
	@rm -f $(BUILD)/coverage/$(COVERAGE_OF)/*.gcda
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage PROGRAM=$(BUILD)/coverage/vgpu \
		CFLAGS='-O0 -g --coverage' unit $(BUILD)/coverage/vgpu
	@VGPU_PROGRAM=$(CURDIR)/$(BUILD)/coverage/vgpu tests/system/run --samples
	@VGPU_PROGRAM=$(CURDIR)/$(BUILD)/coverage/vgpu tests/system/run
	@tests/unit/coverage $(BUILD)/coverage $(COVERAGE_OF)

# One stamp for each file, so that only what changed is looked at again: a C file
# when it is compiled again.  ANALYZE=no leaves out clang's analyzer, which takes
# nine tenths of the time.
ANALYZE := yes
STAMPS := $(BUILD)/lint-$(ANALYZE)
LINT := $(wildcard extension/*/*.[ch] extension/*/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] \
	tests/pages/*.[ch])
#: linters of C and Python; ANALYZE=no is nine times as fast
lint: $(LINT:%=$(STAMPS)/%) $(BUILD)/lint-python
$(STAMPS)/%: % .clang-format .clang-tidy .ci/lint
	@mkdir -p $(@D)
	@echo "  LINT  $<"
	@ANALYZE=$(ANALYZE) .ci/lint $< $(HOUSE_FLAGS) $(if $(filter extension/readers/crash/%,$<),$(CRASH_FLAGS) -DVGPU_BUILT_FOR='""')
	@touch $@
$(patsubst %.c,$(STAMPS)/%.c,$(HOUSE) $(DOORS) $(FAKES) $(TESTS) $(FUZZ) $(PAGES)): $(STAMPS)/%.c: $(BUILD)/%.o

PYTHON := .ci/sysroot extension/vgpu-score samples/cores/make layouts/make tests/calibration tests/live samples/lab/lab tests/golden tests/rooms \
	tests/docs/run tests/fuzz/until tests/kdump/run tests/score/run tests/score/fleet tests/system/run \
	$(wildcard extension/score/*/*.py tests/*.py samples/lab/*.py samples/lab/*/*.py tests/*/*.py \
	tests/*/bench tests/score/fake_crash)
$(BUILD)/lint-python: $(PYTHON) setup.cfg .ci/lint-python
	@mkdir -p $(@D)
	@echo "  LINT  Python"
	@.ci/lint-python $(PYTHON)
	@touch $@

#: let clang-format write the C files
format:
	clang-format -i $(LINT)

# Two at once, each one's output whole: most of the system tests is waiting for crash.
#: every test but those that take hours
check:
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory -j2 all lint ANALYZE=no
	@$(MAKE) --no-print-directory -j2 test-docs
	@$(MAKE) --no-print-directory -j2 unit-asan
	@$(MAKE) --no-print-directory -j2 -Otarget test-score test-samples test-system check-kdump

#: vgpu-score on cores made byte by byte, and on real ones
test-score: all
	@tests/score/run

# The program on the cores that are here: no lab, no crash, no network.
#: the program on the cores that are in samples/cores
test-samples: $(PROGRAM)
	@tests/system/run --samples

#: vgpu.so in real crash, on the lab's cores
test-system: all
	@tests/system/run

#: vgpu.so in CRASH: on a core of each kernel that it opens
test-crash: $(SO)
	@$(MAKE) --no-print-directory CRASH_SUITE= $(PROGRAM)
	@tests/system/run --opened --crash $(CRASH) --so $(SO)

#: the scripts of kdump/, on staged machines; the packaging
check-kdump:
	@shellcheck kdump/vgpu-kdump-check kdump/vgpu-score-new kdump/*.bash extension/vgpu.bash
	@tests/kdump/run

# The packages in a chroot, and a customer's machine from bare to explained.
#: the packages in a chroot: installed, used, upgraded, purged
check-packages: deb
	@$(MAKE) --no-print-directory CRASH_SUITE=trixie deb
	@.ci/setup lintian debootstrap
	@tests/kdump/run lab_packages

#: a customer's machine, from bare to an explained core
check-customer: deb
	@packages=$$($(LAB) packages) && .ci/setup $$packages debootstrap e2fsprogs fdisk
	@tests/kdump/run lab_customer

# Every scenario on every kernel: hours, not minutes, when no core is cached.  What passed
# on this commit is not done again, and KERNEL="6.1 7" ARCH=arm64 ONLY="abba oops" choose a
# part of it, so that it can be done in pieces; a table of all ends it.
LAB_ROWS = $(if $(filter command% environment%,$(origin KERNEL)),$(addprefix --kernel=,$(KERNEL))) \
	$(addprefix --machine=,$(ARCH)) $(addprefix --scenario=,$(ONLY))
#: every scenario on every kernel; KERNEL, ARCH, ONLY: a part
check-lab:
	@$(MAKE) --no-print-directory setup all lint
	@.ci/setup $(CHECK_LAB_PACKAGES)
	@packages=$$($(LAB) packages --built) && .ci/setup $$packages
	@tests/system/run --rows $(LAB_ROWS)
	@$(if $(strip $(LAB_ROWS)),,VGPU_SCORE_ALL=1 tests/score/run)
	@$(if $(strip $(LAB_ROWS)),,tests/score/fleet)
	@$(if $(strip $(LAB_ROWS)),,$(MAKE) --no-print-directory check-packages check-customer)

# After a change of a layout*.def: the types of real kernels, for tests.
#: the types of real kernels, after a change of a layout*.def
layouts:
	@for kernel in 5.10 6.1; do \
		name=$$(echo $$kernel | tr . _); folder=$$($(LAB) core healthy $$kernel) && \
		tests/unit/make-layouts $$name $$folder >$(BUILD)/layouts && \
		mv $(BUILD)/layouts tests/unit/layouts_$$name.c || exit 1; \
	done

# libFuzzer: each tests/fuzz/fuzz_NAME.c is a target, TARGET=NAME alone or all in a row.
# It stops at what it finds.
FUZZ_SECONDS ?= 60
# FUZZ_RUNS=N: again and again, until there are so many and no coverage is new.
FUZZ_UNTIL = $(if $(FUZZ_RUNS),$(CURDIR)/tests/fuzz/until --runs $(FUZZ_RUNS))
TARGET ?= $(FUZZ_TARGETS)
FUZZ_LENGTH_facts := 384
FUZZ_LENGTH_modules := 384
$(FUZZ_TARGETS:%=$(BUILD)/fuzz_%): $(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o \
	$(filter-out $(BUILD)/tests/fuzz/fuzz_%,$(FUZZ_OBJ)) $(FAKES_OBJ) $(HOUSE_OBJ) $(CORE_OBJ)
	@echo "  LINK  $@"
	$(Q)$(CC) -fsanitize=fuzzer $(CFLAGS) -o $@ $^ $(LIBS) $(CORE_LIBS) $(PROGRAM_LIBS) -lcmocka

#: libFuzzer: TARGET=NAME alone or all, FUZZ_SECONDS each
fuzz:
	@.ci/setup clang libclang-rt-dev libcmocka-dev
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/fuzz CC=clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		$(TARGET:%=$(BUILD)/fuzz/fuzz_%)
	@$(foreach t,$(TARGET),mkdir -p $(BUILD)/fuzz/corpus-$(t) && (cd $(BUILD)/fuzz && \
		$(FUZZ_UNTIL) ./fuzz_$(t) -max_total_time=$(FUZZ_SECONDS) \
		-max_len=$(or $(FUZZ_LENGTH_$(t)),1024) -len_control=0 -timeout=20 corpus-$(t)) &&) :

# Every command over real cores whose pages are damaged as they are read: DAMAGE_RUNS times
# on each of DAMAGE_CORES; then as a machine that runs on, whose pages change between reads;
# then with types that lie.
DAMAGE_RUNS ?= 10
DAMAGE_SEED ?= 1
DAMAGE_CORES ?= drain/5.10 vq-full/5.10 fence-wait/6.1 fence-leak/6.1 wq-full/6.1
LIES := -Wl,--wrap=types_size,--wrap=types_member,--wrap=types_enumerator
$(BUILD)/damage: $(HOUSE_OBJ) $(CORE_OBJ) $(BUILD)/tests/pages/damage.o \
	$(BUILD)/tests/pages/harm.o $(BUILD)/tests/pages/lies.o $(BUILD)/tests/pages/pages.o \
	$(BUILD)/tests/fuzz/said.o
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) -Wl,--wrap=core_open,--wrap=live_wait $(LIES) -o $@ $^ $(LIBS) $(CORE_LIBS) $(PROGRAM_LIBS)

#: every command over real cores that are damaged
fuzz-damage:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan \
		CFLAGS='$(ASAN_FLAGS)' $(BUILD)/asan/damage
	@for core in $(DAMAGE_CORES); do \
		folder=$$($(LAB) core $${core%/*} $${core#*/}) || exit 1; \
		for how in "" -l -t; do \
			$(BUILD)/asan/damage $$how -n $(DAMAGE_RUNS) -s $(DAMAGE_SEED) \
				-d $$folder $$folder/vmcore || exit 1; \
		done; \
	done

# The program, which lists the pages that it reads; and what reads these and does no more.
$(BUILD)/vgpu-listed: $(HOUSE_OBJ) $(CORE_OBJ) $(BUILD)/extension/readers/core/main.o \
	$(BUILD)/tests/pages/pages.o $(BUILD)/tests/pages/listed.o
	@echo "  LINK  $@"
	$(Q)$(CC) -static $(CFLAGS) -Wl,--wrap=core_open -o $@ $^ $(LIBS) $(CORE_LIBS) $(PROGRAM_LIBS)

$(BUILD)/floor: $(BUILD)/tests/pages/floor.o
	@echo "  LINK  $@"
	$(Q)$(CC) -static $(CFLAGS) -o $@ $^ -ldeflate

#: how long the program and vgpu-score take
bench: all $(BUILD)/vgpu-listed $(BUILD)/floor
	@.ci/setup python3-drgn
	@tests/bench/bench
	@tests/score/bench

# ---- cores ------------------------------------------------------------------

#: make a real core: SCENARIO=drain KERNEL=5.10 DEVICE=default
core:
	@$(LAB) core $(SCENARIO) $(KERNEL) --device $(DEVICE)

#: the scenarios, kernels and devices that there are
list:
	@$(LAB) list

#: from nothing to an answer, of a core that is here
demo:
	@samples/demo

#: the same, of a machine that is hung for it
demo-lab:
	@samples/demo-lab

# ---- install ----------------------------------------------------------------

SHARE := $(DESTDIR)$(PREFIX)/share
COMPLETIONS := $(SHARE)/bash-completion/completions
#: to PREFIX (/usr), below DESTDIR: all but install-kdump
install: install-program install-extension install-score

#: the program alone, which needs no crash
install-program: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/vgpu
	install -D -m 644 extension/vgpu.1 $(SHARE)/man/man1/vgpu.1
	install -D -m 644 extension/vgpu.bash $(COMPLETIONS)/vgpu
	install -d $(SHARE)/vgpu/layouts
	install -m 644 $(wildcard layouts/*.layout) $(SHARE)/vgpu/layouts

# The licences of what is linked into the program, as Debian's packages have them.
LINKED := libdeflate-dev zlib1g-dev liblzma-dev libzstd-dev libyajl-dev libedit-dev libtinfo6 \
	libbsd-dev libmd-dev liblzo2-2 libdw1 libc6
#: the licences of what is linked into the program
install-linked:
	set -e; for package in $(LINKED); do install -D -m 644 \
		$(SYSROOT)/usr/share/doc/$$package/copyright $(SHARE)/doc/vgpu/linked/$$package; done

# crash looks in /usr/lib64/crash/extensions first, where there is one.
EXTENSIONS ?= $(firstword $(wildcard $(PREFIX)/lib64/crash/extensions) $(PREFIX)/lib/crash/extensions)
#: vgpu.so alone, where crash looks for it (EXTENSIONS)
install-extension: $(SO)
	install -D -m 644 $(SO) $(DESTDIR)$(EXTENSIONS)/vgpu.so

#: vgpu-score alone
install-score:
	install -D -m 755 extension/vgpu-score $(DESTDIR)$(PREFIX)/bin/vgpu-score
	install -d $(SHARE)/vgpu/vgpu_score
	install -m 644 $(wildcard extension/score/vgpu_score/*.py extension/score/vgpu_score/*.css \
		extension/score/vgpu_score/*.js) $(SHARE)/vgpu/vgpu_score
	echo $(VERSION) >$(SHARE)/vgpu/vgpu_score/VERSION
	install -D -m 644 extension/score/vgpu-score.8 $(SHARE)/man/man8/vgpu-score.8
	install -D -m 644 kdump/vgpu-score.bash $(COMPLETIONS)/vgpu-score

# For the machine that may hang; nothing is turned on by it.
UNITS ?= $(PREFIX)/lib/systemd/system
#: for a machine that may hang: vgpu-kdump-check, switches
install-kdump:
	install -D -m 755 kdump/vgpu-kdump-check $(DESTDIR)$(PREFIX)/bin/vgpu-kdump-check
	sed -i 's/^version=@VERSION@.*/version=$(VERSION)/' $(DESTDIR)$(PREFIX)/bin/vgpu-kdump-check
	install -D -m 755 kdump/vgpu-score-new $(DESTDIR)$(PREFIX)/libexec/vgpu-kdump/vgpu-score-new
	install -D -m 644 kdump/60-vgpu-panic.conf $(DESTDIR)$(PREFIX)/lib/sysctl.d/60-vgpu-panic.conf
	install -D -m 644 -t $(SHARE)/vgpu-kdump kdump/61-vgpu-panic-choices.conf kdump/kdump-tools.conf kdump/kdump.conf
	install -D -m 644 -t $(DESTDIR)$(UNITS) kdump/vgpu-score.service kdump/vgpu-score.timer \
		kdump/vgpu-watch.service
	sed -i 's|=/usr/|=$(PREFIX)/|' $(DESTDIR)$(UNITS)/vgpu-score.service $(DESTDIR)$(UNITS)/vgpu-watch.service
	install -D -m 644 kdump/vgpu-kdump-check.8 $(SHARE)/man/man8/vgpu-kdump-check.8
	install -D -m 644 kdump/vgpu-kdump-check.bash $(COMPLETIONS)/vgpu-kdump-check

# What install and install-kdump would put there, by putting it elsewhere with empty files for
# what is built; of folders only those of ours.
INSTALLED := $(BUILD)/installed
#: remove what they put there (the same PREFIX, DESTDIR)
uninstall:
	@rm -rf $(INSTALLED) && mkdir -p $(INSTALLED) && touch $(INSTALLED)/vgpu $(INSTALLED)/vgpu.so
	@$(MAKE) -s --no-print-directory -o $(INSTALLED)/vgpu -o $(INSTALLED)/vgpu.so PROGRAM=$(INSTALLED)/vgpu \
		SO=$(INSTALLED)/vgpu.so DESTDIR=$(abspath $(INSTALLED))/root install install-kdump >/dev/null
	rm -rf $(SHARE)/vgpu/vgpu_score/__pycache__
	@cd $(INSTALLED)/root && find . ! -type d | sed 's|^\.||' | while read -r file; do \
		echo "rm -f $(DESTDIR)$$file"; rm -f "$(DESTDIR)$$file"; done
	@cd $(INSTALLED)/root && find . -depth -type d -path '*/vgpu*' | sed 's|^\.||' | while read -r folder; do \
		! [ -d "$(DESTDIR)$$folder" ] || rmdir --ignore-fail-on-non-empty "$(DESTDIR)$$folder"; done

# A package's sources, in the folder $(1).
copy_sources = tar -c --exclude='*.so' --exclude=extension/vgpu --exclude=__pycache__ \
	Makefile README.md LICENSE .ci debian docs extension kdump layouts packaging | tar -x -C $(1)

# Debian packages, for the crash that is installed, or of CRASH_SUITE, which the build in the
# copy gets by its place.
DEB := $(BUILD)/deb
DEB_CRASH = CRASH='$(if $(findstring /,$(CRASH)),$(abspath $(CRASH)),$(CRASH))' \
	CRASH_INCLUDE='$(abspath $(CRASH_INCLUDE))'
#: Debian packages, in build/deb; CRASH_SUITE's in build/crash-*
deb:
	@.ci/setup $(BUILD_PACKAGES) debhelper
	@rm -rf $(DEB) && mkdir -p $(DEB)/vgpu-$(VERSION)
	@$(call copy_sources,$(DEB)/vgpu-$(VERSION))
	@cd $(DEB)/vgpu-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u CRASH_SUITE $(DEB_CRASH) \
		dpkg-buildpackage -b -us -uc $(DEB_OPTIONS) >../log 2>&1 || { tail -n 30 ../log; exit 1; }
	@rm -r $(DEB)/vgpu-$(VERSION)
	@ls $(DEB)/*.deb

# What it is built with is in the sysroot, which dpkg does not know (-d).
#: the package vgpu for arm64, in build/deb-arm64
deb-arm64:
	@$(ARM64_SYSROOT) && $(MAKE) --no-print-directory DEB=$(BUILD)/deb-arm64 SYSROOT=$$sysroot \
		DEB_OPTIONS="-aarm64 -d -Ppkg.vgpu.program" deb

# For every distribution of this architecture: the program is static, all else scripts.  What it
# is built with is Debian's, which rpm does not know (--nodeps).
RPM := $(BUILD)/rpm
#: RPM packages, in build/rpm
rpm:
	@.ci/setup $(PROGRAM_PACKAGES) python3 rpm
	@rm -rf $(RPM) && mkdir -p $(RPM)/SOURCES/vgpu-$(VERSION)
	@$(call copy_sources,$(RPM)/SOURCES/vgpu-$(VERSION))
	@tar -c -z -f $(RPM)/SOURCES/vgpu-$(VERSION).tar.gz -C $(RPM)/SOURCES vgpu-$(VERSION)
	@rm -r $(RPM)/SOURCES/vgpu-$(VERSION)
	@env -u MAKEFLAGS -u MAKELEVEL rpmbuild -bb --nodeps -D "_topdir $(abspath $(RPM))" \
		packaging/vgpu.spec >$(RPM)/log 2>&1 || { tail -n 30 $(RPM)/log; exit 1; }
	@ls $(RPM)/RPMS/*/*.rpm

#: this list
help:
	@awk '/^#: / { text = substr($$0, 4); next } \
		text != "" && /^[a-z0-9-]+:/ { sub(/:.*/, ""); printf "%-17s %s\n", $$0, text } \
		{ text = "" }' Makefile

#: remove what was built
clean:
	rm -rf $(BUILD) extension/vgpu.so extension/vgpu

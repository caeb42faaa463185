/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every type, member and enumerator that vgpu reads, in one table.
 *
 * A walker never asks which release it looks at: it asks layout_has().  A row
 * gives the spellings of a name across releases, separated by '|', the one that
 * is looked for first in front; the first that the debuginfo knows wins.  A row
 * is resolved when it is first asked for, once for the life of the dump, and
 * again only if it was absent and a module's debuginfo has been loaded since.
 *
 *	T(ID, "type|other spelling")
 *	M(ID, "type.member|type.other_member|othertype.member")
 *	E(ID, "ENUMERATOR|OTHER_SPELLING")
 *
 * A member's path may be dotted.  A member of an anonymous struct or union has a
 * '~' in front: it must be looked up in another way, which costs more in crash.
 */
#ifndef VGPU_LAYOUT_H
#define VGPU_LAYOUT_H

#include "dump.h"

/* clang-format off */
#define LAYOUT_ROWS(T, M, E)                                                             \
	/* ---- task: sched.h ------------------------------------------------------- */ \
	T(TASK, "task_struct")                                                           \
	M(TASK_STATE, "task_struct.__state|task_struct.state") /* 2f064a59a11f, 5.14 */  \
	M(TASK_EXIT_STATE, "task_struct.exit_state")                                     \
	M(TASK_STACK, "task_struct.stack")                                               \
	M(TASK_FLAGS, "task_struct.flags")                                               \
	M(TASK_ON_CPU, "task_struct.on_cpu")                                             \
	M(TASK_ON_RQ, "task_struct.on_rq")                                               \
	/* cpu moved from task_struct to thread_info: bcf9033e5449, 5.16 */              \
	M(TASK_CPU, "task_struct.cpu|task_struct.thread_info.cpu")                       \
	/* asleep, but left on the queue until its lag is used up: 152e11f6df29, 6.12 */ \
	M(TASK_SCHED_DELAYED, "task_struct.se.sched_delayed")                            \
	M(TASK_PRIO, "task_struct.prio")                                                 \
	M(TASK_RT_PRIORITY, "task_struct.rt_priority")                                   \
	M(TASK_POLICY, "task_struct.policy")                                             \
	M(TASK_SCHED_CLASS, "task_struct.sched_class")                                   \
	M(TASK_EXEC_START, "task_struct.se.exec_start")                                  \
	M(TASK_SUM_EXEC, "task_struct.se.sum_exec_runtime")                              \
	M(TASK_LAST_ARRIVAL, "task_struct.sched_info.last_arrival")                      \
	M(TASK_LAST_QUEUED, "task_struct.sched_info.last_queued")                        \
	M(TASK_TASKS, "task_struct.tasks")                                               \
	M(TASK_THREAD_NODE, "task_struct.thread_node")                                   \
	M(TASK_SIGNAL, "task_struct.signal")                                             \
	M(TASK_MM, "task_struct.mm")                                                     \
	M(TASK_PID, "task_struct.pid")                                                   \
	M(TASK_TGID, "task_struct.tgid")                                                 \
	M(TASK_COMM, "task_struct.comm")                                                 \
	M(TASK_NVCSW, "task_struct.nvcsw")                                               \
	M(TASK_NIVCSW, "task_struct.nivcsw")                                             \
	M(TASK_LAST_SWITCH_COUNT, "task_struct.last_switch_count")                       \
	M(TASK_LAST_SWITCH_TIME, "task_struct.last_switch_time")                         \
	M(TASK_THREAD_SP, "task_struct.thread.sp")                                       \
	M(TASK_TI_FLAGS, "task_struct.thread_info.flags")                                \
	M(SIGNAL_THREAD_HEAD, "signal_struct.thread_head")                               \
	T(THREAD_UNION, "thread_union")                                                  \
	/* ---- runqueue: kernel/sched/sched.h -------------------------------------- */ \
	T(RQ, "rq")                                                                      \
	M(RQ_NR_RUNNING, "rq.nr_running")                                                \
	M(RQ_CURR, "rq.curr")                                                            \
	M(RQ_IDLE, "rq.idle")                                                            \
	M(RQ_CLOCK, "rq.clock")                                                          \
	M(RQ_CLOCK_TASK, "rq.clock_task")                                                \
	M(RQ_CFS_RUNNING, "rq.cfs.h_nr_running|rq.cfs.h_nr_runnable|rq.cfs.nr_running")  \
	M(RQ_RT_RUNNING, "rq.rt.rt_nr_running")                                          \
	M(RQ_RT_THROTTLED, "rq.rt.rt_throttled")                                         \
	M(RQ_RT_TIME, "rq.rt.rt_time")                                                   \
	M(RQ_RT_RUNTIME, "rq.rt.rt_runtime")                                             \
	M(RQ_DL_RUNNING, "rq.dl.dl_nr_running")                                          \
	M(RQ_FAIR_SERVER, "rq.fair_server") /* 557a6bfc662c, 6.12 */                     \
	/* ---- workqueue: kernel/workqueue.c, private to that file ----------------- */ \
	T(WORK, "work_struct")                                                           \
	M(WORK_DATA, "work_struct.data")                                                 \
	M(WORK_ENTRY, "work_struct.entry")                                               \
	M(WORK_FUNC, "work_struct.func")                                                 \
	E(WORK_STRUCT_PENDING_BIT, "WORK_STRUCT_PENDING_BIT")                            \
	E(WORK_STRUCT_PWQ_BIT, "WORK_STRUCT_PWQ_BIT")                                    \
	E(WORK_STRUCT_LINKED_BIT, "WORK_STRUCT_LINKED_BIT")                              \
	E(WORK_STRUCT_FLAG_BITS, "WORK_STRUCT_FLAG_BITS")                                \
	E(WORK_STRUCT_COLOR_SHIFT, "WORK_STRUCT_COLOR_SHIFT")                            \
	E(WORK_STRUCT_PWQ_SHIFT, "WORK_STRUCT_PWQ_SHIFT") /* 6.9: 1211f3b21c2a */        \
	T(POOL, "worker_pool")                                                           \
	M(POOL_CPU, "worker_pool.cpu")                                                   \
	M(POOL_ID, "worker_pool.id")                                                     \
	M(POOL_NODE, "worker_pool.node")                                                 \
	M(POOL_FLAGS, "worker_pool.flags")                                               \
	/* renamed by 7.2 */                                                             \
	M(POOL_WATCHDOG_TS, "worker_pool.last_progress_ts|worker_pool.watchdog_ts")      \
	M(POOL_WORKLIST, "worker_pool.worklist")                                         \
	M(POOL_NR_WORKERS, "worker_pool.nr_workers")                                     \
	M(POOL_NR_IDLE, "worker_pool.nr_idle")                                           \
	M(POOL_IDLE_LIST, "worker_pool.idle_list")                                       \
	M(POOL_BUSY_HASH, "worker_pool.busy_hash")                                       \
	M(POOL_MANAGER, "worker_pool.manager")                                           \
	M(POOL_WORKERS, "worker_pool.workers")                                           \
	M(POOL_NR_RUNNING, "worker_pool.nr_running")                                     \
	M(POOL_ATTRS, "worker_pool.attrs")                                               \
	M(POOL_HASH_NODE, "worker_pool.hash_node")                                       \
	M(WQ_ATTRS_NICE, "workqueue_attrs.nice")                                         \
	E(POOL_DISASSOCIATED, "POOL_DISASSOCIATED")                                      \
	E(POOL_MANAGER_ACTIVE, "POOL_MANAGER_ACTIVE")                                    \
	T(WORKER, "worker")                                                              \
	M(WORKER_ENTRY, "worker.~entry")                                                 \
	M(WORKER_HENTRY, "worker.~hentry")                                               \
	M(WORKER_CURRENT_WORK, "worker.current_work")                                    \
	M(WORKER_CURRENT_FUNC, "worker.current_func")                                    \
	M(WORKER_CURRENT_PWQ, "worker.current_pwq")                                      \
	M(WORKER_SCHEDULED, "worker.scheduled")                                          \
	M(WORKER_TASK, "worker.task")                                                    \
	M(WORKER_POOL, "worker.pool")                                                    \
	M(WORKER_NODE, "worker.node")                                                    \
	M(WORKER_LAST_ACTIVE, "worker.last_active")                                      \
	M(WORKER_FLAGS, "worker.flags")                                                  \
	M(WORKER_ID, "worker.id")                                                        \
	M(WORKER_DESC, "worker.desc")                                                    \
	M(WORKER_RESCUE_WQ, "worker.rescue_wq")                                          \
	E(WORKER_IDLE, "WORKER_IDLE")                                                    \
	E(WORKER_PREP, "WORKER_PREP")                                                    \
	E(WORKER_CPU_INTENSIVE, "WORKER_CPU_INTENSIVE")                                  \
	T(PWQ, "pool_workqueue")                                                         \
	M(PWQ_POOL, "pool_workqueue.pool")                                               \
	M(PWQ_WQ, "pool_workqueue.wq")                                                   \
	M(PWQ_NR_ACTIVE, "pool_workqueue.nr_active")                                     \
	M(PWQ_MAX_ACTIVE, "pool_workqueue.max_active|workqueue_struct.max_active")       \
	/* f97a4a1a3f87, 5.15; in 5.10.y too */                                          \
	M(PWQ_INACTIVE, "pool_workqueue.inactive_works|pool_workqueue.delayed_works")    \
	M(PWQ_PWQS_NODE, "pool_workqueue.pwqs_node")                                     \
	M(PWQ_MAYDAY_NODE, "pool_workqueue.mayday_node")                                 \
	T(WQ, "workqueue_struct")                                                        \
	M(WQ_PWQS, "workqueue_struct.pwqs")                                              \
	M(WQ_LIST, "workqueue_struct.list")                                              \
	M(WQ_NAME, "workqueue_struct.name")                                              \
	M(WQ_FLAGS, "workqueue_struct.flags")                                            \
	M(WQ_RESCUER, "workqueue_struct.rescuer")                                        \
	M(WQ_MAYDAYS, "workqueue_struct.maydays")                                        \
	M(WQ_FIRST_FLUSHER, "workqueue_struct.first_flusher")                            \
	E(WQ_MEM_RECLAIM, "WQ_MEM_RECLAIM")                                              \
	E(WQ_UNBOUND, "WQ_UNBOUND")                                                      \
	T(BARRIER, "wq_barrier")                                                         \
	M(BARRIER_WORK, "wq_barrier.work")                                               \
	M(BARRIER_DONE, "wq_barrier.done")                                               \
	M(BARRIER_TASK, "wq_barrier.task")                                               \
	/* ---- page allocator drain: mm/page_alloc.c ------------------------------- */ \
	/* a struct since d9367bd0b39d (5.0), gone with 443c2accd1b6 (6.0) */            \
	T(PCPU_DRAIN, "pcpu_drain")                                                      \
	M(PCPU_DRAIN_ZONE, "pcpu_drain.zone")                                            \
	M(PCPU_DRAIN_WORK, "pcpu_drain.work")                                            \
	T(PGDAT, "pglist_data")                                                          \
	M(PGDAT_NODE_ZONES, "pglist_data.node_zones")                                    \
	M(PGDAT_NR_ZONES, "pglist_data.nr_zones")                                        \
	M(PGDAT_NODE_ID, "pglist_data.node_id")                                          \
	T(ZONE, "zone")                                                                  \
	M(ZONE_NAME, "zone.name")                                                        \
	M(ZONE_PRESENT, "zone.present_pages")                                            \
	/* per_cpu_pageset split in two: 28f836b6777b, 5.14 */                           \
	M(ZONE_PCP, "zone.per_cpu_pageset|zone.pageset")                                 \
	M(PCP_COUNT, "per_cpu_pageset.pcp.count|per_cpu_pages.count")                    \
	M(PCP_HIGH, "per_cpu_pageset.pcp.high|per_cpu_pages.high")                       \
	M(PCP_BATCH, "per_cpu_pageset.pcp.batch|per_cpu_pages.batch")                    \
	/* ---- locks and waits ----------------------------------------------------- */ \
	T(MUTEX, "mutex")                                                                \
	M(MUTEX_OWNER, "mutex.owner")                                                    \
	M(MUTEX_WAIT_LIST, "mutex.wait_list")                                            \
	T(MUTEX_WAITER, "mutex_waiter")                                                  \
	M(MUTEX_WAITER_LIST, "mutex_waiter.list")                                        \
	M(MUTEX_WAITER_TASK, "mutex_waiter.task")                                        \
	T(RWSEM, "rw_semaphore")                                                         \
	M(RWSEM_COUNT, "rw_semaphore.count")                                             \
	M(RWSEM_OWNER, "rw_semaphore.owner")                                             \
	M(RWSEM_WAIT_LIST, "rw_semaphore.wait_list")                                     \
	T(RWSEM_WAITER, "rwsem_waiter")                                                  \
	M(RWSEM_WAITER_LIST, "rwsem_waiter.list")                                        \
	M(RWSEM_WAITER_TASK, "rwsem_waiter.task")                                        \
	M(RWSEM_WAITER_TYPE, "rwsem_waiter.type")                                        \
	T(SWAIT_QUEUE, "swait_queue")                                                    \
	M(SWAIT_TASK, "swait_queue.task")                                                \
	M(SWAIT_LIST, "swait_queue.task_list")                                           \
	T(WAIT_ENTRY, "wait_queue_entry")                                                \
	M(WAIT_ENTRY_PRIVATE, "wait_queue_entry.private")                                \
	M(WAIT_ENTRY_FUNC, "wait_queue_entry.func")                                      \
	M(WAIT_ENTRY_LIST, "wait_queue_entry.entry")                                     \
	M(WAIT_HEAD_LIST, "wait_queue_head.head")                                        \
	T(COMPLETION, "completion")                                                      \
	/* a wait_queue_head before a5c6234e1028, 5.7: then WAIT_QUEUE finds it */       \
	M(COMPLETION_WAIT, "completion.wait")                                            \
	M(COMPLETION_SWAIT_LIST, "completion.wait.task_list")                            \
	M(SEMAPHORE_WAIT_LIST, "semaphore.wait_list")                                    \
	M(DMA_FENCE_CB_NODE, "dma_fence_cb.node")                                        \
	M(DMA_FENCE_CB_FUNC, "dma_fence_cb.func")                                        \
	M(DMA_FENCE_CB_LIST, "dma_fence.~cb_list|dma_fence.cb_list")                     \
	M(DMA_FENCE_OPS, "dma_fence.ops")                                                \
	/* ---- file systems: include/linux/fs.h ------------------------------------ */ \
	T(SUPER_BLOCK, "super_block")                                                    \
	M(SB_LIST, "super_block.s_list")                                                 \
	M(SB_ID, "super_block.s_id")                                                     \
	M(SB_FROZEN, "super_block.s_writers.frozen")                                     \
	/* ---- whose a page is, beside what pages need: mm_types.h, page-flags.h ---- */ \
	M(PAGE_REFCOUNT, "page._refcount")                                               \
	M(PAGE_MAPPING, "page.~mapping")                                                 \
	M(PAGE_PRIVATE, "page.~private")                                                 \
	M(PAGE_LRU, "page.~lru")                                                         \
	E(PG_LRU, "PG_lru")                                                              \
	E(SLAB_BIT_NOLEAKTRACE, "_SLAB_NOLEAKTRACE")                                     \
	M(VM_STRUCT_ADDR, "vm_struct.addr")                                              \
	M(VM_STRUCT_SIZE, "vm_struct.size")                                              \
	E(CACHED_STACKS, "sizeof(cached_stacks)")                                        \
	E(KMEMLEAK_POOL, "sizeof(mem_pool)")                                             \
	M(RCU_DATA_CALLBACKS, "rcu_data.cblist.head")                                    \
	M(CALLBACK_NEXT, "callback_head.next")                                           \
	T(CTL_HEADER, "ctl_table_header")                                                \
	M(CTL_HEADER_ROOT, "ctl_table_header.root")                                      \
	M(RESOURCE_START, "resource.start")                                              \
	M(RESOURCE_END, "resource.end")                                                  \
	/* ---- who holds the memory: mm_types.h, mmzone.h, drm_file.h ------------------ */ \
	M(GPU_FENCE_RING, "virtio_gpu_fence.ring_idx") /* 5.16 */                        \
	M(GPU_FENCE_NODE, "virtio_gpu_fence.node")                                       \
	M(DMA_FENCE_SEQNO, "dma_fence.seqno")                                            \
	M(DMA_FENCE_FLAGS, "dma_fence.flags")                                            \
	M(DMA_FENCE_REFCOUNT, "dma_fence.refcount")                                      \
	E(DMA_FENCE_SIGNALED, "DMA_FENCE_FLAG_SIGNALED_BIT")                             \
	M(DRM_DEVICE_FILES, "drm_device.filelist")                                       \
	T(DRM_FILE, "drm_file")                                                          \
	M(DRM_FILE_LIST, "drm_file.lhead")                                               \
	M(DRM_FILE_PID, "drm_file.pid")                                                  \
	M(DRM_FILE_OBJECTS, "drm_file.object_idr")                                       \
	M(GEM_SIZE, "drm_gem_object.size")                                               \
	M(IDR_ROOT, "idr.idr_rt")                                                        \
	M(IDR_BASE, "idr.idr_base")                                                      \
	M(IDA_ROOT, "ida.xa|ida.ida_rt")                                                 \
	M(XARRAY_HEAD, "xarray.xa_head") /* 4.20 */                                      \
	M(RADIX_ROOT_NODE, "radix_tree_root.rnode")                                      \
	T(XA_NODE, "xa_node|radix_tree_node")                                            \
	M(XA_NODE_SHIFT, "xa_node.shift|radix_tree_node.shift")                          \
	M(XA_NODE_SLOTS, "xa_node.slots|radix_tree_node.slots")                          \
	T(IDA_BITMAP, "ida_bitmap")                                                      \
	M(PID_NUMBERS, "pid.numbers")                                                    \
	M(UPID_NR, "upid.nr")                                                            \
	E(NR_FREE_PAGES, "NR_FREE_PAGES")                                                \
	/* renamed in 4.8 and counted for each node */                                   \
	E(NR_ANON_PAGES, "NR_ANON_MAPPED")                                               \
	E(NR_FILE_PAGES, "NR_FILE_PAGES")                                                \
	E(NR_SHMEM, "NR_SHMEM")                                                          \
	/* an array, since f1a7941243c1 (6.2) of percpu_counter */                       \
	M(MM_RSS_STAT, "mm_struct.~rss_stat|mm_struct.rss_stat")                         \
	T(PERCPU_COUNTER, "percpu_counter")                                              \
	M(PERCPU_COUNTER_COUNT, "percpu_counter.count")                                  \
	M(PERCPU_COUNTER_CPUS, "percpu_counter.counters")                                \
	E(MM_FILEPAGES, "MM_FILEPAGES")                                                  \
	E(MM_ANONPAGES, "MM_ANONPAGES")                                                  \
	E(MM_SHMEMPAGES, "MM_SHMEMPAGES")                                                \
	E(NR_MM_COUNTERS, "NR_MM_COUNTERS")                                              \
	/* ---- kmemleak and the stack depot: private to mm/kmemleak.c, lib/stackdepot.c */ \
	T(KMEMLEAK, "kmemleak_object")                                                   \
	M(KMEMLEAK_FLAGS, "kmemleak_object.flags")                                       \
	M(KMEMLEAK_LIST, "kmemleak_object.object_list")                                  \
	M(KMEMLEAK_POINTER, "kmemleak_object.pointer")                                   \
	M(KMEMLEAK_SIZE, "kmemleak_object.size")                                         \
	M(KMEMLEAK_MIN_COUNT, "kmemleak_object.min_count")                               \
	M(KMEMLEAK_COUNT, "kmemleak_object.count")                                       \
	M(KMEMLEAK_CHECKSUM, "kmemleak_object.checksum")                                 \
	M(KMEMLEAK_JIFFIES, "kmemleak_object.jiffies")                                   \
	M(KMEMLEAK_PID, "kmemleak_object.pid")                                           \
	M(KMEMLEAK_COMM, "kmemleak_object.comm")                                         \
	/* the stack moved to the depot: 56a61617dd22, 6.2; in 6.1.y too */              \
	M(KMEMLEAK_TRACE, "kmemleak_object.trace")                                       \
	M(KMEMLEAK_TRACE_LEN, "kmemleak_object.trace_len")                               \
	M(KMEMLEAK_TRACE_HANDLE, "kmemleak_object.trace_handle")                         \
	T(DEPOT_RECORD, "stack_record")                                                  \
	M(DEPOT_RECORD_SIZE, "stack_record.size")                                        \
	M(DEPOT_RECORD_HANDLE, "stack_record.handle")                                    \
	/* in an anonymous union since 6.9 */                                            \
	M(DEPOT_RECORD_ENTRIES, "stack_record.entries|stack_record.~entries")            \
	/* ---- unwinding: arch/x86 ------------------------------------------------- */ \
	T(ORC_ENTRY, "orc_entry")                                                        \
	M(ORC_END, "orc_entry.end")                                                      \
	M(ORC_SIGNAL, "orc_entry.signal")                                                \
	T(INACTIVE_FRAME, "inactive_task_frame")                                         \
	M(INACTIVE_FRAME_BP, "inactive_task_frame.bp")                                   \
	M(INACTIVE_FRAME_RET, "inactive_task_frame.ret_addr")                            \
	T(PT_REGS, "pt_regs")                                                            \
	M(PT_REGS_BP, "pt_regs.bp")                                                      \
	M(PT_REGS_IP, "pt_regs.ip")                                                      \
	M(PT_REGS_CS, "pt_regs.cs")                                                      \
	M(PT_REGS_SP, "pt_regs.sp")                                                      \
	M(PT_REGS_R10, "pt_regs.r10")                                                    \
	M(PT_REGS_R13, "pt_regs.r13")                                                    \
	M(PT_REGS_DI, "pt_regs.di")                                                      \
	M(PT_REGS_DX, "pt_regs.dx")                                                      \
	M(PT_REGS_AX, "pt_regs.ax")                                                      \
	M(MODULE_LIST, "module.list")                                                    \
	M(MODULE_NAME, "module.name")                                                    \
	/* core_layout and init_layout became mem[] in 6.4 (ac3b43283923) */             \
	M(MODULE_CORE, "module.core_layout")                                             \
	M(MODULE_INIT, "module.init_layout")                                             \
	M(MODULE_LAYOUT_BASE, "module_layout.base")                                      \
	M(MODULE_LAYOUT_TEXT, "module_layout.text_size")                                 \
	M(MODULE_MEM, "module.mem")                                                      \
	E(MODULE_TEXT_INDEX, "MOD_TEXT")                                                 \
	E(MODULE_INIT_TEXT_INDEX, "MOD_INIT_TEXT")                                       \
	T(MODULE_MEM_TYPE, "module_memory")                                              \
	M(MODULE_MEM_BASE, "module_memory.base")                                         \
	M(MODULE_MEM_SIZE, "module_memory.size")                                         \
	M(MODULE_ARCH, "module.arch")                                                    \
	M(ARCH_NUM_ORCS, "mod_arch_specific.num_orcs")                                   \
	M(ARCH_ORC_IP, "mod_arch_specific.orc_unwind_ip")                                \
	M(ARCH_ORC, "mod_arch_specific.orc_unwind")                                      \
	M(FTRACE_OPS_NEXT, "ftrace_ops.next")                                            \
	M(FTRACE_OPS_FLAGS, "ftrace_ops.flags")                                          \
	M(FTRACE_OPS_TRAMPOLINE, "ftrace_ops.trampoline")                                \
	M(FTRACE_OPS_TRAMPOLINE_SIZE, "ftrace_ops.trampoline_size")                      \
	E(FTRACE_SAVE_REGS, "FTRACE_OPS_FL_SAVE_REGS")                                   \
	/* ---- the log: kernel/printk ---------------------------------------------- */ \
	/* 896fbe20b4e2, 5.10 */                                                         \
	T(PRB, "printk_ringbuffer")                                                      \
	M(PRB_DESC_RING, "printk_ringbuffer.desc_ring")                                  \
	M(PRB_TEXT_RING, "printk_ringbuffer.text_data_ring")                             \
	M(PRB_COUNT_BITS, "prb_desc_ring.count_bits")                                    \
	M(PRB_DESCS, "prb_desc_ring.descs")                                              \
	M(PRB_INFOS, "prb_desc_ring.infos")                                              \
	M(PRB_HEAD_ID, "prb_desc_ring.head_id")                                          \
	M(PRB_TAIL_ID, "prb_desc_ring.tail_id")                                          \
	M(PRB_TEXT_BITS, "prb_data_ring.size_bits")                                      \
	M(PRB_TEXT_DATA, "prb_data_ring.data")                                           \
	T(PRB_DESC, "prb_desc")                                                          \
	M(PRB_DESC_STATE, "prb_desc.state_var")                                          \
	M(PRB_DESC_LPOS, "prb_desc.text_blk_lpos")                                       \
	M(PRB_LPOS_BEGIN, "prb_data_blk_lpos.begin")                                     \
	M(PRB_LPOS_NEXT, "prb_data_blk_lpos.next")                                       \
	T(PRINTK_INFO, "printk_info")                                                    \
	M(PRINTK_INFO_SEQ, "printk_info.seq")                                            \
	M(PRINTK_INFO_TS, "printk_info.ts_nsec")                                         \
	M(PRINTK_INFO_TEXT_LEN, "printk_info.text_len")                                  \
	M(PRINTK_INFO_FACILITY, "printk_info.facility")                                  \
	M(PRINTK_INFO_CALLER, "printk_info.caller_id")                                   \
	E(PRB_COMMITTED, "desc_committed")                                               \
	E(PRB_FINALIZED, "desc_finalized")                                               \
	/* until 5.9 */                                                                  \
	T(PRINTK_LOG, "printk_log")                                                      \
	M(PRINTK_LOG_TS, "printk_log.ts_nsec")                                           \
	M(PRINTK_LOG_LEN, "printk_log.len")                                              \
	M(PRINTK_LOG_TEXT_LEN, "printk_log.text_len")                                    \
	M(PRINTK_LOG_DICT_LEN, "printk_log.dict_len")                                    \
	M(PRINTK_LOG_FACILITY, "printk_log.facility")                                    \
	M(PRINTK_LOG_CALLER, "printk_log.caller_id") /* 15ff2069cb7f, 5.1 */             \
	/* what a tick is */                                                             \
	M(CLOCKSOURCE_MULT, "clocksource.mult")                                          \
	/* ---- devices: virtio, drm, virtio-gpu ------------------------------------ */ \
	T(VIRTIO_DEVICE, "virtio_device")                                                \
	M(VIRTIO_DEVICE_DEV, "virtio_device.dev")                                        \
	M(VIRTIO_DEVICE_INDEX, "virtio_device.index")                                    \
	M(VIRTIO_DEVICE_ID, "virtio_device.id")                                          \
	M(VIRTIO_ID_DEVICE, "virtio_device_id.device")                                   \
	M(VIRTIO_DEVICE_FAILED, "virtio_device.failed")                                  \
	/* split in two in 6.12 */                                                       \
	M(VIRTIO_DEVICE_CONFIG_ENABLED,                                                  \
	  "virtio_device.config_core_enabled|virtio_device.config_enabled")              \
	M(VIRTIO_DEVICE_CONFIG_PENDING, "virtio_device.config_change_pending")           \
	/* in an anonymous union since 6.17 */                                           \
	M(VIRTIO_DEVICE_FEATURES, "virtio_device.features|virtio_device.~features")      \
	M(VIRTIO_DEVICE_VQS, "virtio_device.vqs")                                        \
	M(VIRTIO_DEVICE_PRIV, "virtio_device.priv")                                      \
	M(VIRTIO_DRIVER_DRIVER, "virtio_driver.driver")                                  \
	M(DEVICE_DRIVER_P, "device_driver.p")                                            \
	M(DRIVER_PRIVATE_DEVICES, "driver_private.klist_devices")                        \
	M(KLIST_LIST, "klist.k_list")                                                    \
	M(DEVICE_PRIVATE_KNODE, "device_private.knode_driver")                           \
	M(KLIST_NODE_NODE, "klist_node.n_node")                                          \
	M(DEVICE_PRIVATE_DEVICE, "device_private.device")                                \
	M(DEVICE_KOBJ, "device.kobj")                                                    \
	M(KOBJECT_NAME, "kobject.name")                                                  \
	T(VIRTQUEUE, "virtqueue")                                                        \
	M(VIRTQUEUE_LIST, "virtqueue.list")                                              \
	M(VIRTQUEUE_NAME, "virtqueue.name")                                              \
	M(VIRTQUEUE_VDEV, "virtqueue.vdev")                                              \
	M(VIRTQUEUE_INDEX, "virtqueue.index")                                            \
	M(VIRTQUEUE_NUM_FREE, "virtqueue.num_free")                                      \
	M(VIRTQUEUE_RESET, "virtqueue.reset") /* 6.0 */                                  \
	/* private to drivers/virtio/virtio_ring.c */                                    \
	T(VRING, "vring_virtqueue")                                                      \
	M(VRING_LAYOUT, "vring_virtqueue.layout") /* 7.2 */                              \
	M(VRING_PACKED_RING, "vring_virtqueue.packed_ring") /* 5.0 to 6.19 */            \
	M(VRING_BROKEN, "vring_virtqueue.broken")                                        \
	M(VRING_INDIRECT, "vring_virtqueue.indirect")                                    \
	M(VRING_EVENT, "vring_virtqueue.event")                                          \
	M(VRING_EVENT_TRIGGERED, "vring_virtqueue.event_triggered") /* 5.14 */           \
	M(VRING_FREE_HEAD, "vring_virtqueue.free_head")                                  \
	M(VRING_NUM_ADDED, "vring_virtqueue.num_added")                                  \
	M(VRING_LAST_USED, "vring_virtqueue.last_used_idx")                              \
	/* split and packed share an anonymous union since 5.0 */                        \
	M(VRING_NUM, "vring_virtqueue.~split.vring.num|vring_virtqueue.vring.num")       \
	T(VRING_UAPI, "vring")                                                           \
	M(VRING_UAPI_NUM, "vring.num")                                                   \
	M(VRING_UAPI_DESC, "vring.desc")                                                 \
	M(VRING_UAPI_AVAIL, "vring.avail")                                               \
	M(VRING_UAPI_USED, "vring.used")                                                 \
	M(VRING_AVAIL_SHADOW,                                                            \
	  "vring_virtqueue.~split.avail_idx_shadow|vring_virtqueue.avail_idx_shadow")    \
	M(VRING_STATE, "vring_virtqueue.~split.desc_state|vring_virtqueue.desc_state")   \
	M(VRING_EXTRA, "vring_virtqueue.~split.desc_extra") /* 5.14 */                   \
	M(VRING_PACKED_NUM, "vring_virtqueue.~packed.vring.num")                         \
	M(VRING_PACKED_DESC, "vring_virtqueue.~packed.vring.desc")                       \
	M(VRING_PACKED_DRIVER, "vring_virtqueue.~packed.vring.driver")                   \
	M(VRING_PACKED_DEVICE, "vring_virtqueue.~packed.vring.device")                   \
	M(VRING_PACKED_AVAIL_WRAP, "vring_virtqueue.~packed.avail_wrap_counter")         \
	/* until 5.17; then bit 15 of last_used_idx */                                   \
	M(VRING_PACKED_USED_WRAP, "vring_virtqueue.~packed.used_wrap_counter")           \
	M(VRING_PACKED_NEXT_AVAIL, "vring_virtqueue.~packed.next_avail_idx")             \
	M(VRING_PACKED_EVENT_FLAGS, "vring_virtqueue.~packed.event_flags_shadow")        \
	M(VRING_PACKED_STATE, "vring_virtqueue.~packed.desc_state")                      \
	M(VRING_PACKED_EXTRA, "vring_virtqueue.~packed.desc_extra")                      \
	T(DESC_STATE, "vring_desc_state_split|vring_desc_state")                         \
	M(DESC_STATE_DATA, "vring_desc_state_split.data|vring_desc_state.data")          \
	M(DESC_STATE_INDIRECT,                                                           \
	  "vring_desc_state_split.indir_desc|vring_desc_state.indir_desc")               \
	T(DESC_STATE_PACKED, "vring_desc_state_packed")                                  \
	M(DESC_STATE_PACKED_INDIRECT, "vring_desc_state_packed.indir_desc")              \
	M(DESC_STATE_PACKED_NEXT, "vring_desc_state_packed.next") /* until 5.12 */       \
	M(DESC_STATE_PACKED_DATA, "vring_desc_state_packed.data")                        \
	M(DESC_STATE_PACKED_NUM, "vring_desc_state_packed.num")                          \
	T(DESC_EXTRA, "vring_desc_extra")                                                \
	M(DESC_EXTRA_NEXT, "vring_desc_extra.next")                                      \
	E(VQ_LAYOUT_PACKED, "VQ_LAYOUT_PACKED")                                          \
	E(VQ_LAYOUT_SPLIT_IN_ORDER, "VQ_LAYOUT_SPLIT_IN_ORDER")                          \
	E(VQ_LAYOUT_PACKED_IN_ORDER, "VQ_LAYOUT_PACKED_IN_ORDER")                        \
	M(DRM_DEVICE_PRIVATE, "drm_device.dev_private")                                  \
	M(DRM_CRTC_STATE, "drm_crtc.state")                                              \
	M(CRTC_STATE_ACTIVE, "drm_crtc_state.active")                                    \
	M(CRTC_STATE_MODE, "drm_crtc_state.mode")                                        \
	M(DISPLAY_MODE_WIDTH, "drm_display_mode.hdisplay")                               \
	M(DISPLAY_MODE_HEIGHT, "drm_display_mode.vdisplay")                              \
	/* private to the module virtio_gpu */                                           \
	T(GPU, "virtio_gpu_device")                                                      \
	M(GPU_VDEV, "virtio_gpu_device.vdev")                                            \
	M(GPU_OUTPUTS, "virtio_gpu_device.outputs")                                      \
	M(GPU_NUM_SCANOUTS, "virtio_gpu_device.num_scanouts")                            \
	M(GPU_CTRLQ, "virtio_gpu_device.ctrlq")                                          \
	M(GPU_CURSORQ, "virtio_gpu_device.cursorq")                                      \
	M(GPU_QUEUE_VQ, "virtio_gpu_queue.vq")                                           \
	M(GPU_QUEUE_WORK, "virtio_gpu_queue.dequeue_work")                               \
	M(GPU_QUEUE_ACK, "virtio_gpu_queue.ack_queue")                                   \
	M(GPU_RESP_WQ, "virtio_gpu_device.resp_wq")                                      \
	M(FENCE_DRV_LOCK, "virtio_gpu_fence_driver.lock")                                \
	M(GPU_PENDING_COMMANDS, "virtio_gpu_device.pending_commands") /* 5.7 */          \
	M(GPU_DISPLAY_INFO_PENDING, "virtio_gpu_device.display_info_pending")            \
	/* renamed in 5.11 */                                                            \
	M(GPU_FENCE_DRV, "virtio_gpu_device.fence_drv")                                  \
	M(FENCE_DRV_EMITTED,                                                             \
	  "virtio_gpu_fence_driver.current_fence_id|virtio_gpu_fence_driver.sync_seq")   \
	M(FENCE_DRV_SIGNALLED,                                                           \
	  "virtio_gpu_fence_driver.last_fence_id|virtio_gpu_fence_driver.last_seq")      \
	M(FENCE_DRV_CONTEXT, "virtio_gpu_fence_driver.context")                          \
	M(GPU_HAS_VIRGL, "virtio_gpu_device.has_virgl_3d")                               \
	M(GPU_HAS_EDID, "virtio_gpu_device.has_edid")                                    \
	M(GPU_HAS_INDIRECT, "virtio_gpu_device.has_indirect")                            \
	M(GPU_HAS_UUID, "virtio_gpu_device.has_resource_assign_uuid")                    \
	M(GPU_HAS_BLOB, "virtio_gpu_device.has_resource_blob")                           \
	M(GPU_HAS_HOST_VISIBLE, "virtio_gpu_device.has_host_visible")                    \
	M(GPU_HAS_CONTEXT_INIT, "virtio_gpu_device.has_context_init")                    \
	M(GPU_NUM_CAPSETS, "virtio_gpu_device.num_capsets")                              \
	T(GPU_OUTPUT, "virtio_gpu_output")                                               \
	M(GPU_OUTPUT_CRTC, "virtio_gpu_output.crtc")                                     \
	M(GPU_OUTPUT_INFO, "virtio_gpu_output.info")                                     \
	M(GPU_DISPLAY_ENABLED, "virtio_gpu_display_one.enabled")                         \
	M(GPU_DISPLAY_RECT, "virtio_gpu_display_one.r")                                  \
	M(GPU_RECT_WIDTH, "virtio_gpu_rect.width")                                       \
	M(GPU_RECT_HEIGHT, "virtio_gpu_rect.height")                                     \
	/* ---- commands and their buffers: drivers/gpu/drm/virtio ------------------- */ \
	T(VBUFFER, "virtio_gpu_vbuffer")                                                 \
	M(VBUFFER_BUF, "virtio_gpu_vbuffer.buf")                                         \
	M(VBUFFER_SIZE, "virtio_gpu_vbuffer.size")                                       \
	M(VBUFFER_DATA_BUF, "virtio_gpu_vbuffer.data_buf")                               \
	M(VBUFFER_DATA_SIZE, "virtio_gpu_vbuffer.data_size")                             \
	M(VBUFFER_RESP_BUF, "virtio_gpu_vbuffer.resp_buf")                               \
	M(VBUFFER_RESP_SIZE, "virtio_gpu_vbuffer.resp_size")                             \
	M(VBUFFER_RESP_CB, "virtio_gpu_vbuffer.resp_cb")                                 \
	M(VBUFFER_OBJS, "virtio_gpu_vbuffer.objs") /* 5.6 */                             \
	M(OBJECT_ARRAY_NEXT, "virtio_gpu_object_array.next") /* 5.6 */                   \
	M(OBJECT_ARRAY_NENTS, "virtio_gpu_object_array.nents")                           \
	M(OBJECT_ARRAY_OBJS, "virtio_gpu_object_array.objs")                             \
	M(GPU_OBJ_FREE_LIST, "virtio_gpu_device.obj_free_list")                          \
	M(GPU_OBJ_FREE_WORK, "virtio_gpu_device.obj_free_work")                          \
	M(GPU_CONFIG_WORK, "virtio_gpu_device.config_changed_work")                      \
	M(GPU_RESOURCE_IDA, "virtio_gpu_device.resource_ida")                            \
	M(GPU_CONTEXT_IDA, "virtio_gpu_device.ctx_id_ida")                               \
	M(GPU_CAPSETS, "virtio_gpu_device.capsets")                                      \
	M(GPU_CAPSET_MASK, "virtio_gpu_device.capset_id_mask")                           \
	T(GPU_CAPSET, "virtio_gpu_drv_capset")                                           \
	M(GPU_CAPSET_ID, "virtio_gpu_drv_capset.id")                                     \
	M(GPU_CAPSET_VERSION, "virtio_gpu_drv_capset.max_version")                       \
	M(GPU_CAPSET_SIZE, "virtio_gpu_drv_capset.max_size")                             \
	T(GPU_FPRIV, "virtio_gpu_fpriv")                                                 \
	M(GPU_FPRIV_CTX, "virtio_gpu_fpriv.ctx_id")                                      \
	M(GPU_FPRIV_CREATED, "virtio_gpu_fpriv.context_created") /* 5.7 */               \
	M(GPU_FPRIV_INIT, "virtio_gpu_fpriv.context_init") /* 5.16 */                    \
	M(GPU_FPRIV_RINGS, "virtio_gpu_fpriv.num_rings")                                 \
	M(GPU_FPRIV_FENCE_CTX, "virtio_gpu_fpriv.base_fence_ctx")                        \
	M(GPU_FPRIV_NAME, "virtio_gpu_fpriv.debug_name") /* 6.8 */                       \
	T(GPU_OBJECT, "virtio_gpu_object")                                               \
	T(GPU_OBJECT_SHMEM, "virtio_gpu_object_shmem") /* 5.7: it in this */             \
	M(GPU_OBJECT_GEM, "virtio_gpu_object.base.base|virtio_gpu_object.gem_base")      \
	M(GPU_OBJECT_RESOURCE, "virtio_gpu_object.hw_res_handle")                        \
	M(GPU_OBJECT_DUMB, "virtio_gpu_object.dumb")                                     \
	M(GPU_OBJECT_CREATED, "virtio_gpu_object.created")                               \
	M(GPU_OBJECT_HOST3D_BLOB, "virtio_gpu_object.host3d_blob") /* 5.11 */            \
	M(GPU_OBJECT_GUEST_BLOB, "virtio_gpu_object.guest_blob")                         \
	M(GPU_OBJECT_BLOB_MEM, "virtio_gpu_object.blob_mem")                             \
	M(GPU_OBJECT_ATTACHED, "virtio_gpu_object.attached") /* 6.14 */                  \
	M(GPU_FB_FENCE, "virtio_gpu_framebuffer.fence")                                  \
	M(GPU_PLANE_FENCE, "virtio_gpu_plane_state.fence") /* 6.13 */                    \
	/* ---- fences: include/linux/dma-fence.h, dma-resv.h, dma-fence-array.h, sync_file.h  */\
	T(GPU_FENCE, "virtio_gpu_fence")                                                 \
	M(GPU_FENCE_F, "virtio_gpu_fence.f")                                             \
	M(GPU_FENCE_ID, "virtio_gpu_fence.fence_id") /* 5.12 */                          \
	M(GPU_FENCE_EMIT_INFO, "virtio_gpu_fence.emit_fence_info")                       \
	M(GPU_FENCE_DRIVER, "virtio_gpu_fence.drv")                                      \
	M(FENCE_DRV_FENCES, "virtio_gpu_fence_driver.fences")                            \
	T(DMA_FENCE, "dma_fence")                                                        \
	M(DMA_FENCE_LOCK, "dma_fence.lock|dma_fence.~extern_lock") /* 7.2: a union */    \
	M(DMA_FENCE_CONTEXT, "dma_fence.context")                                        \
	M(DMA_FENCE_ERROR, "dma_fence.error")                                            \
	M(DMA_FENCE_TIMESTAMP, "dma_fence.timestamp|dma_fence.~timestamp")               \
	E(DMA_FENCE_TIMESTAMPED, "DMA_FENCE_FLAG_TIMESTAMP_BIT")                         \
	E(DMA_FENCE_ENABLED, "DMA_FENCE_FLAG_ENABLE_SIGNAL_BIT")                         \
	T(DEFAULT_WAIT_CB, "default_wait_cb")                                            \
	M(DEFAULT_WAIT_TASK, "default_wait_cb.task")                                     \
	M(RESV_FENCES, "dma_resv.fences") /* 5.19 */                                     \
	M(RESV_EXCLUSIVE, "dma_resv.fence_excl|reservation_object.fence_excl")           \
	M(RESV_SHARED, "dma_resv.fence|reservation_object.fence")                        \
	M(RESV_LIST_COUNT,                                                               \
	  "dma_resv_list.num_fences|dma_resv_list.shared_count|reservation_object_list.shared_count") \
	M(RESV_LIST_TABLE,                                                               \
	  "dma_resv_list.table|dma_resv_list.shared|reservation_object_list.shared")     \
	T(FENCE_ARRAY, "dma_fence_array")                                                \
	M(FENCE_ARRAY_COUNT, "dma_fence_array.num_fences")                               \
	M(FENCE_ARRAY_FENCES, "dma_fence_array.fences")                                  \
	T(FENCE_CHAIN, "dma_fence_chain")                                                \
	M(FENCE_CHAIN_FENCE, "dma_fence_chain.fence")                                    \
	M(FENCE_CHAIN_PREV, "dma_fence_chain.prev")                                      \
	M(SYNC_FILE_FENCE, "sync_file.fence")                                            \
	M(SYNCOBJ_FENCE, "drm_syncobj.fence")                                            \
	/* ---- drm: include/drm ----------------------------------------------------- */\
	M(DRM_DEVICE_DRIVER, "drm_device.driver")                                        \
	M(DRM_DEVICE_DEV, "drm_device.dev")                                              \
	M(DRM_DEVICE_UNPLUGGED, "drm_device.unplugged")                                  \
	M(DRM_DEVICE_INTERNAL, "drm_device.filelist_internal")                           \
	M(DRM_DEVICE_FBS, "drm_device.mode_config.fb_list")                              \
	M(DRM_DEVICE_VMA_MANAGER, "drm_device.vma_offset_manager")                       \
	M(DEVICE_DRIVER, "device.driver")                                                \
	M(VMA_MANAGER_MM, "drm_vma_offset_manager.vm_addr_space_mm")                     \
	M(DRM_MM_NODES, "drm_mm.head_node.node_list")                                    \
	M(DRM_MM_NODE_LIST, "drm_mm_node.node_list")                                     \
	M(VMA_NODE_MM, "drm_vma_offset_node.vm_node")                                    \
	M(DRM_MINOR_INDEX, "drm_minor.index")                                            \
	M(DRM_MINOR_DEV, "drm_minor.dev")                                                \
	M(DRM_FILE_MINOR, "drm_file.minor")                                              \
	M(DRM_FILE_SYNCOBJ_IDR, "drm_file.syncobj_idr")                                  \
	M(DRM_FILE_SYNCOBJ_XA, "drm_file.syncobj_xa") /* 7.2 */                          \
	M(DRM_FILE_FILP, "drm_file.filp")                                                \
	M(DRM_FILE_PRIV, "drm_file.driver_priv")                                         \
	T(GEM, "drm_gem_object")                                                         \
	M(GEM_REFCOUNT, "drm_gem_object.refcount")                                       \
	M(GEM_HANDLES, "drm_gem_object.handle_count")                                    \
	M(GEM_DEV, "drm_gem_object.dev")                                                 \
	M(GEM_VMA_NODE, "drm_gem_object.vma_node")                                       \
	M(GEM_DMA_BUF, "drm_gem_object.dma_buf")                                         \
	M(GEM_IMPORT, "drm_gem_object.import_attach")                                    \
	M(GEM_RESV, "drm_gem_object.resv")                                               \
	T(GEM_SHMEM, "drm_gem_shmem_object")                                             \
	M(GEM_SHMEM_PAGES, "drm_gem_shmem_object.pages")                                 \
	M(GEM_SHMEM_USERS, "drm_gem_shmem_object.pages_use_count")                       \
	M(GEM_SHMEM_PINS, "drm_gem_shmem_object.pages_pin_count") /* 6.15? */            \
	M(GEM_SHMEM_VMAPS, "drm_gem_shmem_object.vmap_use_count")                        \
	M(GEM_SHMEM_SGT, "drm_gem_shmem_object.sgt")                                     \
	T(DRM_FB, "drm_framebuffer")                                                     \
	M(DRM_FB_HEAD, "drm_framebuffer.head")                                           \
	M(DRM_FB_ID, "drm_framebuffer.base.id")                                          \
	M(DRM_FB_COMM, "drm_framebuffer.comm")                                           \
	M(DRM_FB_WIDTH, "drm_framebuffer.width")                                         \
	M(DRM_FB_HEIGHT, "drm_framebuffer.height")                                       \
	M(DRM_FB_FORMAT, "drm_framebuffer.format")                                       \
	M(DRM_FB_OBJ, "drm_framebuffer.obj")                                             \
	M(DRM_FORMAT_FOURCC, "drm_format_info.format")                                   \
	M(DRM_CRTC_PRIMARY, "drm_crtc.primary")                                          \
	M(DRM_PLANE_STATE, "drm_plane.state")                                            \
	M(DRM_PLANE_STATE_FB, "drm_plane_state.fb")                                      \
	M(DRM_PLANE_HEAD, "drm_plane.head")                                              \
	M(DRM_DEVICE_PLANES, "drm_device.mode_config.plane_list")                        \
	M(DRM_CRTC_INDEX, "drm_crtc.index")                                              \
	M(CRTC_COMMIT_CRTC, "drm_crtc_commit.crtc")                                      \
	M(CRTC_COMMIT_HW_DONE, "drm_crtc_commit.hw_done")                                \
	M(CRTC_COMMIT_CLEANUP_DONE, "drm_crtc_commit.cleanup_done")                      \
	M(ATOMIC_STATE_CRTCS, "drm_atomic_state.crtcs")                                  \
	M(ATOMIC_STATE_WORK, "drm_atomic_state.commit_work")                             \
	T(CRTCS_STATE, "__drm_crtcs_state")                                              \
	M(CRTCS_STATE_CRTC, "__drm_crtcs_state.ptr")                                     \
	M(CRTCS_STATE_COMMIT, "__drm_crtcs_state.commit")                                \
	/* ---- ids and open files: include/linux/xarray.h, idr.h, fdtable.h, fs.h --- */\
	M(TASK_FILES, "task_struct.files")                                               \
	M(FILES_FDT, "files_struct.fdt")                                                 \
	M(FDTABLE_MAX, "fdtable.max_fds")                                                \
	M(FDTABLE_FD, "fdtable.fd")                                                      \
	M(FILE_OP, "file.f_op")                                                          \
	M(FILE_PRIVATE, "file.private_data")                                             \
	/* ---- pages: mm_types.h, mmzone.h, page-flags.h --------------------------- */ \
	T(PAGE, "page")                                                                  \
	M(PAGE_FLAGS, "page.flags")                                                      \
	M(PAGE_TYPE, "page.~page_type") /* 6e292b9be7f4, 4.18 */                         \
	/* the same word: gdb needs a second for compound_head, the name of an inline, too */ \
	M(PAGE_COMPOUND_HEAD, "page.~lru|page.~compound_head|page.~compound_info")       \
	T(MEM_SECTION, "mem_section")                                                    \
	M(SECTION_MAP, "mem_section.section_mem_map")                                    \
	E(PG_HEAD, "PG_head")                                                            \
	E(PG_RESERVED, "PG_reserved")                                                    \
	/* a page flag; a bit of page_type, cleared, in 6.10; a byte of it since 6.12 */ \
	E(PG_SLAB, "PG_slab")                                                            \
	E(PGTY_SLAB, "PGTY_slab")                                                        \
	E(PG_BUDDY, "PG_buddy")                                                          \
	E(PGTY_BUDDY, "PGTY_buddy")                                                      \
	E(PGTY_LARGE_KMALLOC, "PGTY_large_kmalloc")                                      \
	/* ---- slab: slab.h, slub_def.h -------------------------------------------- */ \
	/* struct slab lies over struct page since 5.17: d122019bf061 */                 \
	M(SLAB_CACHE, "slab.slab_cache|slab.~slab_cache|page.~slab_cache")               \
	M(SLAB_FREELIST, "slab.freelist|slab.~freelist|page.~freelist")                  \
	M(SLAB_COUNTERS, "slab.~counters|page.~counters")                                \
	M(SLAB_LIST, "slab.~slab_list|page.~slab_list|page.~lru")                        \
	M(SLAB_NEXT, "slab.~next|page.~next")                                            \
	T(CACHE, "kmem_cache")                                                           \
	M(CACHE_CPU_SLAB, "kmem_cache.cpu_slab") /* until 6.19 */                        \
	M(CACHE_FLAGS, "kmem_cache.flags")                                               \
	M(CACHE_SIZE, "kmem_cache.size")                                                 \
	M(CACHE_OBJECT_SIZE, "kmem_cache.object_size")                                   \
	M(CACHE_OFFSET, "kmem_cache.offset")                                             \
	M(CACHE_OO, "kmem_cache.oo")                                                     \
	M(CACHE_MIN, "kmem_cache.min")                                                   \
	M(CACHE_REFCOUNT, "kmem_cache.refcount")                                         \
	M(CACHE_CTOR, "kmem_cache.ctor")                                                 \
	M(CACHE_INUSE, "kmem_cache.inuse")                                               \
	M(CACHE_RED_LEFT_PAD, "kmem_cache.red_left_pad")                                 \
	M(CACHE_NAME, "kmem_cache.name")                                                 \
	M(CACHE_LIST, "kmem_cache.list")                                                 \
	M(CACHE_RANDOM, "kmem_cache.random")                                             \
	M(CACHE_SHEAVES, "kmem_cache.cpu_sheaves") /* 2d517aa09bbc, 6.18 */              \
	M(CACHE_SHEAF_CAPACITY, "kmem_cache.sheaf_capacity")                             \
	/* of memcg children, until 5.8 */                                               \
	M(CACHE_MEMCG_ROOT, "kmem_cache.memcg_params.root_cache")                        \
	/* each node's kmem_cache_node, and in 7.2 its barn beside it */                 \
	M(CACHE_NODE, "kmem_cache.node|kmem_cache.per_node")                             \
	T(CACHE_PER_NODE, "kmem_cache_per_node_ptrs")                                    \
	M(CACHE_PER_NODE_NODE, "kmem_cache_per_node_ptrs.node")                          \
	M(CACHE_PER_NODE_BARN, "kmem_cache_per_node_ptrs.barn")                          \
	M(NODE_NR_PARTIAL, "kmem_cache_node.nr_partial")                                 \
	M(NODE_PARTIAL, "kmem_cache_node.partial")                                       \
	M(NODE_NR_SLABS, "kmem_cache_node.nr_slabs") /* CONFIG_SLUB_DEBUG */             \
	M(NODE_TOTAL_OBJECTS, "kmem_cache_node.total_objects")                           \
	M(NODE_BARN, "kmem_cache_node.barn")                                             \
	T(CPU_SLAB, "kmem_cache_cpu")                                                    \
	M(CPU_SLAB_FREELIST, "kmem_cache_cpu.freelist|kmem_cache_cpu.~freelist")         \
	M(CPU_SLAB_PAGE, "kmem_cache_cpu.slab|kmem_cache_cpu.page")                      \
	M(CPU_SLAB_PARTIAL, "kmem_cache_cpu.partial")                                    \
	T(CPU_SHEAVES, "slub_percpu_sheaves")                                            \
	M(CPU_SHEAVES_MAIN, "slub_percpu_sheaves.main")                                  \
	M(CPU_SHEAVES_SPARE, "slub_percpu_sheaves.spare")                                \
	M(CPU_SHEAVES_RCU_FREE, "slub_percpu_sheaves.rcu_free")                          \
	M(SHEAF_LIST, "slab_sheaf.~barn_list")                                           \
	M(SHEAF_SIZE, "slab_sheaf.size")                                                 \
	M(SHEAF_OBJECTS, "slab_sheaf.objects")                                           \
	M(BARN_FULL, "node_barn.sheaves_full")                                           \
	M(BARN_EMPTY, "node_barn.sheaves_empty")                                         \
	/* bit numbers, 6.9; constants before: cc61eb85c15f */                           \
	E(SLAB_BIT_RED_ZONE, "_SLAB_RED_ZONE")                                           \
	E(SLAB_BIT_POISON, "_SLAB_POISON")                                               \
	E(SLAB_BIT_STORE_USER, "_SLAB_STORE_USER")                                       \
	E(SLAB_BIT_RECLAIM, "_SLAB_RECLAIM_ACCOUNT")                                     \
	E(SLAB_BIT_RCU, "_SLAB_TYPESAFE_BY_RCU")                                         \
	/* ---- SLUB's user tracking: private to mm/slub.c --------------------------- */ \
	T(TRACK, "track")                                                                \
	M(TRACK_ADDR, "track.addr")                                                      \
	M(TRACK_ADDRS, "track.addrs")                                                    \
	M(TRACK_HANDLE, "track.handle") /* 5cf909c553e9, 5.19 */                         \
	M(TRACK_CPU, "track.cpu")                                                        \
	M(TRACK_PID, "track.pid")                                                        \
	M(TRACK_WHEN, "track.when")                                                      \
	/* ---- what is in kmalloc's objects ----------------------------------------- */ \
	T(GPU_FENCE_EVENT, "virtio_gpu_fence_event") /* 5.16 */                          \
	T(SYNC_FILE, "sync_file")                                                        \
	M(SYNC_FILE_FILE, "sync_file.file")                                              \
	M(OBJECT_ARRAY_TOTAL, "virtio_gpu_object_array.total")                           \
	M(GPU_VBUFS, "virtio_gpu_device.vbufs")                                          \
	/* ---- what /proc/meminfo says of slabs: mmzone.h --------------------------- */ \
	E(NR_SLAB_RECLAIMABLE, "NR_SLAB_RECLAIMABLE_B|NR_SLAB_RECLAIMABLE") /* d42f3245c7e2, 5.9 */ \
	E(NR_SLAB_UNRECLAIMABLE, "NR_SLAB_UNRECLAIMABLE_B|NR_SLAB_UNRECLAIMABLE")        \
	/* end */
/* clang-format on */

enum layout_id {
#define LAYOUT_ID(id, spellings) id,
	LAYOUT_ROWS(LAYOUT_ID, LAYOUT_ID, LAYOUT_ID)
#undef LAYOUT_ID
		LAYOUT_COUNT
};

enum layout_kind { LAYOUT_TYPE, LAYOUT_MEMBER, LAYOUT_ENUMERATOR };

struct layout_row {
	enum layout_id id;
	enum layout_kind kind;
	const char *label;     /* the row's name in the table */
	const char *spellings; /* as in the table */
	char found[96];	       /* the spelling that was found, "" when none was */
	long offset, size;     /* in bytes; an enumerator's value is in .offset */
};

/* Owned by the caller; lives as long as the dump is open. */
struct layout *layout_create(void);
void layout_destroy(struct layout *l);
/* A module's debuginfo has been loaded: look again for what was absent. */
void layout_retry(struct layout *l);

bool layout_has(struct dump *d, enum layout_id id);
/* All of them?  The ids end with LAYOUT_COUNT. */
bool layout_has_all(struct dump *d, ...);
/* Bytes from the start of the type; 0 for an absent member: ask layout_has(). */
long layout_offset(struct dump *d, enum layout_id id);
/* Bytes, of a type or a member; 0 when absent. */
long layout_size(struct dump *d, enum layout_id id);
/*
 * Bytes from the start of a type to the end of the furthest of these members:
 * the rows from first to last of the table, which are of one type.  An object
 * may be shorter in memory than its type: task_struct's end is only as long as
 * the CPU's registers need (arch_task_struct_size).
 */
size_t layout_span(struct dump *d, enum layout_id first, enum layout_id last);
/* An enumerator's value, or fallback when debuginfo has none (a #define). */
long layout_enum(struct dump *d, enum layout_id id, long fallback);
/* The row, resolved.  Never NULL for an id below LAYOUT_COUNT. */
const struct layout_row *layout_row(struct dump *d, enum layout_id id);
/* The row's spelling that was found, or the first one for a message. */
const char *layout_name(struct dump *d, enum layout_id id);

/*
 * A structure read as one block.  Members are taken out of it by their row, as
 * wide as the debuginfo says they are, so that a member which changed from long
 * to int needs nothing.  obj_read() reuses the buffer; an absent member reads 0.
 */
struct object {
	struct dump *d;
	kaddr_t addr;
	unsigned char *bytes; /* in the dump's arena */
	size_t size, room;
};

void obj_init(struct object *o, struct dump *d);
bool obj_read(struct object *o, enum layout_id type, kaddr_t addr);
/* The same for size bytes that have no type of their own. */
bool obj_read_bytes(struct object *o, kaddr_t addr, size_t size);
uint64_t obj_u64(const struct object *o, enum layout_id member);
int64_t obj_s64(const struct object *o, enum layout_id member);
/* Copies a char array, always NUL-terminated. */
void obj_string(const struct object *o, enum layout_id member, char *buf, size_t size);
/* The address of the member in the dump. */
kaddr_t obj_addr(const struct object *o, enum layout_id member);

/* One member of a structure too large to read whole. */
bool member_u64(struct dump *d, kaddr_t base, enum layout_id member, uint64_t *v);
#define member_ptr member_u64
kaddr_t member_addr(struct dump *d, kaddr_t base, enum layout_id member);
/* container_of(): the structure that holds the member at addr. */
kaddr_t member_base(struct dump *d, kaddr_t addr, enum layout_id member);

#endif

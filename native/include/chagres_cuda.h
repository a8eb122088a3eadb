/*
 * Devices that hold tensors: CUDA, or a device emulated on the processor. One ABI, two libraries.
 *
 * Every function returns a status unless its comment says otherwise; chg_message() tells the reason of this thread's
 * last failure. Arguments are checked before anything happens: a refused call has changed nothing. Device addresses
 * are no addresses of this process and must never be read here. They are multiples of 64.
 *
 * Any thread may call. A stream and its device are used by one thread at a time; different streams of a device may be
 * used by different threads.
 *
 * Read by a C compiler and by jextract alike: fixed-width types, no function-like macros, no bit-fields, no callbacks.
 */
#ifndef CHAGRES_CUDA_H
#define CHAGRES_CUDA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever a prototype, a structure or a meaning changes. */
enum chg_abi { CHG_ABI_VERSION = 1 };

/* Device addresses, and sizes of slabs, are multiples of this many bytes. */
enum chg_limits { CHG_ALIGNMENT = 64 };

/* Status of a call. */
enum chg_status {
  CHG_OK = 0,
  CHG_ARGUMENT = 1,       /* an argument is refused; nothing has changed */
  CHG_MEMORY = 2,         /* the device or the process has no memory for this */
  CHG_NO_DEVICE = 3,      /* no driver, or no such device */
  CHG_DRIVER_TOO_OLD = 4, /* the driver is older than the runtime of the library */
  CHG_LOST = 5,           /* the device failed and must be closed */
  CHG_DOMAIN = 6          /* a value is outside the domain of the integer program */
};

/* What a device is. */
enum chg_kind { CHG_EMULATED = 0, CHG_CUDA = 1 };

typedef struct chg_device chg_device;
typedef struct chg_stream chg_stream;

/* A device address; 0 is none. */
typedef uint64_t chg_ptr;

/* An element of the extension of degree 4 over p = 2^31 - 1; words are canonical, in [0, p). */
typedef struct {
  uint32_t c[4];
} chg_qm31;

typedef struct {
  char name[64];              /* UTF-8, ends with a zero */
  int32_t kind;               /* CHG_EMULATED or CHG_CUDA */
  int32_t ordinal;
  int32_t compute_capability; /* 90 for 9.0; 0 when emulated */
  int32_t multiprocessors;    /* threads of the processor when emulated */
  uint64_t memory_bytes;      /* of the whole device */
  uint64_t free_bytes;        /* now, outside slabs */
  chg_ptr slab_address;
  uint64_t slab_bytes;
} chg_device_info;

/* Structures that chg_layout() reports. */
enum chg_structure { CHG_LAYOUT_QM31 = 0, CHG_LAYOUT_DEVICE_INFO = 1, CHG_LAYOUT_COUNT = 2 };

/* The CHG_ABI_VERSION that the library was built with; not a status. To be called, and compared, before all others. */
int32_t chg_abi_version(void);

/*
 * How the library's compiler laid out a structure: its size, its alignment, then the offset of each field, in order.
 * Writes at most `capacity` values; `count` is how many there are.
 */
int32_t chg_layout(int32_t structure, uint64_t *values, int32_t capacity, int32_t *count);

/* One line: kind, targets, ABI, compiler, SHA-256 of this file. Lives as long as the library; not a status. */
const char *chg_build_info(void);

/* One line about this thread's last failure, or an empty line; valid until this thread's next failure. */
const char *chg_message(void);

/*
 * How many devices there are; versions of the driver (0: none) and of the runtime as CUDA writes them, 13000 for 13.0,
 * both 0 when emulated. No driver and no device are CHG_NO_DEVICE, never a count of 0.
 */
int32_t chg_device_count(int32_t *count, int32_t *driver, int32_t *runtime);

/*
 * Opens a device and takes all the memory that it will ever use: one slab of `slab_bytes`, a positive multiple of
 * CHG_ALIGNMENT, with arbitrary content. The emulated device fills it with bytes 0xA5: no word of it is canonical.
 */
int32_t chg_open(int32_t ordinal, uint64_t slab_bytes, chg_device **out);

/* Gives everything back. Refused while streams or pinned blocks are open. */
int32_t chg_close(chg_device *device);

int32_t chg_describe(chg_device *device, chg_device_info *out);

/* A stream runs its work in order, and later than the call that asks for it; streams are not ordered to each other. */
int32_t chg_stream_open(chg_device *device, chg_stream **out);

/* Waits for the work of the stream; the stream is gone, whatever the status. */
int32_t chg_stream_close(chg_stream *stream);

/* Waits for the work of the stream. */
int32_t chg_sync(chg_stream *stream);

/* Memory of this process that copies reach by themselves; at a multiple of CHG_ALIGNMENT, with arbitrary content. */
int32_t chg_pinned(chg_device *device, uint64_t bytes, void **out);

/* Waits for all streams of the device; the block is gone, whatever the status, unless it is none of this device. */
int32_t chg_unpin(chg_device *device, void *block);

/*
 * Copies into the slab. From a pinned block: asynchronous, and the block must stay as it is until chg_sync(). From
 * other memory: it has been read when the call returns.
 */
int32_t chg_in(chg_stream *stream, chg_ptr to, const void *from, uint64_t bytes);

/*
 * Copies out of the slab. Into a pinned block: asynchronous, and defined after chg_sync(). Into other memory: waits for
 * the stream, and the copy is there when the call returns.
 */
int32_t chg_out(chg_stream *stream, void *to, chg_ptr from, uint64_t bytes);

/* Sets every word; `bytes` is a multiple of 4. Asynchronous. */
int32_t chg_fill(chg_stream *stream, chg_ptr to, uint32_t word, uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif

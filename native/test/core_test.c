/* The core of the ABI on the emulated device, as a C program sees it. Exits with the number of failed checks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { SLAB = 1 << 16, POISON = 0xA5 };

static int all(const uint8_t *bytes, size_t n, int value) {
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] != value) return 0;
  }
  return 1;
}

static void pattern(uint8_t *bytes, size_t n, unsigned seed) {
  for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(i * 31 + seed);
}

static void facts(chg_device *device, chg_ptr *slab) {
  int32_t count = 0, driver = -1, runtime = -1;
  CHECK(chg_abi_version() == CHG_ABI_VERSION);
  CHECK(strstr(chg_build_info(), "emulated") != NULL);
  CHECK(chg_device_count(&count, &driver, &runtime) == CHG_OK && count == 1 && driver == 0 && runtime == 0);
  chg_device_info info;
  CHECK(chg_describe(device, &info) == CHG_OK);
  CHECK(info.kind == CHG_EMULATED && info.slab_bytes == SLAB && info.slab_address % CHG_ALIGNMENT == 0);
  CHECK(strcmp(info.name, "emulated") == 0 && info.memory_bytes >= info.free_bytes && info.multiprocessors > 0);
  *slab = info.slab_address;
}

static void layouts(void) {
  uint64_t values[2] = {0, 0};
  int32_t count = 0;
  CHECK(chg_layout(CHG_LAYOUT_QM31, values, 2, &count) == CHG_OK && count == 3 && values[0] == 16 && values[1] == 4);
  CHECK(chg_layout(CHG_LAYOUT_DEVICE_INFO, values, 1, &count) == CHG_OK && values[0] == sizeof(chg_device_info));
  REFUSED(chg_layout(CHG_LAYOUT_COUNT, values, 2, &count), "structure");
  REFUSED(chg_layout(CHG_LAYOUT_QM31, NULL, 2, &count), "values");
}

static void fresh_memory_is_poisoned(chg_stream *stream, chg_ptr slab) {
  uint8_t *bytes = malloc(SLAB);
  CHECK(chg_out(stream, bytes, slab, SLAB) == CHG_OK && all(bytes, SLAB, POISON));
  free(bytes);
}

static void copies_of_every_size(chg_stream *stream, chg_ptr slab) {
  static const size_t SIZES[] = {0, 1, 3, 15, 16, 17, 63, 64, 65, 4095, 4097, SLAB - 64};
  for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
    size_t n = SIZES[s];
    uint8_t *from = malloc(n + 1), *to = malloc(n + 1);
    pattern(from, n, (unsigned)s);
    to[n] = 7;
    CHECK(chg_in(stream, slab + 64, from, n) == CHG_OK);
    CHECK(chg_out(stream, to, slab + 64, n) == CHG_OK);
    CHECK(memcmp(from, to, n) == 0 && to[n] == 7);
    free(from);
    free(to);
  }
}

static void streams_are_late(chg_device *device, chg_stream *stream, chg_ptr slab) {
  void *block = NULL;
  CHECK(chg_pinned(device, 256, &block) == CHG_OK && (uintptr_t)block % CHG_ALIGNMENT == 0);
  uint8_t *bytes = block;
  memset(bytes, 1, 256);
  CHECK(chg_fill(stream, slab, 0x02020202, 64) == CHG_OK);
  CHECK(chg_out(stream, bytes + 1, slab, 64) == CHG_OK);
  CHECK(all(bytes, 256, 1));
  CHECK(chg_sync(stream) == CHG_OK);
  CHECK(bytes[0] == 1 && all(bytes + 1, 64, 2) && all(bytes + 65, 191, 1));
  /* A pinned source is read as late as the copy runs. */
  CHECK(chg_in(stream, slab, bytes + 1, 64) == CHG_OK);
  memset(bytes, 3, 256);
  CHECK(chg_sync(stream) == CHG_OK);
  uint8_t seen[64];
  CHECK(chg_out(stream, seen, slab, 64) == CHG_OK && all(seen, 64, 3));
  /* Work that reaches a block is done before the block goes. */
  CHECK(chg_in(stream, slab, bytes, 256) == CHG_OK);
  CHECK(chg_unpin(device, block) == CHG_OK);
  uint8_t whole[256];
  CHECK(chg_out(stream, whole, slab, 256) == CHG_OK && all(whole, 256, 3));
  REFUSED(chg_unpin(device, block), "no pinned block");
}

/* Until a stream has done what another one waits for, the other one does not get on, whatever the seed. */
static void one_stream_waits_for_another(chg_device *device, chg_stream *first, chg_ptr slab) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    chg_stream *second = NULL;
    uint8_t seen[64];
    CHECK(chg_emulate(device, CHG_EMULATE_SEED, seed) == CHG_OK);
    CHECK(chg_stream_open(device, &second) == CHG_OK);
    CHECK(chg_fill(first, slab, 0x01010101, 64) == CHG_OK);
    CHECK(chg_after(second, first) == CHG_OK);
    CHECK(chg_fill(second, slab, 0x02020202, 64) == CHG_OK);
    CHECK(chg_after(first, second) == CHG_OK);
    CHECK(chg_out(second, seen, slab, 64) == CHG_OK && all(seen, 64, 2));
    CHECK(chg_fill(first, slab, 0x03030303, 64) == CHG_OK);
    CHECK(chg_stream_close(second) == CHG_OK);
    CHECK(chg_out(first, seen, slab, 64) == CHG_OK && all(seen, 64, 3));
  }
  CHECK(chg_after(first, first) == CHG_OK);
}

/* What tests ask for happens once, is told, and a lost device says so until it is closed. */
static void faults(void) {
  chg_device *device = NULL;
  chg_stream *stream = NULL, *second = NULL;
  void *block = NULL;
  chg_device_info info;
  uint8_t bytes[64] = {0};
  CHECK(chg_open(0, SLAB, &device) == CHG_OK && chg_describe(device, &info) == CHG_OK);
  CHECK(chg_emulate(device, CHG_EMULATE_NO_MEMORY, 2) == CHG_OK);
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  CHECK(chg_pinned(device, 64, &block) == CHG_MEMORY && block == NULL);
  CHECK(chg_pinned(device, 64, &block) == CHG_OK);
  CHECK(chg_emulate(device, CHG_EMULATE_LOSS, 2) == CHG_OK);
  CHECK(chg_fill(stream, info.slab_address, 1, 64) == CHG_OK);
  CHECK(chg_fill(stream, info.slab_address, 2, 64) == CHG_OK);
  CHECK(chg_fill(stream, info.slab_address, 3, 64) == CHG_OK);
  CHECK(chg_sync(stream) == CHG_LOST && strstr(chg_message(), "chg_fill failed, as chg_emulate() asked") != NULL);
  CHECK(strstr(chg_message(), "emulator seed") != NULL);
  CHECK(chg_sync(stream) == CHG_LOST && strstr(chg_message(), "lost before") != NULL);
  CHECK(chg_fill(stream, info.slab_address, 1, 64) == CHG_LOST);
  CHECK(chg_out(stream, bytes, info.slab_address, 64) == CHG_LOST);
  CHECK(chg_stream_open(device, &second) == CHG_LOST && second == NULL);
  CHECK(chg_panel_add(stream, info.slab_address, info.slab_address, info.slab_address, 16) == CHG_LOST);
  CHECK(chg_unpin(device, block) == CHG_LOST);
  CHECK(chg_stream_close(stream) == CHG_LOST);
  CHECK(chg_close(device) == CHG_OK);

  int32_t largest = 0;
  CHECK(chg_open(0, SLAB, &device) == CHG_OK && chg_describe(device, &info) == CHG_OK);
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  CHECK(chg_fill(stream, info.slab_address, 7, 64) == CHG_OK);
  CHECK(chg_emulate(device, CHG_EMULATE_NO_LAUNCH, 2) == CHG_OK);
  CHECK(chg_max(stream, info.slab_address, 16, &largest) == CHG_OK && largest == 7);
  CHECK(chg_panel_add(stream, info.slab_address, info.slab_address, info.slab_address, 16) == CHG_LOST);
  CHECK(strstr(chg_message(), "chg_panel_add: the kernel could not be started") != NULL);
  CHECK(chg_max(stream, info.slab_address, 16, &largest) == CHG_LOST);
  CHECK(chg_stream_close(stream) != CHG_ARGUMENT);
  CHECK(chg_close(device) == CHG_OK);
  REFUSED(chg_emulate(NULL, CHG_EMULATE_SEED, 1), "device");
}

static void refusals(chg_device *device, chg_stream *stream, chg_ptr slab) {
  uint8_t bytes[128] = {0};
  chg_device *none = NULL;
  REFUSED(chg_in(stream, slab + 1, bytes, 1), "no multiple of 64");
  REFUSED(chg_in(stream, slab - 64, bytes, 1), "not in the slab");
  REFUSED(chg_out(stream, bytes, slab + SLAB - 64, 65), "not in the slab");
  REFUSED(chg_out(stream, bytes, slab, UINT64_MAX), "not in the slab");
  REFUSED(chg_out(stream, bytes, 0, 64), "not in the slab");
  REFUSED(chg_in(NULL, slab, bytes, 1), "stream");
  REFUSED(chg_in(stream, slab, NULL, 1), "from");
  REFUSED(chg_fill(stream, slab, 0, 3), "words");
  REFUSED(chg_after(stream, NULL), "other");
  REFUSED(chg_emulate(device, CHG_EMULATION_COUNT, 1), "there is no setting 4");
  REFUSED(chg_open(0, 65, &none), "multiple of 64");
  REFUSED(chg_open(0, 0, &none), "positive");
  REFUSED(chg_open(0, 64, NULL), "out");
  REFUSED(chg_pinned(device, 0, (void **)&none), "at least one");
  REFUSED(chg_close(device), "1 streams and 0 pinned");
  CHECK(chg_open(1, 64, &none) == CHG_NO_DEVICE && none == NULL);
  CHECK(chg_open(0, UINT64_MAX - 63, &none) == CHG_MEMORY && none == NULL);
}

/* In a child, which must not survive it. */
static void device_addresses_cannot_be_read(chg_ptr slab) {
  pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stderr) == NULL) _exit(0);
    volatile const uint8_t *address = (const uint8_t *)(uintptr_t)slab;
    uint8_t seen = *address;
    (void)seen;
    _exit(0);
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0));
}

int main(void) {
  chg_device *device = NULL;
  chg_stream *stream = NULL;
  chg_ptr slab = 0;
  CHECK(chg_open(0, SLAB, &device) == CHG_OK);
  facts(device, &slab);
  layouts();
  CHECK(chg_stream_open(device, &stream) == CHG_OK);
  fresh_memory_is_poisoned(stream, slab);
  copies_of_every_size(stream, slab);
  streams_are_late(device, stream, slab);
  one_stream_waits_for_another(device, stream, slab);
  faults();
  refusals(device, stream, slab);
  device_addresses_cannot_be_read(slab);
  CHECK(chg_stream_close(stream) == CHG_OK);
  CHECK(chg_close(device) == CHG_OK);
  return failures;
}

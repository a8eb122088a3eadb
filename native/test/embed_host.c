/*
 * A host of libchagres for tests: embed_host MODE KEYS ... runs one kind of test in a process of its own and returns 0,
 * or prints which check failed. dev.chagres.ffm.embed.HostTest makes the keys and runs it.
 */
#define _GNU_SOURCE
#include <chagres.h>
#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL_STACK = 64 << 10, THREADS = 4, MOST_IDS = 64, MUCH = 500 << 20, TOO_LONG = 60 /* s */ };

/* Ends the process unless a condition holds. */
#define CHECK(condition)                                                                          \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      fprintf(stderr, "%s:%d: %s; error: %s\n", __FILE__, __LINE__, #condition, chagres_error()); \
      _exit(1);                                                                                   \
    }                                                                                             \
  } while (0)

static const char *keys;

static const char *key_file(const char *name) {
  static _Thread_local char file[4096];
  snprintf(file, sizeof file, "%s/%s", keys, name);
  return file;
}

static uint8_t *read_file(const char *file, size_t *n) {
  FILE *in = fopen(file, "rb");
  CHECK(in != NULL);
  fseek(in, 0, SEEK_END);
  *n = (size_t)ftell(in);
  rewind(in);
  uint8_t *bytes = malloc(*n + 1);
  CHECK(bytes != NULL && fread(bytes, 1, *n, in) == *n);
  fclose(in);
  return bytes;
}

/* Whether a call failed so, with one line that has a text in it. */
static int failed(int32_t status, int32_t wanted, const char *line) {
  const char *error = chagres_error();
  int right = status == wanted && strstr(error, line) != NULL && strchr(error, '\n') == NULL;
  if (!right) fprintf(stderr, "status %d, wanted %d and '%s'\n", status, wanted, line);
  return right;
}

static chagres_engine *open_engine(void) {
  chagres_options options = {.size = sizeof options, .threads = 2};
  chagres_engine *engine;
  CHECK(chagres_engine_open(&options, &engine) == CHAGRES_OK);
  return engine;
}

static chagres_key *open_key(void) {
  size_t n;
  uint8_t *bytes = read_file(key_file("model.vk"), &n);
  chagres_key *key;
  CHECK(chagres_key_open(bytes, n, &key) == CHAGRES_OK);
  free(bytes);
  return key;
}

/* What a sink was told. */
typedef struct told {
  chagres_prover *prover;
  pthread_t caller;
  int phases, tokens, proofs;
  int cancel_at_phase, cancel_at_token;
  int32_t ids[MOST_IDS];
  char last[64];
  uint8_t *proof;
  size_t bytes;
} told;

static int32_t progress(void *user, const char *phase, double done) {
  told *t = user;
  CHECK(pthread_equal(t->caller, pthread_self()));
  CHECK(done >= 0 && done <= 1);
  if (strcmp(t->last, phase) != 0) t->phases++;
  snprintf(t->last, sizeof t->last, "%s", phase);
  CHECK(failed(chagres_prover_close(t->prover), CHAGRES_ARGUMENT, "callback"));
  return t->phases == t->cancel_at_phase;
}

static int32_t token(void *user, int32_t id) {
  told *t = user;
  CHECK(pthread_equal(t->caller, pthread_self()));
  t->ids[t->tokens++] = id;
  return t->tokens == t->cancel_at_token;
}

static int32_t keep(void *user, const uint8_t *bytes, size_t n) {
  told *t = user;
  t->proofs++;
  t->bytes = n;
  t->proof = malloc(n);
  CHECK(t->proof != NULL);
  memcpy(t->proof, bytes, n);
  return 0;
}

static chagres_sink sink_of(told *t, chagres_prover *prover) {
  t->prover = prover;
  t->caller = pthread_self();
  return (chagres_sink){.size = sizeof(chagres_sink), .progress = progress, .token = token, .proof = keep, .user = t};
}

/* A proof that is made on another thread with a small stack, bound to public bytes. */
static void *prove_bound(void *user) {
  static const int32_t prompt[] = {0, 1};
  told *t = user;
  chagres_prover *prover = t->prover;
  chagres_sink sink = sink_of(t, prover);
  CHECK(chagres_prove_bound(prover, prompt, 2, 1, (const uint8_t *)"order 7", 7, &sink) == CHAGRES_OK);
  return NULL;
}

/* Closes an engine as soon as a prover of it has begun. */
typedef struct closing {
  chagres_engine *engine;
  told told;
  atomic_int begun;
} closing;

static int32_t begin(void *user, const char *phase, double done) {
  (void)phase;
  (void)done;
  ((closing *)user)->begun = 1;
  return 0;
}

static void *close_engine(void *user) {
  closing *c = user;
  while (!c->begun) usleep(100);
  CHECK(chagres_engine_close(c->engine) == CHAGRES_OK);
  return NULL;
}

static pthread_t small_thread(void *(*body)(void *), void *user) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, SMALL_STACK) == 0);
  CHECK(pthread_create(&thread, &attributes, body, user) == 0);
  pthread_attr_destroy(&attributes);
  return thread;
}

/* Cancelled proofs, two proofs at once, an engine closed under a proof and opened again; one proof goes to a file. */
static void prove(const char *out) {
  static const int32_t prompt[] = {0, 1, 2};
  chagres_engine *engine = open_engine();
  chagres_prover *prover;
  CHECK(chagres_prover_open(engine, key_file("model.pk"), &prover) == CHAGRES_OK);

  told early = {.cancel_at_phase = 1};
  chagres_sink sink = sink_of(&early, prover);
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_CANCELLED, "cancelled"));
  CHECK(early.phases == 1 && early.tokens == 0 && early.proofs == 0);
  told second = {.cancel_at_token = 2};
  sink = sink_of(&second, prover);
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_CANCELLED, "cancelled"));
  CHECK(second.tokens == 2 && second.proofs == 0);
  told later = {.cancel_at_phase = 3};
  sink = sink_of(&later, prover);
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_CANCELLED, "cancelled"));
  CHECK(later.tokens == 3 && later.proofs == 0);

  told whole = {0}, bound = {.prover = prover};
  sink = sink_of(&whole, prover);
  pthread_t other = small_thread(prove_bound, &bound);
  CHECK(chagres_prove(prover, prompt, 3, 3, &sink) == CHAGRES_OK);
  CHECK(whole.phases >= 4 && whole.tokens == 3 && whole.proofs == 1);
  pthread_join(other, NULL);
  FILE *file = fopen(out, "wb");
  CHECK(file != NULL && fwrite(whole.proof, 1, whole.bytes, file) == whole.bytes && fclose(file) == 0);
  chagres_key *key;
  CHECK(chagres_prover_key(prover, &key) == CHAGRES_OK);

  closing last = {.engine = engine};
  sink = sink_of(&last.told, prover);
  sink.progress = begin;
  sink.token = NULL;
  sink.user = &last;
  other = small_thread(close_engine, &last);
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_CANCELLED, "cancelled"));
  pthread_join(other, NULL);
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_ARGUMENT, "this prover is closed"));
  CHECK(chagres_prover_close(prover) == CHAGRES_OK);

  engine = open_engine();
  CHECK(chagres_prover_open(engine, key_file("model.pk"), &prover) == CHAGRES_OK);
  sink = sink_of(&early, prover);
  early.phases = early.last[0] = 0;
  CHECK(failed(chagres_prove(prover, prompt, 3, 3, &sink), CHAGRES_CANCELLED, "cancelled"));
  CHECK(chagres_engine_close(engine) == CHAGRES_OK);
  CHECK(chagres_prover_close(prover) == CHAGRES_OK);

  chagres_verdict verdict = {.size = sizeof verdict};
  CHECK(chagres_verify(key, bound.proof, bound.bytes, &verdict) == CHAGRES_OK);
  CHECK(verdict.accepted == 1 && verdict.prompt == 2 && verdict.output == 1 && verdict.ending == CHAGRES_CUT);
  CHECK(verdict.ids[0] == 0 && verdict.ids[1] == 1 && verdict.ids[2] == bound.ids[0]);
  CHECK(verdict.binding_bytes == 7 && memcmp(verdict.binding, "order 7", 7) == 0 && verdict.security_bits > 64);
  CHECK(verdict.check[0] == 0 && strncmp(verdict.text, "ACCEPTED", 8) == 0);
  chagres_verdict_close(&verdict);
  CHECK(verdict.ids == NULL);
  chagres_key_close(key);
  free(whole.proof);
  free(bound.proof);
}

/* Calls that are refused: a status and a line each, and the library goes on. */
static void calls(const char *proof_file) {
  size_t n, vk_bytes;
  uint8_t *proof = read_file(proof_file, &n);
  uint8_t *vk = read_file(key_file("model.vk"), &vk_bytes);
  CHECK(chagres_abi() == CHAGRES_ABI && strlen(chagres_version()) > 0 && chagres_error()[0] == 0);
  chagres_engine *engine = (chagres_engine *)1;
  CHECK(failed(chagres_engine_open(NULL, NULL), CHAGRES_ARGUMENT, "out is null"));
  chagres_options options = {0};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_ARGUMENT, "set size to sizeof"));
  CHECK(engine == NULL);
  options = (chagres_options){.size = sizeof options, .threads = -1};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_ARGUMENT, "-1 threads"));
  options = (chagres_options){.size = sizeof options, .heap_bytes = 1ull << 44};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "less than 16 TiB"));
  options.heap_bytes = 1;
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "at least 64 MiB"));
  options = (chagres_options){.size = sizeof options, .threads = 100000};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "100000 threads"));
  options = (chagres_options){.size = sizeof options, .device = "abacus"};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "no device 'abacus'"));
  options = (chagres_options){.size = sizeof options, .spill = "/nowhere"};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "/nowhere is not a folder"));
  struct {
    chagres_options known;
    uint64_t newer;
  } more = {{.size = sizeof more, .threads = 1}, 1};
  CHECK(failed(chagres_engine_open(&more.known, &engine), CHAGRES_ARGUMENT, "fields that this version"));
  options = (chagres_options){.size = sizeof options, .memory_bytes = UINT64_MAX};
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "no amount of memory"));
  options.memory_bytes = 1 << 20;
  CHECK(setenv("TMPDIR", "/nowhere", 1) == 0);
  CHECK(failed(chagres_engine_open(&options, &engine), CHAGRES_INPUT, "/nowhere is not a folder"));
  CHECK(unsetenv("TMPDIR") == 0);
  CHECK(chagres_engine_open(&options, &engine) == CHAGRES_OK);
  chagres_prover *poor;
  CHECK(chagres_prover_open(engine, key_file("model.pk"), &poor) == CHAGRES_OK);
  told nothing = {0};
  chagres_sink deaf = {.size = sizeof deaf, .proof = keep, .user = &nothing};
  int32_t zero = 0;
  CHECK(failed(chagres_prove(poor, &zero, 1, 1, &deaf), CHAGRES_INPUT, "this sequence needs at least"));
  CHECK(chagres_prover_close(poor) == CHAGRES_OK && chagres_engine_close(engine) == CHAGRES_OK);
  more.newer = 0;
  CHECK(chagres_engine_open(&more.known, &engine) == CHAGRES_OK && engine != NULL);

  chagres_prover *prover = (chagres_prover *)1;
  CHECK(failed(chagres_prover_open(NULL, "x", &prover), CHAGRES_ARGUMENT, "engine is null"));
  CHECK(prover == NULL);
  CHECK(failed(chagres_prover_open(engine, NULL, &prover), CHAGRES_ARGUMENT, "file is null"));
  CHECK(failed(chagres_prover_open(engine, "/no/such.pk", &prover), CHAGRES_INPUT, "/no/such.pk: no such file"));
  CHECK(failed(chagres_prover_open(engine, keys, &prover), CHAGRES_INPUT, keys));
  CHECK(failed(chagres_prover_open(engine, proof_file, &prover), CHAGRES_INPUT, "cannot be read as a proving key"));
  CHECK(failed(chagres_prover_open(engine, key_file("model.vk"), &prover), CHAGRES_INPUT, "proving key"));
  CHECK(chagres_prover_open(engine, key_file("model.pk"), &prover) == CHAGRES_OK);

  static const int32_t prompt[] = {0, 1, 2}, outside[] = {0, 26}, negative[] = {-1}, large[1000] = {0};
  told t = {0};
  chagres_sink sink = sink_of(&t, prover), no_proof = {.size = sizeof no_proof}, no_size = sink;
  no_size.size = 0;
  CHECK(failed(chagres_prove(NULL, prompt, 3, 1, &sink), CHAGRES_ARGUMENT, "prover is null"));
  CHECK(failed(chagres_prove(prover, NULL, 3, 1, &sink), CHAGRES_ARGUMENT, "prompt is null"));
  CHECK(failed(chagres_prove(prover, prompt, 3, 1, NULL), CHAGRES_ARGUMENT, "sink is null"));
  CHECK(failed(chagres_prove(prover, prompt, 3, 1, &no_proof), CHAGRES_ARGUMENT, "proof function"));
  CHECK(failed(chagres_prove(prover, prompt, 3, 1, &no_size), CHAGRES_ARGUMENT, "size"));
  CHECK(failed(chagres_prove(prover, NULL, 0, 1, &sink), CHAGRES_INPUT, "the prompt is empty"));
  CHECK(failed(chagres_prove(prover, prompt, 3, 0, &sink), CHAGRES_INPUT, "nothing to generate"));
  CHECK(failed(chagres_prove(prover, prompt, 3, INT32_MIN, &sink), CHAGRES_INPUT, "nothing to generate"));
  CHECK(failed(chagres_prove(prover, prompt, 3, INT32_MAX, &sink), CHAGRES_INPUT, "do not fit the context"));
  CHECK(failed(chagres_prove(prover, outside, 2, 1, &sink), CHAGRES_INPUT, "token id 26 at position 1 is outside"));
  CHECK(failed(chagres_prove(prover, negative, 1, 1, &sink), CHAGRES_INPUT, "token id -1"));
  CHECK(failed(chagres_prove(prover, large, 1000, 1, &sink), CHAGRES_INPUT, "the prompt has 1000 tokens"));
  CHECK(failed(chagres_prove(prover, prompt, SIZE_MAX, 1, &sink), CHAGRES_INPUT, "the prompt has 1844"));
  CHECK(failed(chagres_prove_bound(prover, prompt, 3, 1, NULL, 1, &sink), CHAGRES_ARGUMENT, "binding is null"));
  CHECK(failed(chagres_prove_bound(prover, prompt, 3, 1, proof, 1 << 20, &sink), CHAGRES_INPUT, "65536 bytes"));
  CHECK(t.proofs == 0);

  chagres_key *key = (chagres_key *)1, *none;
  CHECK(failed(chagres_key_open(NULL, 0, &key), CHAGRES_ARGUMENT, "key is null"));
  CHECK(key == NULL);
  CHECK(failed(chagres_key_open(vk, vk_bytes - 1, &key), CHAGRES_INPUT, "ends early"));
  CHECK(failed(chagres_key_open(vk, 0, &key), CHAGRES_INPUT, "ends early"));
  CHECK(failed(chagres_key_open(proof, n, &key), CHAGRES_INPUT, "not a Chagres verifying key"));
  CHECK(chagres_key_open(vk, vk_bytes, &key) == CHAGRES_OK);
  chagres_model model = {.size = sizeof model};
  CHECK(chagres_key_model(key, &model) == CHAGRES_OK && model.size == sizeof model);
  CHECK(model.context == 16 && model.vocabulary == 26 && model.end_of_text == -1 && model.tokenizer == 1);
  CHECK(model.end_count == 0 && model.end_ids[0] == -1 && model.end_ids[7] == -1);
  CHECK(strcmp(model.name, "tiny") == 0);
  model.size = 4;
  CHECK(failed(chagres_key_model(key, &model), CHAGRES_ARGUMENT, "size 4"));

  chagres_verdict verdict = {0};
  CHECK(failed(chagres_verify(key, proof, n, &verdict), CHAGRES_ARGUMENT, "size 0"));
  verdict.size = sizeof verdict;
  CHECK(failed(chagres_verify(NULL, proof, n, &verdict), CHAGRES_ARGUMENT, "key is null"));
  CHECK(failed(chagres_verify(key, NULL, 1, &verdict), CHAGRES_ARGUMENT, "proof is null"));
  CHECK(chagres_verify(key, NULL, 0, &verdict) == CHAGRES_OK);
  CHECK(verdict.accepted == 0 && strcmp(verdict.check, "format/header") == 0 && verdict.ids == NULL);
  CHECK(strncmp(verdict.text, "REJECTED", 8) == 0);
  CHECK(chagres_verify(key, vk, vk_bytes, &verdict) == CHAGRES_OK && verdict.accepted == 0);
  for (size_t at = 0; at < n; at += n / 10) {
    proof[at] ^= 1;
    CHECK(chagres_verify(key, proof, n, &verdict) == CHAGRES_OK && verdict.accepted == 0 && verdict.check[0] != 0);
    proof[at] ^= 1;
  }
  uint8_t *junk = calloc(MUCH, 1); /* more than the heap has room for */
  CHECK(junk != NULL);
  CHECK(chagres_verify(key, junk, MUCH, &verdict) == CHAGRES_OK && strcmp(verdict.check, "format/header") == 0);
  CHECK(failed(chagres_key_open(junk, MUCH, &none), CHAGRES_INPUT, "a verifying key has at most"));
  memcpy(junk, proof, n);
  CHECK(chagres_verify(key, junk, MUCH, &verdict) == CHAGRES_OK && strcmp(verdict.check, "format/length") == 0);
  free(junk);
  CHECK(chagres_verify(key, proof, n, &verdict) == CHAGRES_OK && verdict.accepted == 1);
  CHECK(verdict.prompt == 3 && memcmp(verdict.ids, prompt, sizeof prompt) == 0);
  chagres_verdict_close(&verdict);
  chagres_verdict_close(&verdict);

  int32_t ids[MOST_IDS];
  char text[64];
  size_t count;
  CHECK(chagres_encode(key, "chagres", 7, ids, MOST_IDS, &count) == CHAGRES_OK && count == 7 && ids[0] == 2);
  CHECK(chagres_decode(key, ids, 7, text, sizeof text, &count) == CHAGRES_OK && count == 7);
  CHECK(memcmp(text, "chagres", 7) == 0);
  CHECK(failed(chagres_encode(key, "chagres", 7, ids, 6, &count), CHAGRES_ARGUMENT, "7 are needed") && count == 7);
  CHECK(failed(chagres_decode(key, ids, 7, NULL, 0, &count), CHAGRES_ARGUMENT, "7 are needed") && count == 7);
  CHECK(failed(chagres_encode(key, "a b", 3, ids, MOST_IDS, &count), CHAGRES_INPUT, "U+0020"));
  CHECK(failed(chagres_encode(key, "\xff", 1, ids, MOST_IDS, &count), CHAGRES_INPUT, "not UTF-8"));
  CHECK(failed(chagres_encode(key, "", SIZE_MAX, ids, MOST_IDS, &count), CHAGRES_ARGUMENT, "in one call"));
  CHECK(failed(chagres_decode(key, ids, SIZE_MAX / 4 + 2, text, sizeof text, &count), CHAGRES_ARGUMENT, "in one call"));
  CHECK(failed(chagres_encode(key, NULL, 1, ids, MOST_IDS, &count), CHAGRES_ARGUMENT, "text is null"));
  CHECK(chagres_encode(key, NULL, 0, NULL, 0, &count) == CHAGRES_OK && count == 0);
  ids[0] = INT32_MAX;
  CHECK(chagres_decode(key, ids, 1, text, sizeof text, &count) == CHAGRES_OK);
  CHECK(memcmp(text, "<2147483647>", count) == 0);
  chagres_key_close(key);
  chagres_key_close(NULL);
  CHECK(chagres_prover_close(prover) == CHAGRES_OK && chagres_prover_close(NULL) == CHAGRES_OK);
  CHECK(chagres_engine_close(engine) == CHAGRES_OK && chagres_engine_close(NULL) == CHAGRES_OK);
  free(proof);
  free(vk);
}

/* The resident memory of this process in KiB. */
static long resident(void) {
  long pages;
  FILE *in = fopen("/proc/self/statm", "r");
  CHECK(in != NULL && fscanf(in, "%*d %ld", &pages) == 1);
  fclose(in);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

typedef struct work {
  const chagres_key *key;
  const uint8_t *proof;
  size_t n;
  int times;
} work;

static void *verify_many(void *argument) {
  const work *w = argument;
  for (int i = 0; i < w->times; i++) {
    chagres_verdict verdict = {.size = sizeof verdict};
    CHECK(chagres_verify(w->key, w->proof, w->n, &verdict) == CHAGRES_OK && verdict.accepted == 1);
    chagres_verdict_close(&verdict);
  }
  return NULL;
}

static void on_small_stacks(work *w) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) threads[i] = small_thread(verify_many, w);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

/* Many verifications of several threads with small stacks; prints how memory has grown, in KiB. */
static void verify(const char *proof_file, int times) {
  size_t n;
  uint8_t *proof = read_file(proof_file, &n);
  chagres_key *key = open_key();
  work w = {key, proof, n, times / THREADS / 4 + 1};
  on_small_stacks(&w); /* heap and compiled code come to their sizes */
  long before = resident();
  w.times = times / THREADS;
  on_small_stacks(&w);
  printf("%ld %ld\n", before, resident());
  chagres_key_close(key);
  free(proof);
}

static volatile sig_atomic_t caught[65];
static sigjmp_buf fault;

static void count_signal(int number) { caught[number]++; }

static void leave_fault(int number) {
  caught[number]++;
  siglongjmp(fault, 1);
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  CHECK(sigaction(number, &action, NULL) == 0);
}

/*
 * Handlers of the host run, those that were there before the machine and those that came later; one for faults, which
 * are the machine's as well, may come later where libjsig is loaded first.
 */
static void signals(const char *proof_file, int late) {
  size_t n;
  uint8_t *proof = read_file(proof_file, &n);
  handle(SIGUSR1, count_signal);
  handle(SIGTERM, count_signal);
  if (!late) handle(SIGSEGV, leave_fault);
  CHECK(setlocale(LC_ALL, "C") != NULL);
  chagres_key *key = open_key();
  CHECK(strcmp(setlocale(LC_ALL, NULL), "C") == 0);
  handle(SIGINT, count_signal);
  handle(SIGHUP, count_signal);
  if (late) handle(SIGSEGV, leave_fault);
  work w = {key, proof, n, 20};
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, verify_many, &w) == 0);
  static const int sent[] = {SIGUSR1, SIGTERM, SIGINT, SIGHUP};
  for (int i = 0; i < 100; i++) {
    for (int k = 0; k < 4; k++) {
      int number = sent[k], before = caught[number];
      CHECK(kill(getpid(), number) == 0); /* to any thread of the process that does not block it */
      for (int wait = 0; caught[number] == before && wait < 10000; wait++) usleep(100);
      CHECK(caught[number] == before + 1);
    }
    /* Again and again the host reads where it must not. */
    static char *volatile nowhere = (char *)64;
    if (sigsetjmp(fault, 1) == 0) {
      printf("%c", *nowhere);
      CHECK(!"the read has failed");
    }
  }
  pthread_join(thread, NULL);
  CHECK(caught[SIGSEGV] == 100);
  chagres_key_close(key);
  free(proof);
}

/* A prover that is open until the process is killed. */
static void hold(void) {
  chagres_engine *engine = open_engine();
  chagres_prover *prover;
  CHECK(chagres_prover_open(engine, key_file("model.pk"), &prover) == CHAGRES_OK);
  puts("open");
  fflush(stdout);
  for (;;) pause();
}

static _Atomic(chagres_key *) opened;

static void *open_slowly(void *nothing) {
  opened = open_key();
  return nothing;
}

/* Whether the library of the machine has been loaded. */
static int has_machine(void) {
  char line[512];
  FILE *in = fopen("/proc/self/maps", "r");
  int found = 0;
  CHECK(in != NULL);
  while (!found && fgets(line, sizeof line, in) != NULL) found = strstr(line, "/libjvm.so") != NULL;
  fclose(in);
  return found;
}

/* Children that are forked while the machine is being started: each is told at once that it has none. */
static chagres_key *fork_while_it_starts(void) {
  pthread_t thread;
  int children = 0;
  CHECK(pthread_create(&thread, NULL, open_slowly, NULL) == 0);
  while (!has_machine()) usleep(100);
  for (; opened == NULL; children++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      chagres_engine *engine;
      alarm(TOO_LONG);
      CHECK(failed(chagres_engine_open(NULL, &engine), CHAGRES_RUNTIME, "forked"));
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  CHECK(children > 0);
  pthread_join(thread, NULL);
  return opened;
}

/* A child that was forked has no machine, and is told so; with exec it starts its own. */
static void forked(const char *self) {
  chagres_key *key = fork_while_it_starts();
  chagres_model model = {.size = sizeof model};
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    chagres_engine *engine;
    CHECK(failed(chagres_key_model(key, &model), CHAGRES_RUNTIME, "not one of this process"));
    CHECK(failed(chagres_engine_open(NULL, &engine), CHAGRES_RUNTIME, "forked"));
    execl(self, self, "start", keys, "", (char *)NULL);
    _exit(1);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(chagres_key_model(key, &model) == CHAGRES_OK);
  chagres_key_close(key);
}

static int lines;

static void count_line(void *user, int32_t level, const char *line) {
  CHECK(user == &lines && level >= CHAGRES_DEBUG && level <= CHAGRES_SEVERE);
  if (strstr(line, "kernels: ") == line) lines++;
  CHECK(failed(chagres_engine_close(user), CHAGRES_ARGUMENT, "callback")); /* refused before it is looked at */
}

/* Starts the machine twice with a home and a class path, which may be null; prints the line if it fails. */
static void start(const char *home, const char *class_path) {
  chagres_options options = {.size = sizeof options, .threads = 1, .log = count_line, .user = &lines};
  options.class_path = class_path;
  if (home[0] != 0) options.home = home;
  chagres_engine *engine;
  for (int i = 0; i < 2; i++) {
    int32_t status = chagres_engine_open(&options, &engine);
    if (status == CHAGRES_OK) {
      CHECK(lines == i + 1);
      CHECK(chagres_engine_close(engine) == CHAGRES_OK);
    } else {
      CHECK(status == CHAGRES_RUNTIME && engine == NULL);
      printf("%s\n", chagres_error());
    }
  }
}

int main(int argc, char **argv) {
  CHECK(argc >= 3);
  const char *mode = argv[1];
  keys = argv[2];
  const char *more = argc > 3 ? argv[3] : "";
  if (strcmp(mode, "prove") == 0) {
    prove(more);
  } else if (strcmp(mode, "calls") == 0) {
    calls(more);
  } else if (strcmp(mode, "verify") == 0) {
    verify(more, atoi(argv[4]));
  } else if (strcmp(mode, "signals") == 0) {
    signals(more, argc > 4);
  } else if (strcmp(mode, "hold") == 0) {
    hold();
  } else if (strcmp(mode, "fork") == 0) {
    forked(argv[0]);
  } else if (strcmp(mode, "start") == 0) {
    start(more, argc > 4 ? argv[4] : NULL);
  } else {
    CHECK(!"a mode");
  }
  return 0;
}

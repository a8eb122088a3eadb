/* The functions of chagres.h: arguments are checked, the work is handed over to a thread of the library. */
#define _GNU_SOURCE
#pragma GCC visibility push(default)
#include "chagres.h"
#pragma GCC visibility pop

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "jvm.h"
#include "table.h"

struct chagres_engine {
  int64_t id;
};

struct chagres_prover {
  int64_t id;
};

struct chagres_key {
  int64_t id;
};

/* Sizes of the structures of CHAGRES_ABI 1, whatever is added behind their last fields: none is smaller. */
enum { LEAST_OPTIONS = 72, LEAST_SINK = 40, LEAST_MODEL = 308, LEAST_VERDICT = 632 };

#define END_OF(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))
_Static_assert(END_OF(chagres_options, user) == LEAST_OPTIONS, "fields are only added behind the last");
_Static_assert(END_OF(chagres_sink, user) == LEAST_SINK, "fields are only added behind the last");
_Static_assert(END_OF(chagres_model, name) == LEAST_MODEL, "fields are only added behind the last");
_Static_assert(END_OF(chagres_verdict, text) == LEAST_VERDICT, "fields are only added behind the last");

/* Bytes or ids that one array of Java can have, with room to spare for what becomes of them. */
static const size_t MOST_TEXT = INT32_MAX / 4;

static _Thread_local char message[EMBED_TEXT];

/* What a call hands over; each function uses what it needs. */
typedef struct call {
  embed_job job;
  const embed_table *table;
  int32_t (*body)(struct call *);
  const chagres_options *options; /* of a call that may start the machine; else null */
  int64_t object;
  int64_t made;
  const char *name;
  const void *in;
  uint64_t in_count;
  const uint8_t *binding;
  uint64_t binding_bytes;
  int32_t generate;
  void *out;
  uint64_t capacity;
  uint64_t count;
  char text[EMBED_TEXT];
} call;

static int32_t fail(int32_t status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return status;
}

static int32_t null_argument(const char *function, const char *name) {
  return fail(CHAGRES_ARGUMENT, "%s: %s is null", function, name);
}

/* The caller's structure as this version has it: fields that its header lacks are 0. Fields of newer ones must be. */
static int32_t take(const char *function, const char *name, const void *from, uint32_t least, void *to, size_t known) {
  uint32_t size;
  memcpy(&size, from, sizeof size);
  if (size < least || size > 1u << 16) {
    return fail(CHAGRES_ARGUMENT, "%s: %s has the size %u, at least %u is expected; set size to sizeof", function, name,
                size, least);
  }
  for (size_t i = known; i < size; i++) {
    if (((const uint8_t *)from)[i] != 0) {
      return fail(CHAGRES_ARGUMENT, "%s: %s has fields that this version of the library does not know", function, name);
    }
  }
  memset(to, 0, known);
  memcpy(to, from, size < known ? size : known);
  return CHAGRES_OK;
}

static void stuck(void *argument, int32_t status) { embed_end(&((call *)argument)->job, status); }

/* On a thread of the library. */
static int32_t run_call(void *argument) {
  call *c = argument;
  if (c->options != NULL) {
    int32_t status = embed_start(c->options, stuck, c, c->text, &c->table);
    if (status != CHAGRES_OK) return status;
  } else {
    c->table = embed_started();
    if (c->table == NULL) {
      snprintf(c->text, sizeof c->text, "the Java machine of this object is not one of this process");
      return CHAGRES_RUNTIME;
    }
  }
  if (embed_attach() != 0) {
    snprintf(c->text, sizeof c->text, "no memory for a thread of the Java machine");
    return CHAGRES_MEMORY;
  }
  return c->body(c);
}

/* Runs a call on a thread of the library; its line becomes this thread's. */
static int32_t run(const char *function, call *c, int32_t (*body)(call *)) {
  message[0] = 0;
  c->body = body;
  c->text[0] = 0;
  c->job.run = run_call;
  c->job.arguments = c;
  int32_t status = embed_run(&c->job);
  if (status != CHAGRES_OK) {
    fail(status, "%s: %s", function, c->text[0] == 0 ? "no thread can be started" : c->text);
  }
  return status;
}

int32_t chagres_abi(void) { return CHAGRES_ABI; }

const char *chagres_version(void) { return CHAGRES_VERSION; }

const char *chagres_error(void) { return message; }

static int32_t open_engine(call *c) {
  const chagres_options *o = c->options;
  const char *spill = o->spill;
  if (spill == NULL && o->memory_bytes > 0) {
    spill = secure_getenv("TMPDIR"); /* which Java does not look at: its folder is /tmp */
    if (spill != NULL && spill[0] == 0) spill = NULL;
  }
  return c->table->engine_open(c->text, spill, o->memory_bytes, o->threads, (void *)o->log, o->user, &c->made);
}

int32_t chagres_engine_open(const chagres_options *options, chagres_engine **out) {
  chagres_options known = {.size = sizeof known};
  if (out == NULL) return null_argument(__func__, "out");
  *out = NULL;
  if (options != NULL) {
    int32_t status = take(__func__, "options", options, LEAST_OPTIONS, &known, sizeof known);
    if (status != CHAGRES_OK) return status;
  }
  if (known.threads < 0) return fail(CHAGRES_ARGUMENT, "%s: %d threads", __func__, known.threads);
  if (known.device != NULL && strcmp(known.device, "cpu") != 0) {
    return fail(CHAGRES_INPUT, "%s: there is no device '%.100s'; the only one is cpu", __func__, known.device);
  }
  chagres_engine *engine = malloc(sizeof *engine);
  if (engine == NULL) return fail(CHAGRES_MEMORY, "%s: no memory", __func__);
  call c = {.options = &known};
  int32_t status = run(__func__, &c, open_engine);
  if (status != CHAGRES_OK) {
    free(engine);
    return status;
  }
  engine->id = c.made;
  *out = engine;
  return CHAGRES_OK;
}

/* A proof would wait for its own callback. */
static int32_t not_in_callback(const char *function) {
  return embed_in_callback() ? fail(CHAGRES_ARGUMENT, "%s: called from a callback; let the callback return 1 instead",
                                    function) : CHAGRES_OK;
}

/* A close for which there is no memory can be repeated; on the Java side that does nothing if it was done. */
static int closed(int32_t status) { return status != CHAGRES_MEMORY; }

static int32_t close_engine(call *c) { return c->table->engine_close(c->text, c->object); }

int32_t chagres_engine_close(chagres_engine *engine) {
  if (engine == NULL) return CHAGRES_OK;
  if (not_in_callback(__func__) != CHAGRES_OK) return CHAGRES_ARGUMENT;
  call c = {.object = engine->id};
  int32_t status = run(__func__, &c, close_engine);
  if (closed(status)) free(engine);
  return status;
}

static int32_t open_prover(call *c) { return c->table->prover_open(c->text, c->object, c->name, &c->made); }

int32_t chagres_prover_open(chagres_engine *engine, const char *file, chagres_prover **out) {
  if (out == NULL) return null_argument(__func__, "out");
  *out = NULL;
  if (engine == NULL) return null_argument(__func__, "engine");
  if (file == NULL) return null_argument(__func__, "file");
  chagres_prover *prover = malloc(sizeof *prover);
  if (prover == NULL) return fail(CHAGRES_MEMORY, "%s: no memory", __func__);
  call c = {.object = engine->id, .name = file};
  int32_t status = run(__func__, &c, open_prover);
  if (status != CHAGRES_OK) {
    free(prover);
    return status;
  }
  prover->id = c.made;
  *out = prover;
  return CHAGRES_OK;
}

static int32_t close_prover(call *c) { return c->table->prover_close(c->text, c->object); }

int32_t chagres_prover_close(chagres_prover *prover) {
  if (prover == NULL) return CHAGRES_OK;
  if (not_in_callback(__func__) != CHAGRES_OK) return CHAGRES_ARGUMENT;
  call c = {.object = prover->id};
  int32_t status = run(__func__, &c, close_prover);
  if (closed(status)) free(prover);
  return status;
}

/* Runs a call that makes a key. */
static int32_t make_key(const char *function, call *c, int32_t (*body)(call *), chagres_key **out) {
  chagres_key *key = malloc(sizeof *key);
  if (key == NULL) return fail(CHAGRES_MEMORY, "%s: no memory", function);
  int32_t status = run(function, c, body);
  if (status != CHAGRES_OK) {
    free(key);
    return status;
  }
  key->id = c->made;
  *out = key;
  return CHAGRES_OK;
}

static int32_t key_of_prover(call *c) { return c->table->prover_key(c->text, c->object, &c->made); }

int32_t chagres_prover_key(chagres_prover *prover, chagres_key **out) {
  if (out == NULL) return null_argument(__func__, "out");
  *out = NULL;
  if (prover == NULL) return null_argument(__func__, "prover");
  call c = {.object = prover->id};
  return make_key(__func__, &c, key_of_prover, out);
}

static int32_t prove(call *c) {
  return c->table->prove(c->text, c->object, c->in, c->in_count, c->generate, c->binding, c->binding_bytes, &c->job);
}

static int32_t prove_for(const char *function, chagres_prover *prover, const int32_t *prompt, size_t n,
                         int32_t generate, const uint8_t *binding, size_t binding_bytes, const chagres_sink *sink) {
  chagres_sink known;
  if (prover == NULL) return null_argument(function, "prover");
  if (prompt == NULL && n > 0) return null_argument(function, "prompt");
  if (binding == NULL && binding_bytes > 0) return null_argument(function, "binding");
  if (sink == NULL) return null_argument(function, "sink");
  int32_t status = take(function, "sink", sink, LEAST_SINK, &known, sizeof known);
  if (status != CHAGRES_OK) return status;
  if (known.proof == NULL) return null_argument(function, "the proof function of sink");
  call c = {.job = {.sink = &known}, .object = prover->id, .in = prompt, .in_count = n, .generate = generate,
            .binding = binding, .binding_bytes = binding_bytes};
  return run(function, &c, prove);
}

int32_t chagres_prove(chagres_prover *prover, const int32_t *prompt, size_t n, int32_t generate,
                      const chagres_sink *sink) {
  return prove_for(__func__, prover, prompt, n, generate, NULL, 0, sink);
}

int32_t chagres_prove_bound(chagres_prover *prover, const int32_t *prompt, size_t n, int32_t generate,
                            const uint8_t *binding, size_t binding_bytes, const chagres_sink *sink) {
  return prove_for(__func__, prover, prompt, n, generate, binding, binding_bytes, sink);
}

static int32_t open_key(call *c) { return c->table->key_open(c->text, c->in, c->in_count, &c->made); }

int32_t chagres_key_open(const uint8_t *key, size_t bytes, chagres_key **out) {
  if (out == NULL) return null_argument(__func__, "out");
  *out = NULL;
  if (key == NULL) return null_argument(__func__, "key");
  chagres_options defaults = {.size = sizeof defaults};
  call c = {.options = &defaults, .in = key, .in_count = bytes};
  return make_key(__func__, &c, open_key, out);
}

static int32_t close_key(call *c) { return c->table->key_close(c->text, c->object); }

void chagres_key_close(chagres_key *key) {
  if (key == NULL) return;
  call c = {.object = key->id};
  run(__func__, &c, close_key);
  free(key);
}

/* As much of a filled structure as the caller has room for. */
static void give(void *to, uint32_t size, const void *from, size_t known) {
  memcpy(to, from, size < known ? size : known);
  memcpy(to, &size, sizeof size);
}

static int32_t describe(call *c) {
  int32_t numbers[EMBED_MODEL_NUMBERS];
  chagres_model *model = c->out;
  int32_t status = c->table->key_model(c->text, c->object, numbers, model->digest, model->name, sizeof model->name);
  if (status == CHAGRES_OK) {
    model->context = numbers[EMBED_CONTEXT];
    model->vocabulary = numbers[EMBED_VOCABULARY];
    model->end_of_text = numbers[EMBED_END_IDS];
    model->tokenizer = numbers[EMBED_TOKENIZER];
    model->end_count = numbers[EMBED_ENDS];
    memcpy(model->end_ids, numbers + EMBED_END_IDS, sizeof model->end_ids);
  }
  return status;
}

int32_t chagres_key_model(const chagres_key *key, chagres_model *out) {
  chagres_model model = {0};
  if (out == NULL) return null_argument(__func__, "out");
  uint32_t size = out->size;
  if (size < LEAST_MODEL) {
    return fail(CHAGRES_ARGUMENT, "%s: out has the size %u; set size to sizeof", __func__, size);
  }
  if (key == NULL) return null_argument(__func__, "key");
  call c = {.object = key->id, .out = &model};
  int32_t status = run(__func__, &c, describe);
  if (status == CHAGRES_OK) give(out, size, &model, sizeof model);
  return status;
}

static int32_t verify(call *c) {
  chagres_verdict *v = c->out;
  int32_t numbers[EMBED_VERDICT_NUMBERS] = {0};
  uint64_t lengths[2] = {0}, binding_bytes = 0;
  int32_t status = c->table->verify(c->text, c->object, c->in, c->in_count, numbers, &v->ids, lengths,
                                    &v->binding, &binding_bytes, v->check, sizeof v->check, v->text, sizeof v->text);
  v->accepted = numbers[EMBED_ACCEPTED];
  v->ending = numbers[EMBED_ENDING];
  v->security_bits = numbers[EMBED_SECURITY_BITS];
  v->prompt = (size_t)lengths[0];
  v->output = (size_t)lengths[1];
  v->binding_bytes = (size_t)binding_bytes;
  return status;
}

int32_t chagres_verify(const chagres_key *key, const uint8_t *proof, size_t bytes, chagres_verdict *out) {
  chagres_verdict verdict = {0};
  if (out == NULL) return null_argument(__func__, "out");
  uint32_t size = out->size;
  if (size < LEAST_VERDICT) {
    return fail(CHAGRES_ARGUMENT, "%s: out has the size %u; set size to sizeof", __func__, size);
  }
  give(out, size, &verdict, sizeof verdict);
  if (key == NULL) return null_argument(__func__, "key");
  if (proof == NULL && bytes > 0) return null_argument(__func__, "proof");
  call c = {.object = key->id, .in = proof, .in_count = bytes, .out = &verdict};
  int32_t status = run(__func__, &c, verify);
  if (status == CHAGRES_OK) {
    give(out, size, &verdict, sizeof verdict);
  } else {
    chagres_verdict_close(&verdict);
  }
  return status;
}

void chagres_verdict_close(chagres_verdict *verdict) {
  if (verdict == NULL) return;
  free(verdict->ids);
  free(verdict->binding);
  verdict->ids = NULL;
  verdict->binding = NULL;
  verdict->prompt = verdict->output = verdict->binding_bytes = 0;
}

static int32_t too_small(const char *function, uint64_t count, size_t capacity) {
  return fail(CHAGRES_ARGUMENT, "%s: %llu are needed, there is room for %zu", function, (unsigned long long)count,
              capacity);
}

static int32_t too_long(const char *function, size_t n) {
  return fail(CHAGRES_ARGUMENT, "%s: %zu in one call, at most %zu are possible", function, n, MOST_TEXT);
}

static int32_t encode(call *c) {
  return c->table->encode(c->text, c->object, c->in, c->in_count, c->out, c->capacity, &c->count);
}

int32_t chagres_encode(const chagres_key *key, const char *text, size_t bytes, int32_t *ids, size_t capacity,
                       size_t *count) {
  if (count == NULL) return null_argument(__func__, "count");
  *count = 0;
  if (key == NULL) return null_argument(__func__, "key");
  if (text == NULL && bytes > 0) return null_argument(__func__, "text");
  if (ids == NULL && capacity > 0) return null_argument(__func__, "ids");
  if (bytes > MOST_TEXT) return too_long(__func__, bytes);
  call c = {.object = key->id, .in = text, .in_count = bytes, .out = ids, .capacity = capacity};
  int32_t status = run(__func__, &c, encode);
  if (status != CHAGRES_OK) return status;
  *count = (size_t)c.count;
  return c.count > capacity ? too_small(__func__, c.count, capacity) : CHAGRES_OK;
}

static int32_t decode(call *c) {
  return c->table->decode(c->text, c->object, c->in, c->in_count, c->out, c->capacity, &c->count);
}

int32_t chagres_decode(const chagres_key *key, const int32_t *ids, size_t n, char *text, size_t capacity,
                       size_t *bytes) {
  if (bytes == NULL) return null_argument(__func__, "bytes");
  *bytes = 0;
  if (key == NULL) return null_argument(__func__, "key");
  if (ids == NULL && n > 0) return null_argument(__func__, "ids");
  if (text == NULL && capacity > 0) return null_argument(__func__, "text");
  if (n > MOST_TEXT) return too_long(__func__, n);
  call c = {.object = key->id, .in = ids, .in_count = n, .out = text, .capacity = capacity};
  int32_t status = run(__func__, &c, decode);
  if (status != CHAGRES_OK) return status;
  *bytes = (size_t)c.count;
  return c.count > capacity ? too_small(__func__, c.count, capacity) : CHAGRES_OK;
}

/*
 * What the C side and the Java side call of each other. Java's half is dev.chagres.ffm.embed.Table: same names, same
 * order, same types, which a test compares. Both come from one build: `version` is counted up with every change.
 *
 * A function that Java fills in returns a chagres_status and writes one line into `text`, EMBED_TEXT bytes, if that is
 * not CHAGRES_OK. Objects are numbers on the Java side. A function that C fills in returns 0, or not 0 to cancel.
 */
#ifndef CHAGRES_EMBED_TABLE_H
#define CHAGRES_EMBED_TABLE_H

#include <stdint.h>

enum { EMBED_VERSION = 2, EMBED_TEXT = 1024 };

/* Numbers that key_model and verify write, in this order. */
enum {
  EMBED_CONTEXT,
  EMBED_VOCABULARY,
  EMBED_TOKENIZER,
  EMBED_ENDS,    /* number of ids that end a text */
  EMBED_END_IDS, /* the first of them; -1 where there are less than 8 */
  EMBED_MODEL_NUMBERS = EMBED_END_IDS + 8
};
enum { EMBED_ACCEPTED, EMBED_ENDING, EMBED_SECURITY_BITS, EMBED_VERDICT_NUMBERS };

struct embed_job;

typedef struct embed_table {
  uint32_t size;
  uint32_t version;
  uint32_t from_c;    /* functions that C fills in */
  uint32_t from_java; /* functions that Java fills in */

  int32_t (*progress)(struct embed_job *job, const char *phase, double done);
  int32_t (*token)(struct embed_job *job, int32_t id);
  int32_t (*proof)(struct embed_job *job, const uint8_t *bytes, uint64_t n);
  int32_t (*log)(void *function, void *user, int32_t level, const char *line);
  void *(*allocate)(uint64_t bytes); /* null: no memory; freed by C */

  int32_t (*engine_open)(char *text, const char *spill, uint64_t memory, int32_t threads, void *log, void *user,
                         int64_t *engine);
  int32_t (*engine_close)(char *text, int64_t engine);
  int32_t (*prover_open)(char *text, int64_t engine, const char *file, int64_t *prover);
  int32_t (*prover_close)(char *text, int64_t prover);
  int32_t (*prover_key)(char *text, int64_t prover, int64_t *key);
  int32_t (*prove)(char *text, int64_t prover, const int32_t *prompt, uint64_t n, int32_t generate,
                   const uint8_t *binding, uint64_t binding_bytes, struct embed_job *job);
  int32_t (*key_open)(char *text, const uint8_t *bytes, uint64_t n, int64_t *key);
  int32_t (*key_close)(char *text, int64_t key);
  int32_t (*key_model)(char *text, int64_t key, int32_t *numbers, uint8_t *digest, char *name, uint64_t name_bytes);
  int32_t (*verify)(char *text, int64_t key, const uint8_t *proof, uint64_t n, int32_t *numbers, int32_t **ids,
                    uint64_t *lengths, uint8_t **binding, uint64_t *binding_bytes, char *check, uint64_t check_bytes,
                    char *reason, uint64_t reason_bytes);
  int32_t (*encode)(char *text, int64_t key, const char *utf8, uint64_t n, int32_t *ids, uint64_t capacity,
                    uint64_t *count);
  int32_t (*decode)(char *text, int64_t key, const int32_t *ids, uint64_t n, char *utf8, uint64_t capacity,
                    uint64_t *count);
} embed_table;

enum { EMBED_FROM_C = 5, EMBED_FROM_JAVA = 12 };

_Static_assert(sizeof(embed_table) == 16 + 8 * (EMBED_FROM_C + EMBED_FROM_JAVA), "the table has only functions");

#endif

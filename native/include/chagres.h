/*
 * Chagres inside a native program: proofs of greedy inference, made and verified.
 *
 * A function returns a chagres_status unless its comment says otherwise; chagres_error() is one line about this
 * thread's last failure. Any thread may call, with a stack of 64 KiB or more; many threads may call at once, and one
 * prover may make several proofs at once. The work is done by threads of the library. Callbacks of chagres_prove() run
 * on the thread that called it, one at a time; they may call the library, but must not close engines and provers.
 * No callback may throw, longjmp or end its thread through the library.
 *
 * An object that was closed must not be used again. Null is refused, but closing null does nothing.
 *
 * Structures begin with their size, which the caller sets to sizeof; fields that it does not use are 0. So programs
 * that were compiled with an older header go on working.
 */
#ifndef CHAGRES_H
#define CHAGRES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever a prototype or a meaning changes. Fields that are added at the end of a structure are no change. */
enum chagres_abi_number { CHAGRES_ABI = 1 };

/* Status of a call. */
enum chagres_status {
  CHAGRES_OK = 0,
  CHAGRES_ARGUMENT = 1,  /* the call is wrong: null, a size, an object that is closed; nothing has happened */
  CHAGRES_INPUT = 2,     /* a file, a key, a prompt or a limit is not what it has to be */
  CHAGRES_CANCELLED = 3, /* a callback wanted the end, or the prover was closed */
  CHAGRES_MEMORY = 4,    /* memory or threads are used up */
  CHAGRES_RUNTIME = 5,   /* the Java runtime image is missing, does not fit, or did not start */
  CHAGRES_INTERNAL = 6   /* a fault of the machine or of the library */
};

/* What chagres_log receives. */
enum chagres_level { CHAGRES_DEBUG = 0, CHAGRES_INFO = 1, CHAGRES_WARNING = 2, CHAGRES_SEVERE = 3 };

/* Why the output of a proof ends where it does. */
enum chagres_ending {
  CHAGRES_CUT = 0,          /* so much was asked for; the model would go on */
  CHAGRES_END_OF_TEXT = 1,  /* the model said so */
  CHAGRES_CONTEXT_FULL = 2  /* the model cannot go on */
};

typedef struct chagres_engine chagres_engine; /* threads and memory for proving */
typedef struct chagres_prover chagres_prover; /* an engine with a proving key */
typedef struct chagres_key chagres_key;       /* a verifying key and its tokenizer */

/*
 * A line for people. From any thread of the library while the engine is open; it must not call the library. With
 * several engines in a process, lines of all go to the log function of each.
 */
typedef void (*chagres_log)(void *user, int32_t level, const char *line);

typedef struct chagres_options {
  uint32_t size;          /* sizeof(chagres_options) */
  int32_t threads;        /* that one proof uses; 0: one for each processor */
  uint64_t memory_bytes;  /* for the library in all, Java's heap included; what does not fit is spilled; 0: any */
  uint64_t heap_bytes;    /* Java's heap, when this call starts the machine; 0: 384 MiB */
  const char *home;       /* runtime image or JDK; null: found beside this library, else by CHAGRES_HOME */
  const char *class_path; /* jars, with ':' in between; null: those of lib/chagres of the home */
  const char *device;     /* null or "cpu" */
  const char *spill;      /* folder of the file for what does not fit; null: TMPDIR, else /tmp */
  chagres_log log;        /* null: nobody is told */
  void *user;             /* for log */
} chagres_options;

/* What chagres_prove() calls. A result other than 0 cancels the proof. Null: nobody is told; proof must be there. */
typedef struct chagres_sink {
  uint32_t size; /* sizeof(chagres_sink) */
  uint32_t reserved;
  int32_t (*progress)(void *user, const char *phase, double done); /* done: from 0 to 1, of this phase */
  int32_t (*token)(void *user, int32_t id);                        /* every generated id, in order */
  int32_t (*proof)(void *user, const uint8_t *proof, size_t bytes); /* the file, whole; valid during the call */
  void *user;
} chagres_sink;

/* What a key says about its model. */
typedef struct chagres_model {
  uint32_t size;        /* sizeof(chagres_model) */
  int32_t context;      /* most ids but one that a sequence has */
  int32_t vocabulary;   /* ids are 0 .. vocabulary - 1 */
  int32_t end_of_text;  /* the first of the ids that end a text; -1: there is none */
  int32_t tokenizer;    /* whether the key has one: 1 or 0 */
  uint8_t digest[32];   /* BLAKE3 of the verifying key: the identity of the model */
  char name[256];       /* UTF-8, ends with a zero */
  int32_t end_count;    /* number of ids that end a text, at most 8 */
  int32_t end_ids[8];   /* these ids, ascending; -1 in the places behind them */
} chagres_model;

/* What chagres_verify() concludes; closed by chagres_verdict_close(). */
typedef struct chagres_verdict {
  uint32_t size;          /* sizeof(chagres_verdict) */
  int32_t accepted;       /* 1: the model of the key, run greedily on the prompt, generates the output; 0: not proved */
  int32_t ending;         /* chagres_ending */
  int32_t security_bits;  /* that every step of the proof reaches */
  int32_t *ids;           /* prompt, then output; null unless accepted */
  size_t prompt;          /* number of ids of the prompt */
  size_t output;          /* number of ids of the output */
  uint8_t *binding;       /* public bytes that the proof was made for */
  size_t binding_bytes;
  char check[64];         /* the check that failed, such as format/header; empty if accepted */
  char text[512];         /* one line: what is proved, or why not */
} chagres_verdict;

/* The CHAGRES_ABI that the library was built with; not a status. To be compared before anything else is called. */
int32_t chagres_abi(void);

/* The version of the library, such as 0.1.0; lives as long as the library; not a status. */
const char *chagres_version(void);

/* One line about this thread's last failure, or an empty line; valid until this thread's next call; not a status. */
const char *chagres_error(void);

/*
 * Opens an engine; null options are all defaults. The first call of a process starts a Java machine, which stays until
 * the process ends: later calls, after engines were closed as well, use it, and their home, class path and heap do not
 * count.
 */
int32_t chagres_engine_open(const chagres_options *options, chagres_engine **out);

/*
 * Cancels proofs, waits for them, and closes the engine and its provers; chagres_prover_close() frees those. After
 * CHAGRES_MEMORY it is still open, and what belongs to it, `user` above all, is still in use: call again.
 */
int32_t chagres_engine_close(chagres_engine *engine);

/* Opens the proving key in a file, which is mapped and stays as it is while the prover is open. */
int32_t chagres_prover_open(chagres_engine *engine, const char *file, chagres_prover **out);

/* Cancels proofs, waits for them, and closes the prover. After CHAGRES_MEMORY it is still open: call again. */
int32_t chagres_prover_close(chagres_prover *prover);

/* The verifying key of a prover, on its own: it is closed by chagres_key_close(), and may outlive the prover. */
int32_t chagres_prover_key(chagres_prover *prover, chagres_key **out);

/*
 * Continues `n` ids of a prompt by at most `generate` more, and proves that each is what the model chooses. Returns
 * when the proof has been handed over, and has been verified before that.
 */
int32_t chagres_prove(chagres_prover *prover, const int32_t *prompt, size_t n, int32_t generate,
                      const chagres_sink *sink);

/* The same, for public bytes, at most 65536: a request, an order, a nonce. Who verifies the proof sees them. */
int32_t chagres_prove_bound(chagres_prover *prover, const int32_t *prompt, size_t n, int32_t generate,
                            const uint8_t *binding, size_t binding_bytes, const chagres_sink *sink);

/* Reads a verifying key. Needs no engine; starts the Java machine with defaults if there is none. */
int32_t chagres_key_open(const uint8_t *key, size_t bytes, chagres_key **out);

/* Closes a key. What Java has of it stays where no thread can be started. */
void chagres_key_close(chagres_key *key);

int32_t chagres_key_model(const chagres_key *key, chagres_model *out);

/* Any bytes give a verdict and CHAGRES_OK; only a call that fails gives another status, and no verdict. */
int32_t chagres_verify(const chagres_key *key, const uint8_t *proof, size_t bytes, chagres_verdict *out);

/* Frees what the verdict points to, and not the structure. */
void chagres_verdict_close(chagres_verdict *verdict);

/*
 * Ids of a text, UTF-8; control tokens in it are plain text. `count` says how many ids; if that is more than
 * `capacity`, nothing is written and the status is CHAGRES_ARGUMENT.
 */
int32_t chagres_encode(const chagres_key *key, const char *text, size_t bytes, int32_t *ids, size_t capacity,
                       size_t *count);

/*
 * Text of ids, for reading, UTF-8, without a zero at its end: what is no character becomes U+FFFD. `bytes` says how
 * many bytes; if that is more than `capacity`, nothing is written and the status is CHAGRES_ARGUMENT.
 */
int32_t chagres_decode(const chagres_key *key, const int32_t *ids, size_t n, char *text, size_t capacity,
                       size_t *bytes);

#ifdef __cplusplus
}
#endif

#endif

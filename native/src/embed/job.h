/*
 * Work for the threads of the library. A host's thread may have a small stack and its own signals: it hands a job over,
 * waits, and runs the callbacks that the job asks for.
 */
#ifndef CHAGRES_EMBED_JOB_H
#define CHAGRES_EMBED_JOB_H

#include <pthread.h>
#include <stdint.h>

#include "chagres.h"

typedef enum embed_ask { EMBED_NOTHING, EMBED_PROGRESS, EMBED_TOKEN, EMBED_PROOF } embed_ask;

typedef struct embed_job {
  int32_t (*run)(void *arguments); /* on a thread of the library; its result is the status */
  void *arguments;
  const chagres_sink *sink; /* for jobs that ask; else null */
  int32_t status;

  /* The rest belongs to job.c. */
  struct embed_job *next;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int done;
  embed_ask ask;
  int32_t answer;
  const char *phase;
  double part;
  int32_t id;
  const uint8_t *bytes;
  size_t n;
} embed_job;

/* Runs a job and waits for it. CHAGRES_MEMORY if no thread can be started: then it has not run. */
int32_t embed_run(embed_job *job);

/* Ends a job from inside, for a thread that cannot return. */
void embed_end(embed_job *job, int32_t status);

/* Whether this thread is inside a callback: one of a job, or one around which it was said so. */
int embed_in_callback(void);
void embed_enter_callback(void);
void embed_leave_callback(void);

/* Asked from threads of the library; the host's thread answers. */
int32_t embed_ask_progress(embed_job *job, const char *phase, double done);
int32_t embed_ask_token(embed_job *job, int32_t id);
int32_t embed_ask_proof(embed_job *job, const uint8_t *bytes, uint64_t n);

#endif

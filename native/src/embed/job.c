#define _POSIX_C_SOURCE 200809L
#include "job.h"

#include <signal.h>
#include <stddef.h>

/* Java calls back into classes that are being loaded, with many frames: no host's stack, but no large one either. */
enum { STACK_BYTES = 2 << 20 };

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static embed_job *first, *last;
static unsigned queued, idle;

static _Thread_local int in_callback;

int embed_in_callback(void) { return in_callback > 0; }

void embed_enter_callback(void) { in_callback++; }

void embed_leave_callback(void) { in_callback--; }

/* A process that was forked has none of the threads. */
static void forget_threads(void) {
  pthread_mutex_init(&queue_lock, NULL);
  pthread_cond_init(&queue_filled, NULL);
  first = last = NULL;
  queued = idle = 0;
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_threads); }

/* A thread of the library: takes jobs as long as the process lives. It is known to Java from its first job on. */
static void *work(void *nothing) {
  (void)nothing;
  for (;;) {
    pthread_mutex_lock(&queue_lock);
    idle++;
    while (first == NULL) pthread_cond_wait(&queue_filled, &queue_lock);
    idle--;
    embed_job *job = first;
    first = job->next;
    if (first == NULL) last = NULL;
    queued--;
    pthread_mutex_unlock(&queue_lock);
    embed_end(job, job->run(job->arguments));
  }
  return NULL;
}

/* Signals of the host are for its own threads. Java's threads are started from ours and have the same mask. */
static int start_thread(void) {
  sigset_t all, before;
  sigfillset(&all);
  sigdelset(&all, SIGSEGV);
  sigdelset(&all, SIGBUS);
  sigdelset(&all, SIGFPE);
  sigdelset(&all, SIGILL);
  sigdelset(&all, SIGTRAP);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return -1;
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, work, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return failed;
}

/* Queues a job; starts a thread unless one is idle for it. Not 0: the job is not queued. */
static int submit(embed_job *job) {
  static pthread_once_t watched = PTHREAD_ONCE_INIT;
  pthread_once(&watched, watch_forks);
  pthread_mutex_lock(&queue_lock);
  int failed = queued + 1 > idle ? start_thread() : 0;
  if (!failed) {
    job->next = NULL;
    if (last == NULL) {
      first = job;
    } else {
      last->next = job;
    }
    last = job;
    queued++;
    pthread_cond_signal(&queue_filled);
  }
  pthread_mutex_unlock(&queue_lock);
  return failed;
}

static int32_t call_back(const embed_job *job) {
  const chagres_sink *sink = job->sink;
  switch (job->ask) {
    case EMBED_PROGRESS:
      return sink->progress == NULL ? 0 : sink->progress(sink->user, job->phase, job->part);
    case EMBED_TOKEN:
      return sink->token == NULL ? 0 : sink->token(sink->user, job->id);
    default:
      return sink->proof(sink->user, job->bytes, job->n);
  }
}

int32_t embed_run(embed_job *job) {
  pthread_mutex_init(&job->lock, NULL);
  pthread_cond_init(&job->changed, NULL);
  job->done = 0;
  job->ask = EMBED_NOTHING;
  /* A thread that is cancelled while it waits would leave its job, which is on its stack. */
  int cancellable;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
  if (submit(job) != 0) {
    job->status = CHAGRES_MEMORY;
  } else {
    pthread_mutex_lock(&job->lock);
    while (!job->done) {
      if (job->ask == EMBED_NOTHING) {
        pthread_cond_wait(&job->changed, &job->lock);
        continue;
      }
      pthread_mutex_unlock(&job->lock);
      embed_enter_callback();
      int32_t answer = call_back(job);
      embed_leave_callback();
      pthread_mutex_lock(&job->lock);
      job->answer = answer;
      job->ask = EMBED_NOTHING;
      pthread_cond_broadcast(&job->changed);
    }
    pthread_mutex_unlock(&job->lock);
  }
  pthread_setcancelstate(cancellable, NULL);
  pthread_cond_destroy(&job->changed);
  pthread_mutex_destroy(&job->lock);
  return job->status;
}

void embed_end(embed_job *job, int32_t status) {
  pthread_mutex_lock(&job->lock);
  job->status = status;
  job->done = 1;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->lock);
}

/* Asks what is set in the job, whose lock is held; the callers are one at a time, which Java sees to. */
static int32_t ask(embed_job *job, embed_ask what) {
  job->ask = what;
  pthread_cond_broadcast(&job->changed);
  while (job->ask != EMBED_NOTHING) pthread_cond_wait(&job->changed, &job->lock);
  int32_t answer = job->answer;
  pthread_mutex_unlock(&job->lock);
  return answer;
}

int32_t embed_ask_progress(embed_job *job, const char *phase, double done) {
  pthread_mutex_lock(&job->lock);
  job->phase = phase;
  job->part = done;
  return ask(job, EMBED_PROGRESS);
}

int32_t embed_ask_token(embed_job *job, int32_t id) {
  pthread_mutex_lock(&job->lock);
  job->id = id;
  return ask(job, EMBED_TOKEN);
}

int32_t embed_ask_proof(embed_job *job, const uint8_t *bytes, uint64_t n) {
  pthread_mutex_lock(&job->lock);
  job->bytes = bytes;
  job->n = (size_t)n;
  return ask(job, EMBED_PROOF);
}

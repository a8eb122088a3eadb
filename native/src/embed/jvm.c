#define _GNU_SOURCE
#include "jvm.h"

#include <dlfcn.h>
#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home.h"
#include "job.h"

/*
 * The few parts of the Java Native Interface that are needed, as its specification numbers them (chapters 4 and 5):
 * positions in the table of functions, and the structures of JNI_CreateJavaVM.
 */
typedef const void *const *jni_functions;
typedef jni_functions *jni_env;
typedef struct jni_option {
  const char *text;
  void *extra;
} jni_option;
typedef struct jni_arguments {
  int32_t version;
  int32_t count;
  jni_option *options;
  uint8_t ignore_unrecognized;
} jni_arguments;
typedef int32_t (*create_machine)(void **machine, void **env, void *arguments);
typedef int32_t (*created_machines)(void **machines, int32_t capacity, int32_t *count);
typedef void *(*find_class)(jni_env, const char *name);
typedef void *(*exception_occurred)(jni_env);
typedef void (*exception_clear)(jni_env);
typedef void *(*get_object_class)(jni_env, void *object);
typedef void *(*get_method)(jni_env, void *type, const char *name, const char *signature);
typedef void *(*call_object)(jni_env, void *object, void *method, ...);
typedef int32_t (*call_static_int)(jni_env, void *type, void *method, ...);
typedef const char *(*get_utf)(jni_env, void *string, uint8_t *copied);
typedef int32_t (*attach_thread)(void *machine, void **env, void *arguments);
enum {
  JNI_VERSION = 0x00150000,
  FIND_CLASS = 6,
  EXCEPTION_OCCURRED = 15,
  EXCEPTION_CLEAR = 17,
  GET_OBJECT_CLASS = 31,
  GET_METHOD = 33,
  CALL_OBJECT = 34,
  GET_STATIC_METHOD = 113,
  CALL_STATIC_INT = 129,
  GET_UTF = 169,
  ATTACH_AS_DAEMON = 7 /* of the invocation interface */
};

/* Where the upcalls are filled in. */
static const char *const ENTRY_CLASS = "dev/chagres/ffm/embed/Embedded";
static const char *const ENTRY_METHOD = "fill";
static const char *const ENTRY_SIGNATURE = "(J)I";

/* What the machine is told besides paths and sizes. -Xrs leaves HUP, INT, TERM and QUIT to the host. */
static const char *const FIXED[] = {
    "--enable-native-access=ALL-UNNAMED",
    "-Xrs",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-XX:+DisplayVMOutputToStderr",
};

/* What vector kernels need besides, as the command line has it. */
static const char *const VECTOR[] = {
    "--add-modules=jdk.incubator.vector",
    "-XX:CompileCommand=quiet",
    "-XX:CompileCommand=BackgroundCompilation,dev.chagres.kernel.simd.*::*,false",
    "-XX:CompileCommand=CompileThresholdScaling,dev.chagres.kernel.simd.*::*,0.2",
};
enum {
  FIXED_OPTIONS = sizeof FIXED / sizeof *FIXED,
  VECTOR_OPTIONS = sizeof VECTOR / sizeof *VECTOR,
  OWN_OPTIONS = 7,
  MOST_OPTIONS = FIXED_OPTIONS + VECTOR_OPTIONS + OWN_OPTIONS
};

static const uint64_t LEAST_HEAP = 64ull << 20;
static const uint64_t MOST_HEAP = (1ull << 44) - 1;
static const uint64_t DEFAULT_HEAP = 384ull << 20;

static int32_t from_host_log(void *function, void *user, int32_t level, const char *line) {
  embed_enter_callback();
  ((chagres_log)function)(user, level, line);
  embed_leave_callback();
  return 0;
}

static void *allocate(uint64_t bytes) { return malloc(bytes == 0 ? 1 : (size_t)bytes); }

static embed_table table = {
    .size = sizeof(embed_table),
    .version = EMBED_VERSION,
    .from_c = EMBED_FROM_C,
    .from_java = EMBED_FROM_JAVA,
    .progress = embed_ask_progress,
    .token = embed_ask_token,
    .proof = embed_ask_proof,
    .log = from_host_log,
    .allocate = allocate,
};

enum { NO_PROCESS = -1 };

static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static int under_way; /* whether a machine is being created */
static void *machine;          /* of the owner */
static pid_t owner;            /* process of the running machine; 0: there is none; NO_PROCESS: that of a parent */
static char broken[EMBED_TEXT]; /* why there will never be one */

/* The last that the machine says while it starts, on the thread that starts it: only that one reads and writes it. */
static char said[512];
static int starting;
static pthread_t starter; /* valid while starting */
static void (*when_stuck)(void *, int32_t);
static void *stuck_argument;
static char *stuck_text;
static char *locale_before; /* of the process; the machine takes that of the environment */

const embed_table *embed_started(void) {
  return __atomic_load_n(&owner, __ATOMIC_ACQUIRE) == getpid() ? &table : NULL;
}

int embed_attach(void) {
  void *env;
  const void *const *f = *(jni_functions *)machine;
  return ((attach_thread)f[ATTACH_AS_DAEMON])(machine, &env, NULL);
}

/* Whether this is the thread that starts the machine. */
static int is_starter(void) {
  return __atomic_load_n(&starting, __ATOMIC_ACQUIRE) && pthread_equal(starter, pthread_self());
}

/* Keeps a piece of text, and of the earlier ones what there is room for. Which options were found is no error. */
static void remember(const char *piece) {
  static const char found[] = "Picked up ";
  if (strncmp(piece, found, sizeof found - 1) == 0) return;
  size_t n = strlen(piece), had = strlen(said), most = sizeof said - 1;
  if (n > most) piece += n - most, n = most;
  size_t kept = had < most - n ? had : most - n;
  memmove(said, said + had - kept, kept);
  memcpy(said + kept, piece, n + 1);
}

/* Output of the machine itself: its errors while it starts become ours, the rest goes where errors go. */
static int32_t machine_says(FILE *to, const char *format, va_list arguments) {
  (void)to;
  if (!is_starter()) return vfprintf(stderr, format, arguments);
  char piece[2 * sizeof said];
  int n = vsnprintf(piece, sizeof piece, format, arguments);
  remember(piece);
  return n;
}

static void one_line(char *text) {
  size_t n = strlen(text);
  while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' ')) text[--n] = 0;
  for (char *c = text; *c != 0; c++) {
    if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
  }
}

/* Keeps `broken` as the answer to every start from now on. */
static int32_t never(char *text) {
  one_line(broken);
  snprintf(text, EMBED_TEXT, "%s", broken);
  return CHAGRES_RUNTIME;
}

/* A machine that cannot start ends the process; this one only loses the thread that it was started on. */
static void lose_thread(void) {
  if (!is_starter()) return;
  snprintf(broken, sizeof broken, "the Java machine did not start: %s", said);
  never(stuck_text);
  __atomic_store_n(&starting, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&under_way, 0, __ATOMIC_RELEASE);
  setlocale(LC_ALL, locale_before);
  void (*tell)(void *, int32_t) = when_stuck;
  void *argument = stuck_argument;
  pthread_mutex_unlock(&start_lock); /* from here on they are the next start's */
  tell(argument, CHAGRES_RUNTIME);
  for (;;) pause();
}

static void machine_exits(int32_t code) {
  lose_thread();
  _exit(code);
}

/* Loads libjvm from a home. Null and one line if it cannot be, or if there is a machine of somebody else. */
static create_machine load(const char *home, char *text) {
  char file[EMBED_PATH + 64];
  int32_t count = 0;
  created_machines created = (created_machines)dlsym(RTLD_DEFAULT, "JNI_GetCreatedJavaVMs");
  if (created == NULL || created(NULL, 0, &count) != 0) count = 0;
  if (count == 0) {
    snprintf(file, sizeof file, "%s/lib/server/libjvm.so", home);
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
      snprintf(text, EMBED_TEXT, "%.900s", dlerror());
      return NULL;
    }
    created = (created_machines)dlsym(library, "JNI_GetCreatedJavaVMs");
    create_machine create = (create_machine)dlsym(library, "JNI_CreateJavaVM");
    if (created == NULL || create == NULL) {
      snprintf(text, EMBED_TEXT, "%.900s is no Java machine", file);
      return NULL;
    }
    if (created(NULL, 0, &count) == 0 && count == 0) return create;
  }
  snprintf(text, EMBED_TEXT, "this process has a Java machine already, and there can be one only; a Java program uses"
           " the classes of Chagres directly");
  return NULL;
}

/* The pending exception as text, or what was to be done. */
static void exception(jni_env env, const char *what, char *text, size_t bytes) {
  const void *const *f = *env;
  void *thrown = ((exception_occurred)f[EXCEPTION_OCCURRED])(env);
  ((exception_clear)f[EXCEPTION_CLEAR])(env);
  const char *utf = NULL;
  if (thrown != NULL) {
    void *type = ((get_object_class)f[GET_OBJECT_CLASS])(env, thrown);
    void *method = ((get_method)f[GET_METHOD])(env, type, "toString", "()Ljava/lang/String;");
    void *string = method == NULL ? NULL : ((call_object)f[CALL_OBJECT])(env, thrown, method);
    utf = string == NULL ? NULL : ((get_utf)f[GET_UTF])(env, string, NULL);
    ((exception_clear)f[EXCEPTION_CLEAR])(env);
  }
  snprintf(text, bytes, "the jars of Chagres are missing or of another version: %s: %.600s", what,
           utf == NULL ? "failed" : utf);
}

/* Lets Java fill in its functions. 0, or not 0 and why. */
static int fill(jni_env env, char *text, size_t bytes) {
  const void *const *f = *env;
  void *type = ((find_class)f[FIND_CLASS])(env, ENTRY_CLASS);
  if (type == NULL) {
    exception(env, ENTRY_CLASS, text, bytes);
    return -1;
  }
  void *method = ((get_method)f[GET_STATIC_METHOD])(env, type, ENTRY_METHOD, ENTRY_SIGNATURE);
  if (method == NULL) {
    exception(env, ENTRY_METHOD, text, bytes);
    return -1;
  }
  int32_t result = ((call_static_int)f[CALL_STATIC_INT])(env, type, method, (int64_t)(intptr_t)&table);
  if (((exception_occurred)f[EXCEPTION_OCCURRED])(env) != NULL) {
    exception(env, ENTRY_METHOD, text, bytes);
    return -1;
  }
  if (result != 0) {
    snprintf(text, bytes, "the jars of Chagres have version %d of the table, this library has %d; take both from one"
             " build", result, EMBED_VERSION);
  }
  return result;
}

/* Whether native kernels will be used: they are in the home, the processor runs them, and nobody asks for others. */
static int has_kernels(const char *home, const char *extra) {
  char file[EMBED_PATH + 64];
  snprintf(file, sizeof file, "%s/lib/chagres/libchagres_kernels.so", home);
  return access(file, R_OK) == 0 && __builtin_cpu_supports("avx2") && strstr(extra, "chagres.backend=") == NULL;
}

/* Options that the environment adds, split at blanks, as the command line does. */
static int add_extra(char *extra, jni_option *options, int n) {
  char *rest = NULL;
  for (char *word = strtok_r(extra, " \t\n", &rest); word != NULL; word = strtok_r(NULL, " \t\n", &rest)) {
    options[n++].text = word;
  }
  return n;
}

/* Starts the machine with options and lets Java fill in its functions; with the lock held. */
static int32_t start_machine(create_machine start, jni_option *options, int n, char *text) {
  jni_arguments arguments = {JNI_VERSION, n, options, 0};
  jni_env env;
  said[0] = 0;
  stuck_text = text;
  starter = pthread_self();
  __atomic_store_n(&starting, 1, __ATOMIC_RELEASE);
  int32_t code = start(&machine, (void **)&env, &arguments);
  __atomic_store_n(&starting, 0, __ATOMIC_RELEASE);
  if (code != 0) {
    snprintf(broken, sizeof broken, "the Java machine did not start (%d): %s", code, said);
    return never(text);
  }
  if (fill(env, broken, sizeof broken) != 0) return never(text);
  broken[0] = 0;
  __atomic_store_n(&owner, getpid(), __ATOMIC_RELEASE);
  return CHAGRES_OK;
}

/* Collects the options of the machine and starts it; with the lock held. */
static int32_t create_with(const chagres_options *given, const char *home, const char *class_path, char *text) {
  create_machine start = load(home, text);
  if (start == NULL) return CHAGRES_RUNTIME;
  uint64_t heap = given->heap_bytes == 0 ? DEFAULT_HEAP : given->heap_bytes;
  if (heap > MOST_HEAP) {
    snprintf(text, EMBED_TEXT, "a heap of %llu bytes; less than 16 TiB are possible", (unsigned long long)heap);
    return CHAGRES_INPUT;
  }
  if (heap < LEAST_HEAP) {
    snprintf(text, EMBED_TEXT, "a heap of %llu bytes; at least 64 MiB are needed", (unsigned long long)heap);
    return CHAGRES_INPUT;
  }
  const char *variable = secure_getenv("CHAGRES_JVM_ARGS");
  const char *folder = secure_getenv("TMPDIR");
  if (folder == NULL) folder = "/tmp";
  size_t path_bytes = strlen(class_path) + 32;
  char *path = malloc(path_bytes);
  char *extra = strdup(variable == NULL ? "" : variable);
  char *before = locale_before = strdup(setlocale(LC_ALL, NULL));
  /* Every option of the environment has two bytes at least, its blank included. */
  jni_option *options = extra == NULL ? NULL : calloc(MOST_OPTIONS + strlen(extra) / 2 + 1,
                                                      sizeof *options);
  char size[32], crash[EMBED_PATH], replay[EMBED_PATH];
  int32_t status = CHAGRES_MEMORY;
  if (path == NULL || before == NULL || options == NULL) {
    snprintf(text, EMBED_TEXT, "no memory for the options of the Java machine");
  } else {
    snprintf(path, path_bytes, "-Djava.class.path=%s", class_path);
    snprintf(size, sizeof size, "-Xmx%lluk", (unsigned long long)(heap >> 10));
    snprintf(crash, sizeof crash, "-XX:ErrorFile=%.4000s/chagres-crash-%%p.log", folder);
    snprintf(replay, sizeof replay, "-XX:ReplayDataFile=%.4000s/chagres-replay-%%p.log", folder);
    const jni_option own[OWN_OPTIONS] = {
        {"vfprintf", (void *)machine_says}, {"exit", (void *)machine_exits}, {"abort", (void *)lose_thread},
        {path, NULL}, {size, NULL}, {crash, NULL}, {replay, NULL}};
    memcpy(options, own, sizeof own);
    int n = OWN_OPTIONS;
    for (int i = 0; i < FIXED_OPTIONS; i++) options[n++].text = FIXED[i];
    for (int i = 0; i < VECTOR_OPTIONS && !has_kernels(home, extra); i++) options[n++].text = VECTOR[i];
    status = start_machine(start, options, add_extra(extra, options, n), text);
    setlocale(LC_ALL, before);
  }
  free(options);
  free(path);
  free(extra);
  free(before);
  return status;
}

/* Creates a machine; a process that is forked meanwhile is told so. */
static int32_t create(const chagres_options *given, const char *home, const char *class_path, char *text) {
  __atomic_store_n(&under_way, 1, __ATOMIC_RELEASE);
  int32_t status = create_with(given, home, class_path, text);
  __atomic_store_n(&under_way, 0, __ATOMIC_RELEASE);
  return status;
}

/*
 * A process that was forked has only the thread that forked: nobody will release the lock, or finish a machine that
 * was being created.
 */
static void forget_start(void) {
  pthread_mutex_init(&start_lock, NULL);
  if (__atomic_load_n(&under_way, __ATOMIC_ACQUIRE)) __atomic_store_n(&owner, NO_PROCESS, __ATOMIC_RELEASE);
  under_way = starting = 0;
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_start); }

static int32_t start_locked(const chagres_options *options, char *text) {
  if (embed_started() != NULL) return CHAGRES_OK;
  if (owner != 0) {
    snprintf(text, EMBED_TEXT, "this process was forked from one with a Java machine and has none; call exec first");
    return CHAGRES_RUNTIME;
  }
  if (broken[0] != 0) return never(text);
  char home[EMBED_PATH];
  if (embed_find_home(options->home, home, text, EMBED_TEXT) != 0) return CHAGRES_RUNTIME;
  if (options->class_path != NULL) return create(options, home, options->class_path, text);
  char *class_path = embed_class_path(home, text, EMBED_TEXT);
  if (class_path == NULL) return CHAGRES_RUNTIME;
  int32_t status = create(options, home, class_path, text);
  free(class_path);
  return status;
}

int32_t embed_start(const chagres_options *options, void (*stuck)(void *, int32_t), void *argument, char *text,
                    const embed_table **out) {
  static pthread_once_t watched = PTHREAD_ONCE_INIT;
  pthread_once(&watched, watch_forks);
  pthread_mutex_lock(&start_lock);
  when_stuck = stuck;
  stuck_argument = argument;
  int32_t status = start_locked(options, text);
  pthread_mutex_unlock(&start_lock);
  *out = embed_started();
  return status;
}

#define _GNU_SOURCE
#include "home.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_JAVA = 25 };

static const char *const MACHINE = "lib/server/libjvm.so";
static const char *const JARS = "lib/chagres";

static int holds_machine(const char *home) {
  char file[EMBED_PATH + 64];
  snprintf(file, sizeof file, "%s/%s", home, MACHINE);
  return access(file, R_OK) == 0;
}

/* An address in this library, whoever else exports its functions. */
static const char here;

/* The folder of this library; 0 if it is not known. */
static int own_folder(char folder[EMBED_PATH]) {
  Dl_info info;
  char *real;
  if (dladdr(&here, &info) == 0 || info.dli_fname == NULL
      || (real = realpath(info.dli_fname, NULL)) == NULL) {
    return 0;
  }
  char *slash = strrchr(real, '/');
  int found = slash != NULL && slash - real < EMBED_PATH;
  if (found) {
    *slash = 0;
    strcpy(folder, real);
  }
  free(real);
  return found;
}

/* The major version in the file `release` of a home, 0 if there is none. */
static int java_version(const char *home) {
  char file[EMBED_PATH + 64], line[256];
  snprintf(file, sizeof file, "%s/release", home);
  FILE *in = fopen(file, "re");
  int version = 0;
  if (in == NULL) return 0;
  while (version == 0 && fgets(line, sizeof line, in) != NULL) {
    if (strncmp(line, "JAVA_VERSION=\"", 14) == 0) version = atoi(line + 14);
  }
  fclose(in);
  return version;
}

static int look(const char *given, char home[EMBED_PATH], char *text, size_t text_bytes) {
  if (given != NULL) {
    if (strlen(given) >= EMBED_PATH) {
      snprintf(text, text_bytes, "home is longer than %d bytes", EMBED_PATH - 1);
      return -1;
    }
    strcpy(home, given);
    if (holds_machine(home)) return 0;
    snprintf(text, text_bytes, "home %.600s has no %s; give the folder of a runtime image", home, MACHINE);
    return -1;
  }
  char own[EMBED_PATH] = "?";
  if (own_folder(own)) {
    static const char *const places[] = {"../..", "../runtime"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      if (snprintf(home, EMBED_PATH, "%.4000s/%s", own, places[i]) < EMBED_PATH && holds_machine(home)) return 0;
    }
  }
  const char *variable = secure_getenv("CHAGRES_HOME");
  if (variable != NULL && strlen(variable) < EMBED_PATH) {
    strcpy(home, variable);
    if (holds_machine(home)) return 0;
  }
  snprintf(text, text_bytes, "no runtime image: %s is neither in ../.. nor in ../runtime of %.400s, nor in CHAGRES_HOME"
           " (%.400s); put the library where the image has it, set the variable or give home", MACHINE, own,
           variable == NULL ? "not set" : variable);
  return -1;
}

int embed_find_home(const char *given, char home[EMBED_PATH], char *text, size_t text_bytes) {
  if (look(given, home, text, text_bytes) != 0) return -1;
  int version = java_version(home);
  if (version != 0 && version < LEAST_JAVA) {
    snprintf(text, text_bytes, "%.600s is Java %d; Java %d or newer is needed", home, version, LEAST_JAVA);
    return -1;
  }
  return 0;
}

static int is_jar(const struct dirent *entry) {
  size_t n = strlen(entry->d_name);
  return n > 4 && strcmp(entry->d_name + n - 4, ".jar") == 0;
}

char *embed_class_path(const char *home, char *text, size_t text_bytes) {
  char folder[EMBED_PATH + 64];
  snprintf(folder, sizeof folder, "%s/%s", home, JARS);
  if (strchr(folder, ':') != NULL) {
    snprintf(text, text_bytes, "%.600s has a ':' in its name, which a class path cannot have; move it", folder);
    return NULL;
  }
  struct dirent **entries;
  int n = scandir(folder, &entries, is_jar, alphasort);
  if (n <= 0) {
    snprintf(text, text_bytes, "%.600s has no jars%s%s; give a runtime image with Chagres, or class_path", folder,
             n < 0 ? ": " : "", n < 0 ? strerror(errno) : "");
    if (n == 0) free(entries);
    return NULL;
  }
  size_t bytes = 1;
  for (int i = 0; i < n; i++) bytes += strlen(folder) + strlen(entries[i]->d_name) + 2;
  char *path = malloc(bytes);
  char *end = path;
  for (int i = 0; i < n; i++) {
    if (path != NULL) {
      end += snprintf(end, bytes - (size_t)(end - path), "%s%s/%s", i == 0 ? "" : ":", folder, entries[i]->d_name);
    }
    free(entries[i]);
  }
  free(entries);
  if (path == NULL) snprintf(text, text_bytes, "no memory for the class path");
  return path;
}

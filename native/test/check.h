/* Checks of the C tests: a failed one is told, counted, and does not end the program. */
#ifndef CHG_TEST_CHECK_H
#define CHG_TEST_CHECK_H

#include <stdio.h>
#include <string.h>

#include "chagres_cuda.h"

static int failures;

static void check(int holds, const char *what, int line) {
  if (!holds) {
    failures++;
    fprintf(stderr, "line %d: not so: %s (last message: %s)\n", line, what, chg_message());
  }
}

#define CHECK(condition) check(condition, #condition, __LINE__)
/* A refusal has its status and says what it is about. */
#define REFUSED(call, word) check((call) == CHG_ARGUMENT && strstr(chg_message(), word), #call, __LINE__)

#endif

#include "message.h"

#include <cstdarg>
#include <cstdio>

namespace chg {

/* No allocation: this also reports that there is no memory. */
static thread_local char text[512];

int32_t fail(int32_t status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  for (char *c = text; *c != 0; c++) {
    if (*c == '\n' || *c == '\r') *c = ' ';
  }
  return status;
}

const char *message() { return text; }

}  // namespace chg

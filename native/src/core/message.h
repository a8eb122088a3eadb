/* The text behind chg_message(). */
#ifndef CHG_MESSAGE_H
#define CHG_MESSAGE_H

#include <cstdint>

namespace chg {

/* Sets this thread's message, one line, and returns `status`. */
int32_t fail(int32_t status, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *message();

}  // namespace chg

#endif

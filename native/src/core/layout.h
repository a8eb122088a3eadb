/* Self-report of structures. */
#ifndef CHG_LAYOUT_H
#define CHG_LAYOUT_H

#include <cstdint>

namespace chg {

/* As chg_layout(), with checked arguments. */
void layout(int32_t structure, uint64_t *values, int32_t capacity, int32_t *count);

}  // namespace chg

#endif

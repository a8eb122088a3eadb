/* The Java machine of the process: found, started once, kept. */
#ifndef CHAGRES_EMBED_JVM_H
#define CHAGRES_EMBED_JVM_H

#include "chagres.h"
#include "table.h"

/*
 * The functions of the Java side, after starting the machine if there is none. To be called on a thread of the library;
 * `stuck` is called with a status if that thread can never return.
 *
 * `options` are complete. `text`, EMBED_TEXT bytes, is one line if the status is not CHAGRES_OK.
 */
int32_t embed_start(const chagres_options *options, void (*stuck)(void *, int32_t), void *argument, char *text,
                    const embed_table **out);

/* The same functions if the machine has been started in this process, not in one that it was forked from; else null. */
const embed_table *embed_started(void);

/*
 * Makes this thread one of the running machine, for as long as both live. Not 0 if there is no memory for it; a call of
 * the table on a thread that is none would end the process then.
 */
int embed_attach(void);

#endif

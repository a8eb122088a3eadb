/* Where the runtime image is. */
#ifndef CHAGRES_EMBED_HOME_H
#define CHAGRES_EMBED_HOME_H

#include <stddef.h>

enum { EMBED_PATH = 4096 };

/*
 * Finds the folder with lib/server/libjvm.so: `given`, else from the place of this library, else CHAGRES_HOME. Its
 * version is checked where it says one. 0, or not 0 and one line in `text`.
 */
int embed_find_home(const char *given, char home[EMBED_PATH], char *text, size_t text_bytes);

/* Paths of all jars in lib/chagres of a home, sorted, with ':' in between; to be freed. Null and one line if not. */
char *embed_class_path(const char *home, char *text, size_t text_bytes);

#endif

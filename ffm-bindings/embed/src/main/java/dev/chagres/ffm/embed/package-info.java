/// The Java side of libchagres.so (`native/include/chagres.h`): functions that C calls, objects behind its handles.
///
/// C starts the machine, calls [dev.chagres.ffm.embed.Embedded#fill(long)] once, and from then on the functions that
/// this has put into the table (`native/src/embed/table.h`). They run on threads of the library with large stacks, and
/// never throw: whatever happens becomes a status and a line.
package dev.chagres.ffm.embed;

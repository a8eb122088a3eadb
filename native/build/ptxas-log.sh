#!/bin/sh
# Runs the CUDA compiler, "$@", and keeps what it says in a file beside the object: ptxas reports the registers, stack
# and spills of each kernel there, which a test reads. Reports stay out of the build's own output.
previous=
object=
for argument in "$@"; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
"$@" >"$object.ptxas" 2>&1
code=$?
grep -v -e '^ptxas info' -e 'bytes stack frame' "$object.ptxas" >&2
exit $code

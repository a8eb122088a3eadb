#!/usr/bin/env bash
# Writes src/main/java/dev/chagres/ffm/generated anew from native/include/chagres_cuda.h, after a change of the header.
#
# Takes the jextract of JEXTRACT, or of the PATH. It must be the version that GENERATED.properties records, so that the
# bindings differ where the header does and nowhere else; `--new-version` records another one.
set -euo pipefail
cd "$(dirname "$0")"

readonly header=../../native/include/chagres_cuda.h
readonly includes=chagres_cuda.includes
readonly package=dev.chagres.ffm.generated
readonly class=ChagresCuda
readonly folder=src/main/java/dev/chagres/ffm/generated
readonly record=$folder/GENERATED.properties

fail() {
  echo "regenerate: $*" >&2
  exit 1
}

jextract=${JEXTRACT:-$(command -v jextract || true)}
[ -n "$jextract" ] || fail "jextract was not found; set JEXTRACT to it or put it on the PATH"
[ -x "$jextract" ] || fail "$jextract cannot be run"
version=$("$jextract" --version 2>&1 | sed -n 's/^jextract //p')
clang=$("$jextract" --version 2>&1 | sed -n 's/^LibClang version //p')
[ -n "$version" ] || fail "$jextract says no version"
if [ -e "$record" ] && [ "${1:-}" != --new-version ]; then
  recorded=$(sed -n 's/^jextract=//p' "$record")
  [ "$version" = "$recorded" ] ||
    fail "jextract is $version, the bindings were made with $recorded; install that one or pass --new-version"
fi

# Every function of the header is bound; jextract leaves out in silence what the list does not name.
for function in $(sed -n 's/^[a-z].*[ *]\(chg_[a-z_]*\)(.*/\1/p' "$header"); do
  grep -qx -- "--include-function $function" "$includes" || fail "$includes lacks --include-function $function"
done

stage=$(mktemp -d "$PWD/.regenerate.XXXXXX")
trap 'rm -rf "$stage"' EXIT
options=(--target-package "$package" --header-class-name "$class")
"$jextract" "${options[@]}" "@$includes" --output "$stage" "$header"
made=$stage/${package//./\/}
[ -s "$made/$class.java" ] || fail "jextract wrote no $class.java"
if grep -rqF "$PWD" "$made"; then
  fail "the bindings name a folder of this machine"
fi
{
  echo "# Written by regenerate.sh; the package beside it is never edited."
  echo "jextract=$version"
  echo "libclang=$clang"
  echo "options=${options[*]} @$includes"
  echo "header=native/include/chagres_cuda.h"
  echo "header.sha256=$(sha256sum "$header" | cut -d' ' -f1)"
} >"$made/GENERATED.properties"

# Files of functions that are gone go with the old package.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$made" "$folder"
echo "regenerate: $(find "$folder" -name '*.java' | wc -l) files, jextract $version"

#!/usr/bin/env bash
# Writes the packages below src/main/java/dev/chagres/ffm/generated anew from the headers in native/include, after a change
# of one of them.
#
# Takes the jextract of JEXTRACT, or of the PATH. It must be the version that GENERATED.properties records, so that the
# bindings differ where the header does and nowhere else; `--new-version` records another one.
set -euo pipefail
cd "$(dirname "$0")"

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

stage=
trap 'rm -rf ${stage:+"$stage"}' EXIT

# bind NAME CLASS PACKAGE PREFIX: from NAME.h, with the options in NAME.includes.
bind() {
  local header=../../native/include/$1.h includes=$1.includes class=$2 package=dev.chagres.ffm.generated.$3 prefix=$4
  local folder=src/main/java/dev/chagres/ffm/generated/$3
  local record=$folder/GENERATED.properties recorded function made options
  if [ -e "$record" ] && [ "${new_version:-}" != --new-version ]; then
    recorded=$(sed -n 's/^jextract=//p' "$record")
    [ "$version" = "$recorded" ] ||
      fail "jextract is $version, the bindings were made with $recorded; install that one or pass --new-version"
  fi

  # Every function of the header is bound; jextract leaves out in silence what the list does not name.
  for function in $(sed -n "s/^[a-z].*[ *]\(${prefix}_[a-z0-9_]*\)(.*/\1/p" "$header"); do
    grep -qx -- "--include-function $function" "$includes" || fail "$includes lacks --include-function $function"
  done

  stage=$(mktemp -d "$PWD/.regenerate.XXXXXX")
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
    echo "header=native/include/$1.h"
    echo "header.sha256=$(sha256sum "$header" | cut -d' ' -f1)"
  } >"$made/GENERATED.properties"

  # Files of functions that are gone go with the old package.
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  mv "$made" "$folder"
  rm -rf "$stage"
  stage=
  echo "regenerate: $1.h, $(find "$folder" -name '*.java' | wc -l) files, jextract $version"
}

new_version=${1:-}
bind chagres_cuda ChagresCuda cuda chg
bind chagres_kernels ChagresKernels kernels chk

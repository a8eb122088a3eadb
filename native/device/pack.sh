#!/usr/bin/env bash
# Packs all that a visit to a GPU machine needs into one folder, which run.sh in it uses: a Java runtime, jars, native
# libraries, the self-test, small models with the digests of proofs made here on the processor. README.md says more.
#
#   native/device/pack.sh [--out FOLDER] [--no-build]
#
# Exit codes: 0 packed, 1 a step failed or the folder is too large, 2 wrong use.
set -euo pipefail

readonly MOST_BYTES=$((64 << 20))
readonly MODULES=java.base,java.logging,java.xml,java.management,jdk.management,jdk.jfr,jdk.unsupported
# Of the class path, what proofs and measurements of whole proofs never load: plots, reference documents.
readonly UNUSED='^(batik|xchart|xmlgraphics|commons-io|commons-logging|jopt-simple|commons-math3|jmh-core)'

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../..")
out=$root/target/device
build=1
while [ $# -gt 0 ]; do
  case $1 in
    --out)
      [ $# -gt 1 ] || { echo "pack.sh: --out needs a folder" >&2; exit 2; }
      out=$2
      shift
      ;;
    --no-build) build= ;;
    *)
      echo "pack.sh: unknown option $1; there are --out FOLDER and --no-build" >&2
      exit 2
      ;;
  esac
  shift
done

fail() {
  echo "pack.sh: $*" >&2
  exit 1
}

if [ -e "$out" ] && ! [ -e "$out/commit" ]; then
  fail "$out is there and is no packed folder; give another --out, or remove it"
fi
jdk=
for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v java || echo /none/none/java)")")")" \
  /usr/lib/jvm/* /opt/java/* /opt/jdk*; do
  if [ -x "$home/bin/jlink" ] && grep -q '^JAVA_VERSION="2[5-9]' "$home/release" 2>/dev/null; then
    jdk=$home
    break
  fi
done
[ -n "$jdk" ] || fail "no JDK 25 with jlink found; set JAVA_HOME"

commit=$(git -C "$root" rev-parse HEAD 2>/dev/null) || commit=unknown
[ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] || commit="$commit with changes"

if [ -n "$build" ]; then
  (cd "$root" && PATH=$jdk/bin:$PATH JAVA_HOME=$jdk mvn -B -q -ntp -DskipTests -Dchagres.native=require "-Dchagres.commit=${commit:0:12}" \
    -pl bench -am package) || fail "the build failed"
fi
native=$root/native/target
[ -e "$native/cmake/libchagres_cuda.so" ] || fail "libchagres_cuda.so was not built: nvcc is needed"
cmake --build "$native/cmake" --target chagres_device_selftest >"$native/selftest.log" 2>&1 ||
  fail "the self-test was not built: see $native/selftest.log"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out"
out=$(readlink -f "$out")
mkdir "$out/lib" "$out/jars" "$out/models"
echo "$commit" >"$out/commit"
"$jdk/bin/jlink" --add-modules "$MODULES,jdk.incubator.vector" --strip-debug --no-header-files --no-man-pages \
  --compress=zip-6 --output "$out/runtime"
find "$out/runtime" -name '*.so' -exec strip --strip-unneeded {} +
for library in cuda host kernels; do
  strip --strip-unneeded -o "$out/lib/libchagres_$library.so" "$native/cmake/libchagres_$library.so"
done
strip -o "$out/chagres_device_selftest" "$native/cmake/chagres_device_selftest"
for jar in "$root"/bench/target/chagres-bench.jar "$root"/bench/target/lib/*.jar; do
  [[ ${jar##*/} =~ $UNUSED ]] || cp "$jar" "$out/jars"
done
# Without the models of the command demo.
gpt2=$(ls "$out"/jars/chagres-gpt2-*.jar)
mkdir "$work/gpt2"
(cd "$work/gpt2" && "$jdk/bin/jar" --extract --file "$gpt2" && rm dev/chagres/gpt2/demo/*/model.safetensors)
"$jdk/bin/jar" --create --no-manifest --file "$gpt2" -C "$work/gpt2" .
cp "$root/gpt2/cli/src/main/launcher/jvm.args" "$here/run.sh" "$here/README.md" "$out"
"$here/ptxas.sh" "$native/cmake" >"$out/ptxas.txt"

# A small model of each family, and the digest of a proof by the processor. Keys are larger, and made there.
chagres() {
  "$out/runtime/bin/java" "@$out/jvm.args" -Xmx1g "-Dchagres.native.path=$out/lib" -cp "$out/jars/*" \
    dev.chagres.cli.Main "$@" >"$work/log" 2>&1 || fail "chagres $1 failed: $(tail -n 1 "$work/log")"
}
make_model() {
  local name=$1
  shift
  mkdir -p "$work/made"
  chagres synth "$@" --seed 1 --out "$work/made/$name"
  chagres quantize --model "$work/made/$name" --out "$work/made/$name.cgm"
  chagres setup --model "$work/made/$name.cgm" --out "$work/made/keys-$name"
  cp "$work/made/$name.cgm" "$out/models"
  chagres prove --pk "$(ls "$work/made/keys-$name"/*.pk)" --ids "$out/models/ids" --generate 6 --out "$work/made/$name.proof"
  (cd "$work/made" && sha256sum "$name.proof") >>"$out/models/digests"
}
echo "3 1 4 1 5" >"$out/models/ids"
make_model gpt2 --shape 2x2x32x48
make_model llama --shape 2x4x32x48 --family llama --kv-heads 2

bytes=$(du -sb "$out" | cut -f1)
[ "$bytes" -le "$MOST_BYTES" ] || fail "$out has $bytes bytes, and may have $MOST_BYTES"
echo "$out: $bytes bytes of $MOST_BYTES, commit $commit"

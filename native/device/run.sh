#!/usr/bin/env bash
# Runs a packed folder on a machine with a GPU: no Java, no Maven and no network are needed there. README.md says more.
#
#   run.sh [--device cuda|cuda:N|emulated] [--step NAME]... [--list] [--out FOLDER]
#
# Exit codes: 0 every step is right, 1 one is not, 2 wrong use, 3 no device.
set -uo pipefail

readonly ALL="facts latency sanitizer proofs rates model e2e64 e2e1024 cpu64"

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
device=cuda
out=${OUT:-./out}
steps=
while [ $# -gt 0 ]; do
  case $1 in
    --list)
      echo "$ALL"
      exit 0
      ;;
    --device | --step | --out)
      [ $# -gt 1 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      case $1 in
        --device) device=$2 ;;
        --out) out=$2 ;;
        *)
          [[ " $ALL " == *" $2 "* ]] || { echo "run.sh: no step $2; there are $ALL" >&2; exit 2; }
          steps="$steps $2"
          ;;
      esac
      shift
      ;;
    *)
      echo "run.sh: unknown option $1; there are --device, --step, --list, --out" >&2
      exit 2
      ;;
  esac
  shift
done
[[ $device =~ ^(cuda(:[0-9]+)?|emulated)$ ]] || { echo "run.sh: --device $device is not cuda, cuda:N or emulated" >&2; exit 2; }
[ -n "$steps" ] || steps=$ALL
mkdir -p "$out" || exit 2
out=$(readlink -f "$out")
work=${CHAGRES_WORK:-$(mktemp -d)} || exit 2
[ -n "${CHAGRES_STEP:-}" ] || trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TMPDIR=$work

if [ "$device" = emulated ]; then
  library=$here/lib/libchagres_host.so
  shape=1x2x32x48
  short=6 long=12
  scale=10 rate_seconds=2
  slower=4 # the emulated device
else
  library=$here/lib/libchagres_cuda.so
  shape=gpt2
  short=64 long=1024
  scale=0 rate_seconds=45
  slower=1
fi
ordinal=${device#cuda}
ordinal=${ordinal#:}
[[ $ordinal =~ ^[0-9]+$ ]] || ordinal=0

selftest() {
  "$here/chagres_device_selftest" --library "$library" --twin "$here/lib/libchagres_host.so" --ordinal "$ordinal" "$@"
}

java() {
  "$here/runtime/bin/java" "@$here/jvm.args" -Xmx4g "-Dchagres.native.path=$here/lib" -cp "$here/jars/*" "$@"
}

facts() {
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=name,driver_version,memory.total,memory.free,power.limit,clocks.max.sm --format=csv || true
  else
    echo "nvidia-smi: not there"
  fi
  grep -m 1 'model name' /proc/cpuinfo || true
  echo "$(nproc) processors"
  grep MemTotal /proc/meminfo
  echo "commit $(cat "$here/commit")"
  java dev.chagres.cli.Main doctor
}

latency() {
  selftest --quick --json "$out/selftest-quick.json"
}

sanitizer() {
  local tool bad=0
  [ "$device" != emulated ] || { echo "not for the emulated device"; return 0; }
  tool=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1)
  [ -n "$tool" ] || { echo "compute-sanitizer: not there"; return 0; }
  for check in memcheck racecheck initcheck; do
    echo "$check"
    timeout 25 "$tool" --tool "$check" --error-exitcode 9 "$here/chagres_device_selftest" --library "$library" \
      --twin "$here/lib/libchagres_host.so" --ordinal "$ordinal" --quick 2>&1 | tail -n 25
    [ "${PIPESTATUS[0]}" = 0 ] || { echo "$check: exit code not 0"; bad=1; }
  done
  return $bad
}

proofs() {
  local name bad=0
  for name in gpt2 llama; do
    java dev.chagres.cli.Main setup --model "$here/models/$name.cgm" --out "$work/$name" >/dev/null ||
      { bad=1; continue; }
    java dev.chagres.cli.Main prove --pk "$(ls "$work/$name"/*.pk)" --ids "$here/models/ids" --generate 6 \
      --out "$work/$name.proof" --device "$device" --profile || { bad=1; continue; }
    java dev.chagres.cli.Main verify --vk "$(ls "$work/$name"/*.vk)" "$work/$name.proof" | head -n 3
    (cd "$work" && grep " $name.proof" "$here/models/digests" | sha256sum -c -) || bad=1
  done
  return $bad
}

rates() {
  selftest --rates-scale "$scale" --seconds "$rate_seconds" --json "$out/selftest.json"
}

# Where bench e2e looks for it; making it takes longer than proofs of it.
model() {
  local to=$work/e2e/$shape-1
  [ ! -e "$to/model.cgm" ] || return 0
  mkdir -p "$to"
  java dev.chagres.cli.Main synth --shape "$shape" --seed 1 --out "$work/weights" &&
    java dev.chagres.cli.Main quantize --model "$work/weights" --out "$work/model.cgm" &&
    mv "$work/model.cgm" "$to/model.cgm"
}

e2e() {
  model || return 1
  java dev.chagres.bench.cli.BenchMain e2e --shape "$shape" --work "$work/e2e" --warm "$@"
}

e2e64() {
  e2e --tokens "$short" --repeat 2 --device "$device" --json "$out/e2e64.json"
}

e2e1024() {
  e2e --tokens "$long" --repeat 2 --device "$device" --json "$out/e2e1024.json"
}

# The digest of the first run in a report.
digest() {
  grep -o '"digest" *: *"[0-9a-f]*"' "$1" 2>/dev/null | head -n 1 | grep -o '[0-9a-f]\{64\}'
}

cpu64() {
  local there here_too
  e2e --tokens "$short" --repeat 1 --device cpu --json "$out/cpu64.json" || return 1
  there=$(digest "$out/e2e64.json") || { echo "no proof of the device to compare with"; return 1; }
  here_too=$(digest "$out/cpu64.json") || return 1
  [ "$there" = "$here_too" ] || { echo "the proofs DIFFER: $there on the device, $here_too on the processor"; return 1; }
  echo "the proofs are equal: $there"
}

# Each step in a shell of its own, which timeout ends with everything in it.
if [ "${CHAGRES_STEP:-}" ]; then
  "$CHAGRES_STEP"
  exit
fi

declare -A limit=([facts]=20 [latency]=45 [sanitizer]=80 [proofs]=60 [rates]=75 [model]=150 [e2e64]=70 [e2e1024]=100 [cpu64]=60)
most_seconds=$((480 * slower)) # of all steps together
code=0
table=
json=
run() {
  local name=$1 left begun result status most
  left=$((most_seconds - SECONDS))
  most=$((${limit[$name]} * slower))
  [ "$most" -le "$left" ] || most=$left
  : >"$out/$name.log"
  begun=$(date +%s.%N)
  if [ "$most" -lt 1 ]; then
    status=125
    result="no time left"
  else
    CHAGRES_STEP=$name CHAGRES_WORK=$work timeout -k 5 "$most" "$BASH" "$here/run.sh" --device "$device" --out "$out" \
      >"$out/$name.log" 2>&1
    status=$?
    case $status in
      0) result=right ;;
      124 | 137) result="stopped after $most s" ;;
      *) result="FAILED with exit code $status" ;;
    esac
  fi
  seconds=$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')
  [ "$status" = 0 ] || code=1
  table+=$(printf '%-10s %-28s %7s s' "$name" "$result" "$seconds")$'\n'
  json+="${json:+, }{\"step\": \"$name\", \"result\": \"$result\", \"exitCode\": $status, \"seconds\": $seconds}"
  return "$status"
}

# Without a device there is one line and nothing else, so what comes before it is shown after it.
waiting=
for step in $steps; do
  run "$step"
  status=$?
  if [ "$step" = latency ] && [ "$status" = 3 ]; then
    echo "run.sh: $(tail -n 1 "$out/latency.log" | sed 's/^chagres_device_selftest: //')" >&2
    exit 3
  fi
  waiting="$waiting $step"
  if [ "$step" = facts ] && [[ " $steps " == *" latency "* ]]; then
    continue
  fi
  for shown in $waiting; do
    echo "== $shown"
    sed 's/^/  /' "$out/$shown.log" 2>/dev/null
  done
  waiting=
done
{
  printf '{"commit": "%s", "device": "%s", "exitCode": %s, "steps": [%s]' "$(cat "$here/commit")" "$device" "$code" "$json"
  for part in selftest-quick selftest e2e64 e2e1024 cpu64; do
    if [[ " $steps " == *" ${part/selftest-quick/latency} "* || $part = selftest && " $steps " == *" rates "* ]] &&
      [ -s "$out/$part.json" ]; then
      printf ', "%s": ' "$part"
      cat "$out/$part.json"
    fi
  done
  echo '}'
} >"$out/device.json"
printf '\n%s' "$table"
exit "$code"

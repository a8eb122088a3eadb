#!/usr/bin/env bash
# What ptxas said of each kernel when it was built: registers, shared memory, spills, for each target, one line a kernel.
#
#   native/device/ptxas.sh BUILD       the folder where CMake built the CUDA library
set -euo pipefail
export LC_ALL=C
logs=$(find "$1" -name '*.ptxas' | sort)
[ -n "$logs" ] || { echo "no reports of ptxas below $1: nvcc did not build there"; exit 0; }
echo "nvcc $(sed -n 's/^set(CMAKE_CUDA_COMPILER_VERSION "\(.*\)")/\1/p' "$1"/CMakeFiles/*/CMakeCUDACompiler.cmake)"
# shellcheck disable=SC2086 # names of files of the build, without blanks
{
  echo "kernel target registers stack spilled"
  sed 's/ *$//' $logs | awk '
    /Compiling entry function/ { split($0, part, "\047"); kernel = part[2]; target = part[4] }
    /bytes stack frame/ { stack = $1; spilled = $5 + $9 }
    /Used [0-9]+ registers/ {
      for (i = 1; i < NF; i++) if ($i == "Used") registers = $(i + 1)
      print kernel, target, registers, stack, spilled
    }' | { if command -v c++filt >/dev/null; then
      # The name of the kernel structure, without its parameters.
      while read -r kernel rest; do
        name=$(c++filt "$kernel" | sed 's/^void //; s/chg:://g; s/(anonymous namespace):://g; s/ //g; s/^run<\(.*\)>(.*$/\1/; s/(.*//')
        echo "$name $rest"
      done
    else cat; fi; } | sort -u
} | awk '{ printf "%-48s %-8s %9s %6s %8s\n", $1, $2, $3, $4, $5 }'

# libchagres_kernels.so: kernels for the processor. Each source is compiled once for each instruction set, entry.cpp for
# the baseline.
set(KERNELS_HEADER ${CMAKE_CURRENT_SOURCE_DIR}/include/chagres_kernels.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${KERNELS_HEADER})
file(SHA256 ${KERNELS_HEADER} KERNELS_SHA256)
file(STRINGS ${KERNELS_HEADER} KERNELS_ABI_LINE REGEX "CHK_ABI_VERSION = [0-9]+")
string(REGEX REPLACE ".*CHK_ABI_VERSION = ([0-9]+).*" "\\1" KERNELS_ABI "${KERNELS_ABI_LINE}")
set(KERNELS_EXPORTS ${CMAKE_CURRENT_SOURCE_DIR}/src/simd/exports.map)

file(GLOB SIMD_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/simd/*.cpp)
list(REMOVE_ITEM SIMD_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/src/simd/entry.cpp)
set(ISA_OPTIONS_avx2 -march=x86-64-v3)
set(ISA_OPTIONS_avx512 -march=x86-64-v4 -mavx512ifma -mavx512vbmi -mavx512vbmi2 -mavx512vnni -mprefer-vector-width=512)

add_library(chagres_kernels SHARED src/simd/entry.cpp)
foreach(isa avx2 avx512)
  add_library(chagres_kernels_${isa} OBJECT ${SIMD_SOURCES})
  target_include_directories(chagres_kernels_${isa} PRIVATE include src/simd)
  target_compile_definitions(chagres_kernels_${isa} PRIVATE CHK_ISA=${isa})
  # The compiler's own headers of intrinsics start from an undefined vector, and it warns about that.
  target_compile_options(chagres_kernels_${isa} PRIVATE ${ISA_OPTIONS_${isa}} -fvisibility=hidden -fno-exceptions
    -fno-rtti ${WARNINGS} -Wframe-larger-than=65536 -Wno-sign-conversion -Wno-uninitialized -Wno-maybe-uninitialized)
  target_link_libraries(chagres_kernels PRIVATE chagres_kernels_${isa})
endforeach()
target_include_directories(chagres_kernels PRIVATE include src/simd)
# Exported functions take numbers of 64 bits that fit 32.
target_compile_options(chagres_kernels PRIVATE ${HOST_OPTIONS} ${WARNINGS} -Wno-conversion)
target_compile_definitions(chagres_kernels PRIVATE CHK_HEADER_SHA256="${KERNELS_SHA256}" CHK_ABI_TEXT="${KERNELS_ABI}")
target_link_options(chagres_kernels PRIVATE -static-libstdc++ -static-libgcc
  LINKER:--version-script=${KERNELS_EXPORTS} LINKER:-z,defs)
set_target_properties(chagres_kernels PROPERTIES LINK_DEPENDS ${KERNELS_EXPORTS})


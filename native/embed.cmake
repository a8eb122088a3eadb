# libchagres.so: the engine for native programs (include/chagres.h). It loads Java's machine at run time and links none.
set(EMBED src/embed/api.c src/embed/home.c src/embed/job.c src/embed/jvm.c)
set(EMBED_EXPORTS ${CMAKE_CURRENT_SOURCE_DIR}/src/embed/exports.map)
file(STRINGS pom.xml VERSION_LINE REGEX "<version>" LIMIT_COUNT 1) # the parent's
string(REGEX REPLACE ".*<version>(.*)</version>.*" "\\1" CHAGRES_VERSION "${VERSION_LINE}")
find_package(Threads REQUIRED)

# A library of the sources with more options.
function(chagres_embed target)
  add_library(${target} SHARED ${EMBED})
  target_include_directories(${target} PUBLIC include)
  target_compile_definitions(${target} PRIVATE CHAGRES_VERSION="${CHAGRES_VERSION}")
  target_compile_options(${target} PRIVATE -fvisibility=hidden ${WARNINGS} ${ARGN})
  target_link_libraries(${target} PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
  # Its threads stay as long as the process, so its code does, too.
  target_link_options(${target} PRIVATE LINKER:--version-script=${EMBED_EXPORTS} LINKER:-z,nodelete)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${EMBED_EXPORTS})
endfunction()

chagres_embed(chagres -march=${HOST_TARGET})
target_link_options(chagres PRIVATE LINKER:-z,defs -static-libgcc)

# Hosts: the examples, and a program for tests that Java's side runs (ffm-bindings/embed). They find the library beside
# them, and the runtime image by CHAGRES_HOME.
function(chagres_host_program name library)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE ${WARNINGS})
  target_link_libraries(${name} PRIVATE ${library} Threads::Threads)
endfunction()

chagres_host_program(example_c chagres examples/c/prove.c)
chagres_host_program(example_cpp chagres examples/cpp/prove.cpp)
chagres_host_program(embed_host chagres test/embed_host.c)

# The same C code under the sanitizers.
if(CHAGRES_HAS_SANITIZERS)
  chagres_embed(chagres_embed_sanitized ${SANITIZERS})
  target_link_options(chagres_embed_sanitized PRIVATE -fsanitize=address,undefined)
  foreach(program example_c:examples/c/prove.c embed_host:test/embed_host.c)
    string(REGEX MATCH "^[^:]+" NAME ${program})
    string(REGEX REPLACE "^[^:]+:" "" SOURCE ${program})
    chagres_host_program(${NAME}_sanitized chagres_embed_sanitized ${SOURCE})
    target_compile_options(${NAME}_sanitized PRIVATE ${SANITIZERS})
    target_link_options(${NAME}_sanitized PRIVATE -fsanitize=address,undefined)
  endforeach()
endif()

# libchagres.so: the engine for native programs (include/chagres.h). It loads Java's machine at run time and links none.
set(EMBED src/embed/api.c src/embed/home.c src/embed/job.c src/embed/jvm.c)
set(EMBED_EXPORTS ${CMAKE_CURRENT_SOURCE_DIR}/src/embed/exports.map)
set(CHAGRES_VERSION "unknown" CACHE STRING "What chagres_version() says")
find_package(Threads REQUIRED)

function(chagres_embed target)
  add_library(${target} SHARED ${EMBED})
  target_include_directories(${target} PRIVATE include)
  target_compile_definitions(${target} PRIVATE CHAGRES_VERSION="${CHAGRES_VERSION}")
  target_compile_options(${target} PRIVATE -fvisibility=hidden ${WARNINGS})
  target_link_libraries(${target} PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
  # Its threads stay as long as the process, so its code does, too.
  target_link_options(${target} PRIVATE LINKER:--version-script=${EMBED_EXPORTS} LINKER:-z,defs LINKER:-z,nodelete
    -static-libgcc)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${EMBED_EXPORTS})
endfunction()

chagres_embed(chagres)
target_compile_options(chagres PRIVATE -march=${HOST_TARGET})

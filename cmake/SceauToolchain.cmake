# Warnings, and the faster tools where they are installed (ccache, mold).
find_program(CCACHE ccache)
if(CCACHE)
  # With this ccache also keeps what was compiled with precompiled headers.
  set(LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,locale ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${LAUNCHER})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LAUNCHER})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(sceau_warnings INTERFACE)
target_compile_options(sceau_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wno-missing-field-initializers
  # GCC 12 finds overlaps and overflows that are none in std::string (GCC bug 105651); the tests
  # under AddressSanitizer find real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds>
  $<$<BOOL:${SCEAU_WERROR}>:-Werror>)

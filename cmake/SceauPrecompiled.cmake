# What most files include, read by the compiler once for each kind of target instead of once per
# file: a build from nothing takes about half the time. Every file still includes what it uses;
# -DSCEAU_PRECOMPILED=OFF builds without, and shows it.
option(SCEAU_PRECOMPILED "Use precompiled headers" ON)

set(ROOM_HEADERS
  <algorithm> <atomic> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory> <mutex>
  <optional> <set> <string> <string_view> <thread> <utility> <vector>
  <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/strings/str_format.h> <absl/strings/str_split.h> <absl/time/time.h>)
set(TEST_HEADERS ${ROOM_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
set(WIRE_HEADERS <grpcpp/grpcpp.h> <google/protobuf/message.h> <google/protobuf/repeated_field.h>)

# sceau_precompiled(KIND TYPE LINKS ... HEADERS ...): the target that compiles the headers of a kind.
# Libraries are built with -fPIC and programs with -fPIE: each needs its own.
function(sceau_precompiled kind type)
  cmake_parse_arguments(KIND "" "" "LINKS;HEADERS" ${ARGN})
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled/${kind}.cc "int main() { return 0; }\n")
  if(type STREQUAL "PROGRAM")
    add_executable(sceau_precompiled_${kind} EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled/${kind}.cc)
  else()
    add_library(sceau_precompiled_${kind} STATIC EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled/${kind}.cc)
  endif()
  target_link_libraries(sceau_precompiled_${kind} PRIVATE sceau_warnings ${KIND_LINKS})
  target_precompile_headers(sceau_precompiled_${kind} PRIVATE ${KIND_HEADERS})
endfunction()

# sceau_use_precompiled(TARGET KIND): has a target use the headers of a kind.
function(sceau_use_precompiled target kind)
  if(SCEAU_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM sceau_precompiled_${kind})
  endif()
endfunction()

if(SCEAU_PRECOMPILED)
  # One set of macros for all: what is compiled with another one cannot use the headers.
  add_compile_options(-pthread)
  set(ABSL absl::flat_hash_map absl::statusor absl::strings absl::str_format absl::time)
  set(GTEST GTest::gmock GTest::gtest)
  sceau_precompiled(room LIBRARY LINKS ${ABSL} HEADERS ${ROOM_HEADERS})
  sceau_precompiled(test PROGRAM LINKS ${ABSL} ${GTEST} HEADERS ${TEST_HEADERS})
  if(SCEAU_SERVICE)
    sceau_precompiled(wire LIBRARY LINKS ${ABSL} gRPC::grpc++ HEADERS ${ROOM_HEADERS} ${WIRE_HEADERS})
    sceau_precompiled(program PROGRAM LINKS ${ABSL} gRPC::grpc++ HEADERS ${ROOM_HEADERS} ${WIRE_HEADERS})
    sceau_precompiled(wire_test PROGRAM LINKS ${ABSL} ${GTEST} gRPC::grpc++
                      HEADERS ${TEST_HEADERS} ${WIRE_HEADERS})
  endif()
endif()

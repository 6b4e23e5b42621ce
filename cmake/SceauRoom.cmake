# sceau_room(NAME SOURCES ... LINKS ... [PRIVATE_LINKS ...])
# A room is one static library; headers are included from the top of the tree ("xml/parser.h").
function(sceau_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(sceau_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(sceau_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(sceau_${name} PUBLIC ${ROOM_LINKS} PRIVATE sceau_warnings ${ROOM_PRIVATE_LINKS})
endfunction()

# sceau_test(NAME SOURCES ... LINKS ... [LABEL fast|long] [TIMEOUT seconds] [PREFIX of the names]
#            [ENVIRONMENT ...])
# One test program; every case in it is one ctest entry with the label.
function(sceau_test name)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT;PREFIX" "SOURCES;LINKS;ENVIRONMENT" ${ARGN})
  if(NOT TEST_LABEL)
    set(TEST_LABEL fast)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 600)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE sceau_warnings ${TEST_LINKS} GTest::gmock GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX "${TEST_PREFIX}" DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${TEST_ENVIRONMENT}")
endfunction()

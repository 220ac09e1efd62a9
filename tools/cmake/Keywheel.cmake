# How this project builds its rooms: warnings, sanitizers, object libraries, tests, installation.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
find_program(CCACHE ccache)
if(CCACHE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

include(GNUInstallDirs)
include(Embed)

# Flags for our own sources only: never exported to a host.
add_library(keywheel_flags INTERFACE)
target_compile_options(keywheel_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies inside std::string's operator+ that are not there (its bug 105651).
  target_compile_options(keywheel_flags INTERFACE -Wno-restrict)
endif()
target_include_directories(keywheel_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/src")

function(keywheel_apply_flags target)
  target_link_libraries(${target} PRIVATE keywheel_flags)
  if(KEYWHEEL_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(KEYWHEEL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${KEYWHEEL_SANITIZE}
                           -fno-omit-frame-pointer -fno-sanitize-recover=all)
    # CAF 0.17's init_fun_factory forms a null reference for functions spawned without arguments.
    target_compile_options(${target} PRIVATE -fno-sanitize=null)
    target_link_options(${target} PRIVATE -fsanitize=${KEYWHEEL_SANITIZE})
  endif()
endfunction()

# keywheel_room(NAME SOURCES a.cpp … USES lib …): one folder of the library.
function(keywheel_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(keywheel_${name} OBJECT ${ARG_SOURCES})
  target_link_libraries(keywheel_${name} PUBLIC ${ARG_USES})
  keywheel_apply_flags(keywheel_${name})
  set_property(GLOBAL APPEND PROPERTY KEYWHEEL_ROOMS keywheel_${name})
  set_property(GLOBAL APPEND PROPERTY KEYWHEEL_USES ${ARG_USES})
endfunction()

# keywheel_library(): all rooms together, as keywheel::keywheel, installed with its CMake package.
function(keywheel_library)
  get_property(rooms GLOBAL PROPERTY KEYWHEEL_ROOMS)
  get_property(uses GLOBAL PROPERTY KEYWHEEL_USES)
  list(REMOVE_DUPLICATES uses)
  add_library(keywheel_lib STATIC)
  foreach(room IN LISTS rooms)
    target_sources(keywheel_lib PRIVATE $<TARGET_OBJECTS:${room}>)
  endforeach()
  add_library(keywheel::keywheel ALIAS keywheel_lib)
  set_target_properties(keywheel_lib PROPERTIES OUTPUT_NAME keywheel EXPORT_NAME keywheel
                        LINKER_LANGUAGE CXX)
  target_compile_features(keywheel_lib PUBLIC cxx_std_20)
  target_link_libraries(keywheel_lib PUBLIC ${uses})
  target_include_directories(keywheel_lib PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/keywheel>")
  if(KEYWHEEL_SANITIZE)
    target_link_options(keywheel_lib PUBLIC -fsanitize=${KEYWHEEL_SANITIZE})
  endif()

  # Headers keep the places they have here; the one that a host includes stands at the top:
  # #include <keywheel/keywheel.hpp>.
  set(include_dir "${CMAKE_INSTALL_INCLUDEDIR}/keywheel")
  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/keywheel")
  install(TARGETS keywheel_lib EXPORT keywheelTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/src/" DESTINATION "${include_dir}"
          FILES_MATCHING PATTERN "*.hpp" PATTERN "cli" EXCLUDE)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/actors" DESTINATION "${include_dir}"
          FILES_MATCHING PATTERN "*.hpp")
  install(FILES "${PROJECT_SOURCE_DIR}/actors/keywheel.hpp" DESTINATION "${include_dir}")
  install(EXPORT keywheelTargets NAMESPACE keywheel:: DESTINATION "${package_dir}")
  include(CMakePackageConfigHelpers)
  configure_package_config_file("${PROJECT_SOURCE_DIR}/tools/cmake/keywheelConfig.cmake.in"
                                "${PROJECT_BINARY_DIR}/keywheelConfig.cmake"
                                INSTALL_DESTINATION "${package_dir}")
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/keywheelConfigVersion.cmake"
                                   COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/keywheelConfig.cmake"
                "${PROJECT_BINARY_DIR}/keywheelConfigVersion.cmake"
                "${PROJECT_SOURCE_DIR}/tools/cmake/FindCAF.cmake"
          DESTINATION "${package_dir}")
endfunction()

# keywheel_test(NAME SOURCES a_test.cpp … USES lib …): one test program per room.
function(keywheel_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE keywheel_test_main keywheel::keywheel ${ARG_USES})
  keywheel_apply_flags(test_${name})
  target_compile_options(test_${name} PRIVATE -O1) # what they test is optimised; they compile faster
  catch_discover_tests(test_${name} TEST_PREFIX "${name}: " PROPERTIES TIMEOUT 300)
endfunction()

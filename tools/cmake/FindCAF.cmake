# Finds the C++ Actor Framework. Debian's libcaf-dev 0.17 ships neither a CMake package nor a
# pkg-config file; later releases ship a CMake package, which is preferred where it exists.
#
# Defines CAF::core and CAF::io, CAF_VERSION, CAF_FOUND.

find_package(CAF ${CAF_FIND_VERSION} CONFIG QUIET)
if(NOT CAF_FOUND)
  find_path(CAF_INCLUDE_DIR caf/config.hpp)
  foreach(component core io)
    find_library(CAF_${component}_LIBRARY caf_${component})
  endforeach()
  if(CAF_INCLUDE_DIR)
    file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_version REGEX "^#define CAF_VERSION [0-9]+")
    string(REGEX REPLACE ".* ([0-9]+)$" "\\1" _caf_version "${_caf_version}")
    math(EXPR _caf_major "${_caf_version} / 10000")
    math(EXPR _caf_minor "(${_caf_version} / 100) % 100")
    math(EXPR _caf_patch "${_caf_version} % 100")
    set(CAF_VERSION "${_caf_major}.${_caf_minor}.${_caf_patch}")
  endif()
  include(FindPackageHandleStandardArgs)
  find_package_handle_standard_args(CAF REQUIRED_VARS CAF_core_LIBRARY CAF_io_LIBRARY CAF_INCLUDE_DIR
                                    VERSION_VAR CAF_VERSION)
  if(CAF_FOUND AND NOT TARGET CAF::core)
    find_package(Threads REQUIRED)
    add_library(CAF::core UNKNOWN IMPORTED)
    set_target_properties(CAF::core PROPERTIES IMPORTED_LOCATION "${CAF_core_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
                          INTERFACE_LINK_LIBRARIES Threads::Threads)
    add_library(CAF::io UNKNOWN IMPORTED)
    set_target_properties(CAF::io PROPERTIES IMPORTED_LOCATION "${CAF_io_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
                          INTERFACE_LINK_LIBRARIES CAF::core)
  endif()
endif()

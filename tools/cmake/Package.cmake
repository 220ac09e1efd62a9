# The Debian package of the program (not of the library for embedding): tools/package/build.
#
# What only the package has is no part of `cmake --install`.
include(GNUInstallDirs)
set(package_dir "${PROJECT_SOURCE_DIR}/tools/package")

function(keywheel_package_file file folder)
  cmake_parse_arguments(ARG "" "AS" "" ${ARGN})
  if(NOT ARG_AS)
    get_filename_component(ARG_AS "${file}" NAME)
  endif()
  install(FILES "${file}" DESTINATION "${folder}" RENAME "${ARG_AS}" COMPONENT program EXCLUDE_FROM_ALL)
endfunction()

keywheel_package_file("${package_dir}/keywheel.service" lib/systemd/system)
keywheel_package_file("${package_dir}/sysusers.conf" lib/sysusers.d AS keywheel.conf)
keywheel_package_file("${package_dir}/keywheel.toml" share/keywheel)
keywheel_package_file("${PROJECT_SOURCE_DIR}/config/keywheel.toml" share/doc/keywheel/examples)
keywheel_package_file("${PROJECT_SOURCE_DIR}/LICENSE" share/doc/keywheel AS copyright)

find_program(GZIP gzip REQUIRED)
find_program(DPKG dpkg)
# Pages and change logs are compressed in Debian (policy 12.1, 12.7).
function(keywheel_package_compressed file folder name)
  set(compressed "${PROJECT_BINARY_DIR}/package/${name}.gz")
  add_custom_command(OUTPUT "${compressed}" DEPENDS "${file}"
                     COMMAND ${CMAKE_COMMAND} -E make_directory "${PROJECT_BINARY_DIR}/package"
                     COMMAND ${GZIP} -9nc "${file}" > "${compressed}" VERBATIM)
  set_property(GLOBAL APPEND PROPERTY KEYWHEEL_COMPRESSED "${compressed}")
  keywheel_package_file("${compressed}" "${folder}")
endfunction()

keywheel_package_compressed("${PROJECT_SOURCE_DIR}/tools/man/keywheel.1" share/man/man1 keywheel.1)
keywheel_package_compressed("${PROJECT_SOURCE_DIR}/CHANGELOG.md" share/doc/keywheel CHANGELOG.md)
get_property(compressed GLOBAL PROPERTY KEYWHEEL_COMPRESSED)
add_custom_target(keywheel_package_files ALL DEPENDS ${compressed})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME keywheel)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway that balances model API requests over several keys")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Programs send their requests for OpenAI, Anthropic, Gemini or Azure\nOpenAI to one local port; Keywheel hands them in turn to the API keys\nthat are free, rests one that meets a rate limit and tries the next\nbefore the caller notices.")
set(CPACK_PACKAGE_CONTACT "Keywheel's developers <keywheel@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};keywheel;program;/")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, procps, systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${package_dir}/postinst;${package_dir}/prerm;${package_dir}/postrm")
include(CPack)

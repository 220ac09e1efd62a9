# Files compiled into the binary, with nothing but CMake: keywheel_embed(OUTPUT FUNCTION FOLDER FILE…) writes a
# C++ source, whenever one of the files has changed, that defines keywheel::observe::FUNCTION()
# (src/observe/web_file.hpp). Their names there are relative to FOLDER.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(KEYWHEEL_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

  function(keywheel_embed output function folder)
    add_custom_command(
      OUTPUT "${output}"
      COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DFUNCTION=${function}" "-DFOLDER=${folder}"
              "-DFILES=${ARGN}" -P "${KEYWHEEL_EMBED_SCRIPT}"
      DEPENDS ${ARGN} "${KEYWHEEL_EMBED_SCRIPT}"
      COMMENT "Embedding the files of ${function}"
      VERBATIM)
  endfunction()
  return()
endif()

# What follows runs during the build, as a script.

set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")
set(types_json "application/json")

set(rows "")
list(LENGTH FILES count)
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH name "${FOLDER}" "${file}")
  string(REGEX MATCH "[^.]*$" extension "${name}")
  if(NOT DEFINED types_${extension})
    message(FATAL_ERROR "${file}: no content type is known for .${extension}")
  endif()
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 tag)
  file(READ "${file}" bytes HEX)
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 2")
  # Every byte as an escape: no byte can end the literal. Cut into lines, for the sake of the compiler's messages.
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(REPEAT "." 128 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n     \"" bytes "${bytes}")
  string(APPEND rows
         "    {\"${name}\", \"${types_${extension}}\", \"\\\"${tag}\\\"\",\n     {\"${bytes}\", ${size}}},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by tools/cmake/Embed.cmake.
#include \"observe/web_file.hpp\"

#include <array>

namespace keywheel::observe {

std::span<const web_file> ${FUNCTION}() {
  static constexpr std::array<web_file, ${count}> all{{
${rows}  }};
  return all;
}

} // namespace keywheel::observe
")

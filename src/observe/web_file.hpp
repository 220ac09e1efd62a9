#pragma once

#include "http/message.hpp"

#include <optional>
#include <span>
#include <string_view>

/// Files that are compiled into the binary (tools/cmake/Embed.cmake) and served as they are.
namespace keywheel::observe {

/// A file of the source tree, whole. Everything it refers to lives as long as the program.
struct web_file {
  std::string_view name; ///< relative to its folder: "views/keys.js"
  std::string_view type; ///< for Content-Type
  std::string_view tag;  ///< for ETag (RFC 9110 §8.8.3), quotes included; made of the content
  std::string_view bytes;
};

/// The dashboard: all files of src/dashboard.
std::span<const web_file> dashboard_files();

/// The description of the admin API: openapi.json alone.
std::span<const web_file> api_documents();

/// Returns the file of that name, or null.
const web_file* find_file(std::span<const web_file> all, std::string_view name);

/// Answers with a file of the dashboard; 304 without it if `if_none_match`, a header field's value,
/// names what it holds now (RFC 9110 §13.1.2). A browser may keep it, but has to ask each time
/// whether it still holds. The other header fields forbid it whatever the dashboard does not need:
/// scripts and styles that are not files of this server, other hosts, being framed.
http::response file_response(const web_file& which, std::optional<std::string_view> if_none_match);

/// Answers a request for a file of the dashboard; 404 if there is none of that name.
http::response answer_file(std::string_view name, std::optional<std::string_view> if_none_match);

} // namespace keywheel::observe

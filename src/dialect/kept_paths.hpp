#pragma once

#include "dialect/route.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keywheel::dialect {

/// What a call about a thing that a provider keeps (a file, a batch, a stored response) asks for.
struct kept_path {
  /// Methods, one bit each.
  enum method : std::uint8_t { none = 0, get = 1, post = 2, remove = 4, patch = 8 };

  std::uint8_t allowed = none; ///< what the path takes
  std::string_view id;         ///< in the path as it stands there; empty: none
  std::string_view collection; ///< that the id belongs to, "files"
  bool known_method = false;   ///< the request's is one of them; what follows is set only then
  route::body_format body = route::body_format::json;
  bool makes = false;
  bool lists = false;
  bool removes = false;
};

/// Looks up a path, without the query, among those that providers of a dialect have for what they
/// keep; nothing if it is none. OpenAI's and Azure's are without their root: "/files/file-abc".
/// @pre all segments are clean
std::optional<kept_path> kept_path_of(kind dialect, std::string_view method, std::string_view path);

/// The value of an Allow header for a set of methods.
std::string_view allow_of(std::uint8_t methods) noexcept;

} // namespace keywheel::dialect

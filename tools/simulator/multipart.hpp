#pragma once

#include <string_view>
#include <vector>

namespace keywheel::simulator {

/// One part of a form (RFC 7578); views into its body.
struct form_part {
  std::string_view name;
  std::string_view filename; ///< Empty if it is no file.
  std::string_view content;
};

/// The parts of `body`, a multipart/form-data of type `content_type`. Empty if it is none or is not
/// well-formed up to its closing delimiter.
std::vector<form_part> form_parts(std::string_view content_type, std::string_view body);

/// The part called `name`; null if there is none.
const form_part* find_part(const std::vector<form_part>& parts, std::string_view name);

} // namespace keywheel::simulator

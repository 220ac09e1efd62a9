#pragma once

#include "dialect/form_scanner.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace keywheel::dialect::test {

/// All that a scanner says about a form.
struct scanned_form {
  form_scanner::outcome outcome = form_scanner::outcome::incomplete;
  std::string model;
  std::size_t begin = 0;
  std::size_t error_offset = 0;

  bool operator==(const scanned_form&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const scanned_form& what) {
  return out << "outcome " << static_cast<int>(what.outcome) << " model '" << what.model << "' at "
             << what.begin << ", error at " << what.error_offset;
}

/// Feeds a form in pieces of `size` bytes, each a copy that ends where its memory ends, so that a
/// sanitizer sees a read beyond it. A first piece of another size makes every split possible.
inline scanned_form scan_form(std::string_view body, std::string_view boundary, std::size_t size,
                              std::size_t first = 0) {
  form_scanner scanner{boundary};
  for (std::size_t i = 0; i < body.size();) {
    const auto piece = body.substr(i, i == 0 && first > 0 ? first : size);
    const std::unique_ptr<char[]> copy{new char[piece.size()]};
    std::copy(piece.begin(), piece.end(), copy.get());
    scanner.feed({copy.get(), piece.size()});
    i += piece.size();
  }
  scanned_form result;
  result.outcome = scanner.finish();
  if (result.outcome == form_scanner::outcome::found) {
    result.model = scanner.model();
    result.begin = scanner.begin();
  } else if (result.outcome == form_scanner::outcome::malformed) {
    result.error_offset = scanner.error_offset();
  }
  return result;
}

inline scanned_form scan_form(std::string_view body, std::string_view boundary = "b") {
  return scan_form(body, boundary, std::max<std::size_t>(body.size(), 1));
}

} // namespace keywheel::dialect::test

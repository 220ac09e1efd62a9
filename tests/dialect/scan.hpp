#pragma once

#include "dialect/request_scanner.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace keywheel::dialect::test {

/// All that a scanner says about a body.
struct scanned {
  request_scanner::outcome outcome = request_scanner::outcome::incomplete;
  std::string model;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t error_offset = 0;

  bool operator==(const scanned&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const scanned& what) {
  return out << "outcome " << static_cast<int>(what.outcome) << " model '" << what.model << "' ["
             << what.begin << ", " << what.end << ") error at " << what.error_offset;
}

/// Feeds a copy that ends where its memory ends, so that a sanitizer sees a read beyond it.
inline void feed_alone(request_scanner& scanner, std::string_view piece) {
  const std::unique_ptr<char[]> copy{new char[piece.size()]};
  std::copy(piece.begin(), piece.end(), copy.get());
  scanner.feed({copy.get(), piece.size()});
}

inline scanned result_of(request_scanner& scanner) {
  using outcome = request_scanner::outcome;
  scanned result;
  result.outcome = scanner.finish();
  if (result.outcome == outcome::found) {
    result.model = scanner.model();
    result.begin = scanner.begin();
    result.end = scanner.end();
  } else if (result.outcome != outcome::no_model) {
    result.error_offset = scanner.error_offset();
  }
  return result;
}

inline scanned scan_whole(std::string_view body) {
  request_scanner scanner;
  feed_alone(scanner, body);
  return result_of(scanner);
}

inline scanned scan_bytes(std::string_view body) {
  request_scanner scanner;
  for (std::size_t i = 0; i < body.size(); ++i)
    feed_alone(scanner, body.substr(i, 1));
  return result_of(scanner);
}

inline scanned scan_split(std::string_view body, std::size_t at) {
  request_scanner scanner;
  feed_alone(scanner, body.substr(0, at));
  feed_alone(scanner, body.substr(at));
  return result_of(scanner);
}

} // namespace keywheel::dialect::test

#include "observe/api_query.hpp"

#include "dialect/percent.hpp"

#include <algorithm>

namespace keywheel::observe {

std::variant<std::optional<std::string>, api_error> read_parameter(std::string_view query,
                                                                   std::string_view name) {
  std::optional<std::string> result;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty())
      continue;
    const auto sign = std::min(part.find('='), part.size());
    if (part.substr(0, sign) != name || result)
      return bad_query("the query may be " + std::string{name} + "=… only, and once");
    result = dialect::percent_decode(part.substr(std::min(sign + 1, part.size())));
    if (!result)
      return bad_query("the query has a broken percent escape");
  }
  return result;
}

api_error bad_query(std::string message) {
  return {400, "bad_request", std::move(message), 0, 0, {}, {}};
}

} // namespace keywheel::observe

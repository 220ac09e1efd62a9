#pragma once

#include "dialect/verdict.hpp"
#include "tests/catch.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace keywheel::dialect::test {

using headers = std::vector<std::pair<std::string, std::string>>;

/// 21 August 2025, 12:40:00 UTC, when all fixtures arrive.
inline const wall_time arrival = std::chrono::sys_days{std::chrono::year{2025} / 8 / 21}
                                 + std::chrono::hours{12} + std::chrono::minutes{40};

inline signal answer(unsigned status, std::string body, const headers& with = {}) {
  signal result;
  result.head.status = status;
  for (const auto& [name, value] : with)
    result.head.headers.add(name, value);
  result.body = std::move(body);
  return result;
}

inline signal event(std::string body) {
  signal result = answer(200, std::move(body));
  result.in_stream = true;
  return result;
}

/// An answer and what is to be made of it.
struct fixture {
  unsigned status; ///< 200: the body is an error inside a stream
  std::string body;
  headers with;
  reason why;
  scope where;
  std::optional<std::chrono::milliseconds> rest;
  std::string_view source;
  bool certain = true;
};

inline verdict::request request_after(reason why) {
  switch (why) {
  case reason::none:
  case reason::bad_request:
  case reason::blocked:
    return verdict::request::pass;
  case reason::no_answer:
  case reason::timed_out:
  case reason::deadline:
    return verdict::request::fail;
  default:
    return verdict::request::next_key;
  }
}

inline bool is_charged(reason why) {
  return why != reason::none && why != reason::bad_request && why != reason::too_large
         && why != reason::blocked;
}

inline void check(signal_table of, const std::vector<fixture>& fixtures) {
  for (const fixture& each : fixtures) {
    CAPTURE(each.status, each.body, to_string(of));
    signal what = answer(each.status, each.body, each.with);
    what.in_stream = each.status == 200;
    const verdict result = judge(of, what, arrival);
    CHECK(to_string(result.why) == to_string(each.why));
    CHECK(result.for_request == request_after(each.why));
    if (is_charged(each.why))
      CHECK(to_string(result.scope) == to_string(each.where));
    CHECK(result.rest.has_value() == each.rest.has_value());
    if (result.rest && each.rest)
      CHECK(result.rest->count() == each.rest->count());
    CHECK(result.source == each.source);
    CHECK(result.certain == each.certain);
  }
}

} // namespace keywheel::dialect::test

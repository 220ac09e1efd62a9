#include "http/hygiene.hpp"

#include "http/ascii.hpp"

#include <algorithm>
#include <iterator>

namespace keywheel::http {

namespace {

constexpr std::string_view hop_by_hop[] = {"connection", "keep-alive",        "te",
                                           "trailer",    "transfer-encoding", "upgrade"};

constexpr std::string_view credentials[] = {"authorization", "x-api-key", "api-key",
                                            "x-goog-api-key"};

// What of a request is made anew for each attempt, or is the caller's business with us alone.
// Compressed answers could be neither judged nor counted while they pass.
constexpr std::string_view request_only_ours[] = {"host", "content-length", "expect", "cookie",
                                                  "accept-encoding"};

constexpr std::string_view response_only_theirs[] = {"content-length", "set-cookie", "set-cookie2"};

bool starts_with(std::string_view name, std::string_view prefix) noexcept {
  return name.size() >= prefix.size() && name_equals(name.substr(0, prefix.size()), prefix);
}

template <class List>
bool is_one_of(const List& list, std::string_view name) noexcept {
  return std::any_of(std::begin(list), std::end(list),
                     [name](std::string_view x) { return name_equals(x, name); });
}

template <class Predicate>
void copy_unless(const fields& from, fields& to, Predicate dropped) {
  const bool nominates = from.contains("connection");
  for (auto [name, value] : from)
    if (!is_hop_by_hop(name) && !is_one_of(credentials, name) && !dropped(name)
        && !(nominates && is_nominated(from, name)))
      to.add(name, value);
}

} // namespace

bool is_hop_by_hop(std::string_view name) noexcept {
  return is_one_of(hop_by_hop, name) || starts_with(name, "proxy-");
}

bool is_nominated(const fields& all, std::string_view name) noexcept {
  for (auto [its_name, list] : all) {
    if (!name_equals(its_name, "connection"))
      continue;
    while (!list.empty())
      if (name_equals(next_in_list(list), name))
        return true;
  }
  return false;
}

void copy_request_fields(const fields& from, fields& to) {
  copy_unless(from, to, [](std::string_view name) {
    return is_one_of(request_only_ours, name) || starts_with(name, "x-keywheel-");
  });
}

void copy_response_fields(const fields& from, fields& to) {
  copy_unless(from, to, [](std::string_view name) {
    return is_one_of(response_only_theirs, name) || starts_with(name, "x-keywheel-");
  });
}

bool is_encoded(const fields& headers) noexcept {
  const auto name = trim(headers.find("content-encoding").value_or(""));
  return !name.empty() && !name_equals(name, "identity");
}

} // namespace keywheel::http

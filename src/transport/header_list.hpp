#pragma once

#include "http/fields.hpp"

#include <curl/curl.h>

#include <string>
#include <string_view>
#include <vector>

namespace keywheel::transport {

/// The header section of one request as the linked list that curl reads, in memory that is reused
/// from request to request: no allocation once it has grown. Holds credentials, hence wipe().
class header_list {
public:
  /// Names that curl adds of its own accord unless it is told not to.
  struct defaults {
    std::string_view user_agent; ///< a whole line, "User-Agent: x"; sent where the request has none
    bool has_body = false;       ///< without a Content-Type of the request none is sent
    bool expect = false;         ///< curl would ask "Expect: 100-continue": say no
  };

  /// Builds the list. Fields that belong to the framing (Connection, Content-Length, Expect,
  /// Transfer-Encoding) are left out. Returns false if a field has a line break or NUL in it, which
  /// would be a way to smuggle other fields in; then the list is empty.
  bool build(const http::fields& from, const defaults& with);

  /// For CURLOPT_HTTPHEADER; valid until the next build() or wipe(). Null if empty.
  curl_slist* get() noexcept { return nodes_.empty() ? nullptr : nodes_.data(); }

  /// Overwrites the text, so that no credential outlives its request.
  void wipe() noexcept;

private:
  void append(char* line);
  char* write(char* to, std::string_view name, std::string_view value);

  std::vector<char> text_;
  std::vector<curl_slist> nodes_;
};

} // namespace keywheel::transport

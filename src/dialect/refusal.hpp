#pragma once

#include "dialect/dialect.hpp"
#include "http/message.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Why Keywheel itself answers a call (DESIGN §5.3). Each has one word, one status.
enum class refusal_code : std::uint8_t {
  bad_request,          ///< 400
  not_authorized,       ///< 401
  not_allowed,          ///< 403: this client may not use that model
  unknown_model,        ///< 404
  not_found,            ///< 404: no such path
  method_not_allowed,   ///< 405
  request_timeout,      ///< 408: the request trickled in
  body_too_large,       ///< 413
  headers_too_large,    ///< 431
  no_key_available,     ///< 429
  waiting_line_full,    ///< 429
  internal_error,       ///< 500: a part of Keywheel failed
  not_implemented,      ///< 501
  key_rejected,         ///< 502
  upstream_unreachable, ///< 502: no connection to the provider
  upstream_failed,      ///< 502: the provider took the request and gave no usable answer
  shutting_down,        ///< 503
  deadline_exceeded,    ///< 504
};
std::string_view to_string(refusal_code code) noexcept;
unsigned status_of(refusal_code code) noexcept;

/// An error of Keywheel's own.
struct refusal {
  refusal_code code = refusal_code::internal_error;
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after; ///< when to come back, where that is known
  std::optional<bool> should_retry;                     ///< x-should-retry, where it must be said
  /// What a provider answered, where that is the better answer: it is sent instead of ours, with
  /// the two hints above. Null: there is none.
  std::shared_ptr<const http::response> said = nullptr;
};

/// The answer in the shape that the dialect's SDKs turn into their usual exception: body, content
/// type, `Retry-After` (whole seconds, rounded up), `retry-after-ms`, `x-should-retry`. Where the
/// provider's answer is sent instead, our hints replace its own.
http::response render(kind caller, const refusal& what);

} // namespace keywheel::dialect

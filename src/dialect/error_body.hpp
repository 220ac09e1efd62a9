#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect {

/// What an error says about itself, whatever the shape it came in (PROVIDERS §4, §7). Codes are
/// words of the provider; `message` may echo what the caller sent.
struct error_body {
  std::string code;   ///< `code` as text, be it a string or an integer
  std::string type;   ///< `type`, the name in AWS's `__type`, or the type of FastAPI's first detail
  std::string status; ///< `status` of google.rpc.Status
  std::string reason; ///< ErrorInfo.reason (Google), metadata.reason (OpenRouter)
  std::string detail_code;  ///< details.error_code (Anthropic)
  std::string error_type;   ///< `error_type` (Together), metadata.error_type (OpenRouter)
  std::string limit_source; ///< metadata.limit_source (OpenRouter)
  std::string availability; ///< availability.code (OpenRouter)
  std::string message;      ///< at most max_message bytes
  std::string text;         ///< a body that is neither JSON nor HTML: at most max_message bytes
  std::vector<std::string> quota_ids; ///< QuotaFailure.violations[].quotaId (Google)
  std::string retry_delay;            ///< RetryInfo.retryDelay (Google): "29s"
  std::string retry_after;            ///< availability.retry_after (OpenRouter), in seconds
  std::string resets_at;              ///< metadata.resets_at, metadata.headers["X-RateLimit-Reset"]
  unsigned http_status = 0; ///< of an error inside a stream: an integer code or DashScope's comment
  bool other_provider = false; ///< metadata.provider_name: one behind this one refused (OpenRouter)
  bool moderated = false;      ///< metadata.reasons or .flagged_input (OpenRouter)
};

/// No message is looked at beyond this.
constexpr std::size_t max_message = 4096;

/// The name of an AWS error without what stands around it: "com.amazon#Name:http://…" is "Name".
std::string_view aws_error_name(std::string_view text) noexcept;

/// Takes an error body apart: an object, an array whose first element is one, `error` as an object,
/// nested or a string, FastAPI's `detail`, OpenAI's `response.failed`, `choices[0].error`, or an
/// SSE event with its `data:` lines. What is HTML, unreadable or none of these leaves everything
/// empty.
error_body read_error_body(std::string_view body);

} // namespace keywheel::dialect

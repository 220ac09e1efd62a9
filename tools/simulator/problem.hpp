#pragma once

#include "tools/simulator/api_key.hpp"
#include "tools/simulator/route.hpp"

#include <string>
#include <string_view>

namespace keywheel::simulator {

struct reply;

/// What is wrong with a request, before a dialect finds its words for it.
struct problem {
  enum class kind : std::uint8_t {
    no_key,
    bad_key,
    disabled, ///< The key's organisation is closed.
    unpaid,
    unknown_path,
    wrong_method,
    no_version, ///< Azure without api-version, Anthropic without anthropic-version.
    bad_json,
    no_model,
    bad_field, ///< `param` names it, `text` says what is wrong.
    unknown_model,
    forbidden_model, ///< The key has no access to it.
    unknown_object,  ///< A file or response that is not there or belongs to another organisation.
    unknown_previous_response,
    limit, ///< See `refused`.
    overload,
    capacity,
    broken, ///< 500.
  };
  kind what;
  std::string_view text{};
  std::string_view param{};
  refusal refused{};
};

/// Who asked for what; the texts of errors name some of it.
struct circumstances {
  std::string_view secret{};
  std::string_view organization{};
  std::string_view method{};
  std::string_view target{};
  std::string_view model{};
  std::string_view request_id{}; ///< Without its prefix.
  endpoint where = endpoint::unknown;

  /// The target without its query.
  std::string_view path() const { return target.substr(0, target.find('?')); }
};

/// Makes `result` the error that `speaks` has for `what`: status, body and header lines.
void refuse(reply& result, dialect speaks, const problem& what, const circumstances& around);

/// The body of a scripted status that has none of its own.
std::string status_body(dialect speaks, int status, std::string_view request_id);

/// Appends the header lines that tell what is left of limits. `seconds` is the time of day.
void append_limit_lines(std::string& out, dialect speaks, const shown_limits& limits,
                        std::int64_t seconds);

// What the functions above choose from (PROVIDERS sections 3 and 4).

namespace openai {
void refuse(reply& result, const problem& what, const circumstances& around);
void append_limit_lines(std::string& out, const shown_limits& limits);
} // namespace openai

namespace azure {
void refuse(reply& result, const problem& what, const circumstances& around);
std::string status_body(int status);
void append_limit_lines(std::string& out, const shown_limits& limits);
} // namespace azure

namespace anthropic {
void refuse(reply& result, const problem& what, const circumstances& around);
std::string status_body(int status, std::string_view request_id);
void append_limit_lines(std::string& out, const shown_limits& limits, std::int64_t seconds);
} // namespace anthropic

namespace gemini {
void refuse(reply& result, const problem& what, const circumstances& around);
std::string status_body(int status);
} // namespace gemini

} // namespace keywheel::simulator

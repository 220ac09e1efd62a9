#pragma once

#include "config/edit.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace keywheel::observe {

/// Why the admin API refuses a request. `code` is for programs, `message` for people.
struct api_error {
  unsigned status = 500;
  std::string code;
  std::string message;
  unsigned line = 0; ///< in the configuration file, 1-based; 0: none
  unsigned column = 0;
  std::vector<config::problem> problems; ///< all of them, where a configuration was refused
  std::string allow;                     ///< for 405: the methods that there are
};

/// The answer for bytes that are no request, or one beyond a limit (http::request_handler).
api_error framing_error(unsigned status, std::string_view message);

/// Why an edit changed nothing: 422 `invalid` if the changed file would not load (`problems`), else
/// by the kind of failure 404 `not_found` or 409 `exists`, `file_changed`, `unwritable`,
/// `cannot_edit`. @pre problems or error are set
api_error edit_error(config::edit_failure why, std::string error,
                     std::vector<config::problem> problems);

/// 412: the configuration in force is not the one that the request was made for (RFC 9110 §13.1.1).
api_error generation_mismatch(std::uint64_t in_force);

/// 422: why a reload changed nothing. @pre !problems.empty()
api_error reload_error(std::vector<config::problem> problems);

/// 503: the gateway did not answer the admin API.
api_error unavailable(std::string why);

/// Renders `{"error":{"code","message","line"?,"column"?,"problems"?}}` with the header fields that
/// the status asks for (RFC 9110 §11.6.1, §10.2.1).
http::response error_response(const api_error& what);

} // namespace keywheel::observe

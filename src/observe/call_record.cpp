#include "observe/call_record.hpp"

#include "observe/json_member.hpp"
#include "observe/log.hpp"

#include <spdlog/logger.h>

#include <array>
#include <charconv>

namespace keywheel::observe {

namespace {

/// Bytes of a body that are logged.
constexpr std::size_t longest_prompt = 16 * 1024;

/// The path without its query.
std::string_view bare_path(const call_record& of) {
  return std::string_view{of.path}.substr(0, of.path.find('?'));
}

// -- text ----------------------------------------------------------------------------------------

void put_name(std::string& line, std::string_view name) {
  if (!line.empty())
    line += ' ';
  line += name;
  line += '=';
}

void put_text(std::string& line, std::string_view name, std::string_view value) {
  put_name(line, name);
  const auto needs_quotes = value.find_first_of(" =\"\\") != std::string_view::npos;
  if (value.empty())
    line += '-';
  else if (needs_quotes)
    line += '"' + one_line(value) + '"';
  else
    line += one_line(value);
}

/// A text that may be unknown, which is empty.
void put_known(std::string& line, std::string_view name, std::string_view value) {
  put_text(line, name, value);
}

void put_number(std::string& line, std::string_view name, std::uint64_t value) {
  put_name(line, name);
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  line.append(digits.data(), end);
}

/// Milliseconds with microseconds as fraction.
void put_time(std::string& line, std::string_view name, std::optional<duration> value) {
  if (!value)
    return put_text(line, name, {});
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(*value).count();
  const auto known = static_cast<std::uint64_t>(micros > 0 ? micros : 0);
  put_number(line, name, known / 1000);
  const auto rest = known % 1000;
  line += '.';
  line += static_cast<char>('0' + rest / 100);
  line += static_cast<char>('0' + rest / 10 % 10);
  line += static_cast<char>('0' + rest % 10);
}

void put_tokens(std::string& line, std::string_view name, std::int64_t count, bool known) {
  if (known)
    put_number(line, name, static_cast<std::uint64_t>(count > 0 ? count : 0));
  else
    put_text(line, name, {});
}

// -- JSON ----------------------------------------------------------------------------------------

void put_null(json_writer& out, std::string_view name) {
  dialect::put_name(out, name);
  out.Null();
}

void put_text(json_writer& out, std::string_view name, std::string_view value) {
  put(out, name, value);
}

void put_number(json_writer& out, std::string_view name, std::uint64_t value) {
  put(out, name, value);
}

void put_known(json_writer& out, std::string_view name, std::string_view value) {
  if (value.empty())
    put_null(out, name);
  else
    put(out, name, value);
}

/// Milliseconds, to the microsecond.
void put_time(json_writer& out, std::string_view name, std::optional<duration> value) {
  if (!value)
    return put_null(out, name);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(*value).count();
  dialect::put_name(out, name);
  out.Double(static_cast<double>(micros > 0 ? micros : 0) / 1000);
}

void put_tokens(json_writer& out, std::string_view name, std::int64_t count, bool known) {
  if (known)
    put(out, name, count);
  else
    put_null(out, name);
}

// -- either --------------------------------------------------------------------------------------

/// The fields of a call, in the order of a line.
template <class Out>
void put_call(Out& out, const call_record& of) {
  put_text(out, "request_id", of.request_id);
  put_text(out, "client", of.client);
  put_text(out, "method", of.method);
  put_text(out, "path", bare_path(of));
  put_known(out, "model", of.model);
  put_known(out, "key", of.key);
  put_number(out, "attempts", of.attempts);
  put_number(out, "status", of.status);
  put_text(out, "outcome", of.outcome);
  put_time(out, "total_ms", of.total);
  put_time(out, "first_byte_ms", of.first_byte);
  put_time(out, "wait_ms", of.waited);
  put_number(out, "bytes", of.bytes);
  put_tokens(out, "input_tokens", of.used.input, of.used.known);
  put_tokens(out, "cached_tokens", of.used.cached, of.used.known);
  put_tokens(out, "output_tokens", of.used.output, of.used.known);
  put_tokens(out, "reasoning_tokens", of.used.reasoning, of.used.known);
  put_known(out, "trace_id", of.trace_id);
}

} // namespace

std::string to_string(const call_record& of) {
  std::string line;
  line.reserve(256);
  put_call(line, of);
  return line;
}

std::string to_json(const call_record& of) {
  return object_text([&](json_writer& out) {
    put(out, "event", "call");
    put_call(out, of);
  });
}

std::string prompt_text(std::string_view request_id, std::string_view body) {
  std::string line;
  put_text(line, "request_id", request_id);
  put_number(line, "size", body.size());
  put_name(line, "prompt");
  line += '"' + one_line(body, longest_prompt) + '"';
  return line;
}

std::string prompt_json(std::string_view request_id, std::string_view body) {
  return object_text([&](json_writer& out) {
    put(out, "event", "prompt");
    put(out, "request_id", request_id);
    put(out, "size", body.size());
    put(out, "prompt", body.substr(0, longest_prompt));
  });
}

void log_call(spdlog::logger& to, const call_record& what, bool json) {
  if (json)
    log_object(to, spdlog::level::info, to_json(what));
  else
    to.info(to_string(what));
}

void log_prompt(spdlog::logger& to, std::string_view request_id, std::string_view body, bool json) {
  if (json)
    log_object(to, spdlog::level::debug, prompt_json(request_id, body));
  else
    to.debug(prompt_text(request_id, body));
}

} // namespace keywheel::observe

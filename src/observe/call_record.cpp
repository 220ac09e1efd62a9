#include "observe/call_record.hpp"

#include "observe/log.hpp"

#include <array>
#include <charconv>

namespace keywheel::observe {

namespace {

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

} // namespace

std::string to_string(const call_record& of) {
  std::string line;
  line.reserve(256);
  put_text(line, "request_id", of.request_id);
  put_text(line, "client", of.client);
  put_text(line, "method", of.method);
  put_text(line, "path", std::string_view{of.path}.substr(0, of.path.find('?')));
  put_text(line, "model", of.model);
  put_text(line, "key", of.key);
  put_number(line, "attempts", of.attempts);
  put_number(line, "status", of.status);
  put_text(line, "outcome", of.outcome);
  put_time(line, "total_ms", of.total);
  put_time(line, "first_byte_ms", of.first_byte);
  put_number(line, "bytes", of.bytes);
  return line;
}

} // namespace keywheel::observe

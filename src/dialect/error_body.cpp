#include "dialect/error_body.hpp"

#include "http/ascii.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace keywheel::dialect {

namespace {

using value = rapidjson::Value;

/// Wherever errors stand in errors, no more than this many are opened.
constexpr int max_nesting = 4;

std::string_view view(const value& from) {
  return {from.GetString(), from.GetStringLength()};
}

/// A member, or nothing if there is none or `of` is no object.
const value* member(const value* of, std::string_view name) {
  if (of == nullptr || !of->IsObject())
    return nullptr;
  const value key{rapidjson::StringRef(name.data(), name.size())};
  const auto found = of->FindMember(key);
  return found == of->MemberEnd() ? nullptr : &found->value;
}

const value* first_of(const value* list) {
  return list != nullptr && list->IsArray() && !list->Empty() ? &(*list)[0] : nullptr;
}

/// Puts a string or an integer into `to`, unless an outer error has said it already.
void put(std::string& to, const value* from) {
  if (from == nullptr || !to.empty())
    return;
  if (from->IsString())
    to.assign(view(*from).substr(0, max_message));
  else if (from->IsInt64())
    to = std::to_string(from->GetInt64());
  else if (from->IsDouble() && from->GetDouble() >= 0 && from->GetDouble() < 1e9)
    to = std::to_string(from->GetDouble());
}

void put_codes(error_body& to, const value* from) {
  put(to.code, member(from, "code"));
  put(to.type, member(from, "type"));
  if (const value* name = member(from, "__type"); name != nullptr && name->IsString())
    if (to.type.empty())
      to.type.assign(aws_error_name(view(*name)).substr(0, max_message));
  put(to.error_type, member(from, "error_type"));
}

/// google.rpc.Status.details, and Anthropic's object of that name.
void put_details(error_body& to, const value* details) {
  put(to.detail_code, member(details, "error_code"));
  if (details == nullptr || !details->IsArray())
    return;
  for (const value& each : details->GetArray()) {
    put(to.reason, member(&each, "reason"));
    put(to.retry_delay, member(&each, "retryDelay"));
    const value* violations = member(&each, "violations");
    if (violations == nullptr || !violations->IsArray())
      continue;
    for (const value& violation : violations->GetArray())
      if (const value* id = member(&violation, "quotaId"); id != nullptr && id->IsString())
        to.quota_ids.emplace_back(view(*id));
  }
}

bool says_something(const value* what) {
  if (what == nullptr || what->IsNull() || what->IsFalse())
    return false;
  return !(what->IsArray() && what->Empty()) && !(what->IsString() && what->GetStringLength() == 0);
}

/// OpenRouter's `metadata` and `availability`.
void put_metadata(error_body& to, const value* error) {
  const value* metadata = member(error, "metadata");
  put(to.error_type, member(metadata, "error_type"));
  put(to.limit_source, member(metadata, "limit_source"));
  put(to.reason, member(metadata, "reason"));
  put(to.resets_at, member(metadata, "resets_at"));
  put(to.resets_at, member(error, "resets_at"));
  put(to.resets_at, member(member(metadata, "headers"), "X-RateLimit-Reset"));
  to.other_provider |= says_something(member(metadata, "provider_name"));
  to.moderated |= says_something(member(metadata, "reasons"))
                  || says_something(member(metadata, "flagged_input"));
  const value* availability = member(error, "availability");
  put(to.availability, member(availability, "code"));
  put(to.retry_after, member(availability, "retry_after"));
}

/// FastAPI's `detail`: a text, an error, or a list of what is wrong with the request.
void put_detail(error_body& to, const value* detail) {
  put(to.message, detail);
  const value* one = first_of(detail) != nullptr ? first_of(detail) : detail;
  put_codes(to, one);
  put(to.message, member(one, "message"));
  put(to.message, member(one, "msg"));
}

/// Where an error stands inside another object, if it does.
const value* inner_error(const value* outer) {
  if (const value* error = member(outer, "error"); says_something(error))
    return error;
  if (const value* error = member(member(outer, "response"), "error"); says_something(error))
    return error;
  const value* error = member(first_of(member(outer, "choices")), "error");
  return says_something(error) ? error : nullptr;
}

/// An error object. An error inside it speaks first: what stands around it is often an envelope,
/// whose `type` and `code` say less (Anthropic's "error", Responses' "response.failed"). Beside a
/// bare string, though, they are the error's own (xAI).
void put_error(error_body& to, const value* error, int depth) {
  if (error == nullptr || depth > max_nesting)
    return;
  if (!error->IsObject()) {
    put(to.message, error);
    return;
  }
  const value* inner = inner_error(error);
  put_error(to, inner, depth + 1);
  if (inner == nullptr || !inner->IsObject())
    put_codes(to, error);
  put(to.error_type, member(error, "error_type"));
  put(to.status, member(error, "status"));
  put_details(to, member(error, "details"));
  put_metadata(to, error);
  put_detail(to, member(error, "detail"));
  const value* message = member(error, "message");
  put(to.message, message);
  put(to.message, member(error, "Message"));
  if (message != nullptr && message->IsObject())
    put_detail(to, member(message, "detail"));
}

constexpr std::string_view blank = " \t\r\n";

/// Three digits that can be the status of an error; 0 if they are not.
unsigned error_status(std::string_view digits) {
  unsigned result = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, result);
  return read.ec == std::errc{} && read.ptr == end && result >= 400 && result <= 599 ? result : 0;
}

/// What an SSE event carries: its `data:` lines, joined; `status` becomes what DashScope's comment
/// `:HTTP_STATUS/400` says.
std::string event_data(std::string_view event, unsigned& status) {
  constexpr std::string_view status_comment = ":HTTP_STATUS/";
  std::string result;
  while (!event.empty()) {
    const std::size_t end = std::min(event.find_first_of("\r\n"), event.size());
    std::string_view line = event.substr(0, end);
    event.remove_prefix(std::min(end + 1, event.size()));
    if (line.substr(0, status_comment.size()) == status_comment)
      status = error_status(line.substr(status_comment.size()));
    if (line.substr(0, 5) != "data:")
      continue;
    line.remove_prefix(5);
    result += line;
    result += '\n';
  }
  return result;
}

bool is_event(std::string_view text) {
  return text.substr(0, 5) == "data:" || text.substr(0, 6) == "event:" || text.substr(0, 3) == "id:"
         || text.substr(0, 1) == ":";
}

/// Errors are not nested deeper; what is, is made to take time.
constexpr int max_depth = 64;

bool is_too_deep(std::string_view json) noexcept {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"')
      quoted = !quoted;
    else if (quoted)
      i += c == '\\' ? 1 : 0;
    else if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']')
      --depth;
    if (depth > max_depth)
      return true;
  }
  return false;
}

} // namespace

std::string_view aws_error_name(std::string_view text) noexcept {
  text = text.substr(0, text.find(':'));
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos)
    text.remove_prefix(hash + 1);
  return http::trim(text);
}

error_body read_error_body(std::string_view body) {
  error_body result;
  body.remove_prefix(std::min(body.find_first_not_of(blank), body.size()));
  std::string data;
  if (is_event(body)) {
    data = event_data(body, result.http_status);
    body = data;
    body.remove_prefix(std::min(body.find_first_not_of(blank), body.size()));
  }
  if (body.empty() || body.front() == '<')
    return result;
  if (body.front() != '{' && body.front() != '[' && body.front() != '"') {
    body = body.substr(0, max_message);
    result.text = body.substr(0, body.find_last_not_of(blank) + 1);
    return result;
  }
  if (is_too_deep(body))
    return result;
  rapidjson::Document parsed;
  // What follows the value, such as a second event, does not matter.
  parsed.Parse<rapidjson::kParseStopWhenDoneFlag>(body.data(), body.size());
  if (parsed.HasParseError())
    return result;
  const value* root = &parsed;
  put_error(result, parsed.IsArray() ? first_of(root) : root, 0);
  if (result.http_status == 0)
    result.http_status = error_status(result.code);
  return result;
}

} // namespace keywheel::dialect

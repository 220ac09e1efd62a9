#include "dialect/failure.hpp"

#include "http/hygiene.hpp"

namespace keywheel::dialect {

namespace {

/// Anything shorter is no credential, and stands anywhere.
constexpr std::size_t shortest = 8;

refusal without_answer(const signal& said, const std::string& name) {
  switch (said.failed) {
  case failure::not_sent:
    return {
        refusal_code::upstream_unreachable, name + " cannot be reached: " + said.detail, {}, {}};
  case failure::deadline:
    return {refusal_code::deadline_exceeded, "the request's time is over", {}, {}};
  default:
    return {refusal_code::upstream_failed, name + " gave no answer: " + said.detail, {}, {}};
  }
}

/// The provider's answer as it was, if it is one that a caller can read.
std::shared_ptr<const http::response> answer_of(const signal& said, std::string_view secret) {
  if (said.failed != failure::none || said.in_stream)
    return nullptr;
  auto result = std::make_shared<http::response>();
  result->head.status = said.head.status;
  http::copy_response_fields(said.head.headers, result->head.headers);
  result->body = said.body;
  hide(secret, result->body);
  return result;
}

refusal passed_on(const verdict& found, const signal& said, const std::string& name,
                  std::string_view secret) {
  refusal result{refusal_code::upstream_failed,
                 name + " failed: " + std::string{to_string(found.why)},
                 found.rest,
                 {}};
  result.said = answer_of(said, secret);
  if (found.why == reason::billing)
    result.should_retry = false;
  return result;
}

} // namespace

refusal failure_of(const verdict& found, const signal& said, std::string_view provider,
                   std::string_view secret) {
  const auto name = "the provider \"" + std::string{provider} + "\"";
  if (said.failed != failure::none)
    return without_answer(said, name);
  // A caller takes a bare 401 for a word about its own token.
  if (found.why != reason::credential && said.head.status == 401)
    return {refusal_code::key_rejected, name + " does not let this gateway in", {}, false};
  switch (found.why) {
  case reason::credential:
    return {refusal_code::key_rejected, name + " refused the credential", {}, false};
  case reason::rate_limit:
  case reason::quota:
    return {refusal_code::no_key_available, "the provider's limit is reached", found.rest, {}};
  default:
    return passed_on(found, said, name, secret);
  }
}

void hide(std::string_view secret, std::string& text) {
  if (secret.size() < shortest)
    return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), secret.size(), '*');
}

void hide(std::string_view secret, http::fields& headers) {
  bool found = false;
  for (const auto& one : headers)
    found = found || one.value.find(secret) != std::string_view::npos;
  if (!found || secret.size() < shortest)
    return;
  http::fields result;
  for (const auto& [name, value] : headers) {
    std::string text{value};
    hide(secret, text);
    result.add(name, text);
  }
  headers = std::move(result);
}

} // namespace keywheel::dialect

#include "dialect/event_style.hpp"

#include "dialect/error_body.hpp"
#include "dialect/json.hpp"
#include "dialect/json_tree.hpp"
#include "dialect/refusal.hpp"
#include "http/ascii.hpp"
#include "http/hygiene.hpp"

#include <algorithm>
#include <string_view>

namespace keywheel::dialect {

namespace {

using value = rapidjson::Value;

// Paths of calls whose body may ask for a stream with `stream`.
constexpr std::string_view streamed_paths[] = {"/chat/completions", "/completions",
                                               "/responses",        "/images/generations",
                                               "/images/edits",     "/v1/messages"};

kind caller_of(event_style style) noexcept {
  switch (style) {
  case event_style::anthropic:
    return kind::anthropic;
  case event_style::gemini:
    return kind::gemini;
  default:
    return kind::openai;
  }
}

/// Our own words for an answer that says nothing which the caller's SDK takes for an error.
std::string in_our_words(event_style style, const http::response& answer) {
  const auto said = read_error_body(answer.body);
  auto text = "the provider answered " + std::to_string(answer.head.status) + " and no stream";
  if (const auto& words = said.message.empty() ? said.text : said.message; !words.empty())
    text += ": " + words;
  return render(caller_of(style), {refusal_code::upstream_failed, std::move(text), {}, {}}).body;
}

std::string written(const value& what) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  what.Accept(out);
  return {buffer.GetString(), buffer.GetSize()};
}

/// The body on one line if it is an error as the style has them; else empty.
std::string error_of(event_style style, std::string_view body) {
  const json_tree tree{body};
  const value* root =
      tree.root() != nullptr && tree.root()->IsArray() ? first_of(tree.root()) : tree.root();
  const value* error = member(root, "error");
  const bool fits = error != nullptr && (error->IsObject() || error->IsString()) && !is_void(error)
                    && (style != event_style::gemini || error->IsObject());
  if (!fits || (style == event_style::anthropic && text_of(member(root, "type")) != "error"))
    return {};
  return written(*root);
}

/// Both as OpenAI writes such events, with the members in `error`, and as it documents them.
std::string responses_data(std::string_view body) {
  const json_tree tree{body};
  const value* error = member(tree.root(), "error");
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  put_member(out, "type", "error");
  put_name(out, "error");
  error->Accept(out);
  for (const auto name : {"code", "message", "param"}) {
    put_name(out, name);
    if (const value* what = member(error, name))
      what->Accept(out);
    else
      out.Null();
  }
  put_name(out, "sequence_number");
  out.Uint(0);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

bool asks_for_array(std::string_view tail) noexcept {
  const std::size_t mark = std::min(tail.find('?'), tail.size());
  if (!tail.substr(0, mark).ends_with(":streamGenerateContent"))
    return false;
  std::string_view query = tail.substr(mark);
  while (!query.empty()) {
    query.remove_prefix(1); // `?` or `&`
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    if (parameter == "alt=sse" || parameter == "$alt=sse")
      return false;
    query.remove_prefix(end);
  }
  return true;
}

event_style event_style_of(const route& of, const request_facts& facts) {
  const std::string_view tail = of.tail;
  const auto path = tail.substr(0, tail.find('?'));
  if (of.dialect == kind::gemini)
    return path == ":streamGenerateContent" && !asks_for_array(tail) ? event_style::gemini
                                                                     : event_style::none;
  const bool known = std::find(std::begin(streamed_paths), std::end(streamed_paths), path)
                     != std::end(streamed_paths);
  if (!facts.stream || !known)
    return event_style::none;
  if (of.dialect == kind::anthropic)
    return event_style::anthropic;
  return path == "/responses" ? event_style::responses : event_style::openai;
}

std::string_view keep_alive_comment() noexcept {
  return ": keep-alive\n\n";
}

http::response_head event_stream_head() {
  http::response_head result;
  result.status = 200;
  result.headers.add("content-type", "text/event-stream; charset=utf-8");
  result.headers.add("cache-control", "no-cache");
  return result;
}

bool continues_stream(const http::response_head& head) noexcept {
  const std::string_view type = head.headers.find("content-type").value_or("");
  return head.status >= 200 && head.status < 300
         && http::name_equals(http::trim(type.substr(0, type.find(';'))), "text/event-stream")
         && !http::is_encoded(head.headers);
}

std::string error_event(event_style style, const http::response& answer) {
  auto data = error_of(style, answer.body);
  if (data.empty())
    data = in_our_words(style, answer);
  switch (style) {
  case event_style::responses:
    return "event: error\ndata: " + responses_data(data) + "\n\n";
  case event_style::anthropic:
    return "event: error\ndata: " + data + "\n\n";
  default:
    return "data: " + data + "\n\n";
  }
}

} // namespace keywheel::dialect

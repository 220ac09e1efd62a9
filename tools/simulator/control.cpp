#include "tools/simulator/control.hpp"

#include "tools/simulator/refusals.hpp"
#include "tools/simulator/script.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>

namespace keywheel::simulator {
namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

/// For text that may be anything: what is no UTF-8 is replaced.
void write_lenient(json_writer& out, std::string_view text) {
  std::string json;
  append_quoted(json, text);
  out.RawValue(json.data(), json.size(), rapidjson::kStringType);
}

void member(json_writer& out, std::string_view name, std::uint64_t value) {
  write(out, name);
  out.Uint64(value);
}

void member(json_writer& out, std::string_view name, std::string_view value) {
  write(out, name);
  write(out, value);
}

/// The value of `name` in a target's query, without percent-decoding.
std::string_view query_value(std::string_view target, std::string_view name) {
  auto at = target.find('?');
  while (at != std::string_view::npos) {
    auto end = target.find('&', at + 1);
    auto pair = target.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    at = end;
  }
  return {};
}

void write_stats(json_writer& out, provider& from) {
  out.StartObject();
  member(out, "requests", from.count());
  member(out, "unauthorized", from.unauthorized());
  write(out, "connections");
  out.StartObject();
  member(out, "open", from.traffic.open);
  member(out, "accepted", from.traffic.accepted);
  out.EndObject();
  member(out, "bytes_received", from.traffic.bytes_received);
  member(out, "bytes_sent", from.traffic.bytes_sent);
  write(out, "keys");
  out.StartObject();
  for (auto& key : from.keys()) {
    write_lenient(out, key.name());
    out.StartObject();
    auto& counters = key.counters;
    member(out, "requests", counters.requests);
    member(out, "admitted", counters.admitted);
    member(out, "ok", counters.ok);
    member(out, "limited", counters.limited);
    member(out, "unauthorized", counters.unauthorized);
    member(out, "faulted", counters.faulted);
    member(out, "aborted", counters.aborted);
    member(out, "in_flight", static_cast<std::uint64_t>(key.in_flight()));
    member(out, "max_in_flight", counters.max_in_flight);
    member(out, "tokens", counters.tokens);
    out.EndObject();
  }
  out.EndObject();
  out.EndObject();
}

void write_request(json_writer& out, const recorded_request& request) {
  auto line = std::string_view{request.head}.substr(0, request.head.find("\r\n"));
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  out.StartObject();
  member(out, "number", request.number);
  write(out, "key");
  write_lenient(out, request.key);
  member(out, "method", line.substr(0, first));
  write(out, "target");
  write_lenient(out, line.substr(first + 1, last - first - 1));
  write(out, "headers");
  out.StartArray();
  for_each_field(request.head, [&](std::string_view name, std::string_view value) {
    out.StartArray();
    write(out, name);
    write_lenient(out, value);
    out.EndArray();
  });
  out.EndArray();
  write(out, "body");
  write_lenient(out, request.body);
  member(out, "body_bytes", request.body_size);
  member(out, "status", static_cast<std::uint64_t>(request.status));
  out.EndObject();
}

void write_requests(json_writer& out, provider& from, std::string_view target) {
  auto number = query_value(target, "last");
  auto key = query_value(target, "key");
  std::size_t count = SIZE_MAX;
  std::from_chars(number.data(), number.data() + number.size(), count);
  out.StartObject();
  write(out, "requests");
  out.StartArray();
  for (auto request : from.requests().last(count))
    if (key.empty() || key == request->key)
      write_request(out, *request);
  out.EndArray();
  out.EndObject();
}

void write_faults(json_writer& out, provider& from) {
  auto queue = [&out](std::string_view key, const fault_queue& faults) {
    for (auto& entry : faults.entries()) {
      out.StartObject();
      write(out, "key");
      write_lenient(out, key);
      member(out, "kind", to_string(entry.what->kind));
      member(out, "skip", static_cast<std::uint64_t>(entry.skip));
      write(out, "times");
      out.Int(entry.times);
      out.EndObject();
    }
  };
  out.StartObject();
  write(out, "faults");
  out.StartArray();
  for (auto& key : from.keys())
    queue(key.name(), key.faults);
  queue("*", from.common_faults());
  out.EndArray();
  out.EndObject();
}

template <class F>
void answer_with(reply& result, F f) {
  rapidjson::StringBuffer buffer;
  json_writer writer{buffer};
  f(writer);
  result.body.assign(buffer.GetString(), buffer.GetSize());
}

void done(reply& result) {
  result.body = R"({"ok":true})";
}

void post_faults(provider& target, const rapidjson::Value& body) {
  auto faults = read_faults(body);
  for (auto& entry : faults)
    if (entry.key != "*" && target.find_key(entry.key) == nullptr)
      throw script_error("key: there is no key " + entry.key);
  for (auto& entry : faults)
    target.add_fault(std::move(entry));
}

void post_key(provider& target, const rapidjson::Value& body, time_point now) {
  auto base = target.settings().default_limits;
  if (body.IsObject())
    if (auto name = body.FindMember("name"); name != body.MemberEnd() && name->value.IsString())
      if (auto known = target.find_key(name->value.GetString()))
        base = known->limits();
  if (!target.put_key(read_key(body, base), now))
    throw script_error("secret: belongs to another key");
}

void post(provider& target, std::string_view path, std::string_view body, time_point now,
          reply& result) {
  rapidjson::Document json;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  if (json.Parse<flags>(body.data(), body.size()).HasParseError())
    throw script_error("the body is not JSON");
  if (path == "/_sim/faults")
    post_faults(target, json);
  else
    post_key(target, json, now);
  done(result);
}

void remove(provider& target, std::string_view path, std::string_view request_target,
            reply& result) {
  if (path == "/_sim/stats")
    target.reset_counters();
  else if (path == "/_sim/requests")
    target.requests().clear();
  else if (auto key = query_value(request_target, "key"); !target.clear_faults(key))
    throw script_error("key: there is no key " + std::string{key});
  done(result);
}

} // namespace

void answer_control(provider& target, const request_view& request, std::string_view body,
                    time_point now, reply& result) {
  result.clear();
  auto path = request.target.substr(0, request.target.find('?'));
  auto verb = request.head.method;
  bool faults = path == "/_sim/faults", stats = path == "/_sim/stats";
  bool requests = path == "/_sim/requests", keys = path == "/_sim/keys";
  try {
    if (verb == method::get && stats)
      return answer_with(result, [&](json_writer& out) { write_stats(out, target); });
    if (verb == method::get && requests)
      return answer_with(result,
                         [&](json_writer& out) { write_requests(out, target, request.target); });
    if (verb == method::get && faults)
      return answer_with(result, [&](json_writer& out) { write_faults(out, target); });
    if (verb == method::post && (faults || keys))
      return post(target, path, body, now, result);
    if (verb == method::remove && (faults || stats || requests))
      return remove(target, path, request.target, result);
    result.status = faults || stats || requests || keys ? 405 : 404;
    result.body = error_body("there is nothing like this here", "invalid_request_error", {}, {});
  } catch (const script_error& error) {
    result.status = 400;
    result.body = error_body(error.what(), "invalid_request_error", {}, {});
  }
}

} // namespace keywheel::simulator

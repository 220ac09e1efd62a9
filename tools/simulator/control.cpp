#include "tools/simulator/control.hpp"

#include "tools/simulator/openai/errors.hpp"
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
    member(out, "refused", counters.refused);
    member(out, "refused_while_cooling", counters.refused_while_cooling);
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

void write_incident(json_writer& out, provider& from) {
  auto& script = from.script();
  out.StartObject();
  write(out, "started");
  out.Bool(script.started());
  member(out, "done", static_cast<std::uint64_t>(script.done()));
  member(out, "steps", static_cast<std::uint64_t>(script.size()));
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

void post_action(provider& target, const rapidjson::Value& body, time_point now, reply& result) {
  auto what = read_action(body);
  if (!target.act(what, now))
    throw script_error("there is no key or organization " + what.key + what.organization
                       + what.broken.key);
  result.close_all = what.what == action::kind::close;
}

rapidjson::Document parsed(std::string_view body) {
  rapidjson::Document result;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  if (result.Parse<flags>(body.data(), body.size()).HasParseError())
    throw script_error("the body is not JSON");
  return result;
}

/// One call of the control API.
struct control_call {
  provider& target;
  std::string_view request_target;
  std::string_view body;
  time_point now;
  reply& result;
};

/// What a path answers to one method.
struct control_method {
  std::string_view path;
  method verb;
  void (*answer)(const control_call&);
};

constexpr control_method methods[] = {
    {"/_sim/stats", method::get,
     [](const control_call& c) {
       answer_with(c.result, [&](json_writer& out) { write_stats(out, c.target); });
     }},
    {"/_sim/stats", method::remove, [](const control_call& c) { c.target.reset_counters(); }},
    {"/_sim/requests", method::get,
     [](const control_call& c) {
       answer_with(c.result,
                   [&](json_writer& out) { write_requests(out, c.target, c.request_target); });
     }},
    {"/_sim/requests", method::remove, [](const control_call& c) { c.target.requests().clear(); }},
    {"/_sim/faults", method::get,
     [](const control_call& c) {
       answer_with(c.result, [&](json_writer& out) { write_faults(out, c.target); });
     }},
    {"/_sim/faults", method::post,
     [](const control_call& c) { post_faults(c.target, parsed(c.body)); }},
    {"/_sim/faults", method::remove,
     [](const control_call& c) {
       auto key = query_value(c.request_target, "key");
       if (!c.target.clear_faults(key))
         throw script_error("key: there is no key " + std::string{key});
     }},
    {"/_sim/keys", method::post,
     [](const control_call& c) { post_key(c.target, parsed(c.body), c.now); }},
    {"/_sim/actions", method::post,
     [](const control_call& c) { post_action(c.target, parsed(c.body), c.now, c.result); }},
    {"/_sim/incident", method::get,
     [](const control_call& c) {
       answer_with(c.result, [&](json_writer& out) { write_incident(out, c.target); });
     }},
    {"/_sim/incident/start", method::post,
     [](const control_call& c) { c.target.start_incident(c.now); }},
};

void fail(reply& result, int status, std::string_view message) {
  result.status = status;
  result.body = error_body(message, "invalid_request_error", {}, {});
}

} // namespace

void answer_control(provider& target, const request_view& request, std::string_view body,
                    time_point now, reply& result) {
  result.clear();
  result.body = R"({"ok":true})";
  bool known = false;
  try {
    for (auto& [path, verb, answer] : methods) {
      known = known || path == request.path();
      if (path == request.path() && verb == request.head.method)
        return answer({target, request.target, body, now, result});
    }
    fail(result, known ? 405 : 404, "there is nothing like this here");
  } catch (const script_error& error) {
    fail(result, 400, error.what());
  }
}

} // namespace keywheel::simulator

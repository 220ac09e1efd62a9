#include "tools/simulator/provider.hpp"
#include "tools/simulator/refusals.hpp"

#include <algorithm>

/// How a provider answers a complete request.
namespace keywheel::simulator {
namespace {

constexpr std::int64_t max_dimensions = 16'384;
constexpr std::string_view bad_json =
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
    "using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was "
    "sent was not valid JSON. If you have trouble figuring out how to fix this, please contact "
    "us through our help center at help.openai.com.)";

bool wants_get(endpoint where) {
  return where == endpoint::models || where == endpoint::model;
}

void refuse(reply& result, int status, std::string body) {
  result.status = status;
  result.body = std::move(body);
}

void complain(reply& result, int status, std::string_view message, std::string_view param = {}) {
  refuse(result, status, error_body(message, "invalid_request_error", param, {}));
}

/// Where the fault wants the stream to break. `after` has a default per kind.
stream_breaks breaks_of(const fault* broken) {
  stream_breaks result;
  if (broken == nullptr)
    return result;
  if (broken->kind == fault_kind::stream_error) {
    result.error_after = broken->after.value_or(0);
    result.error = broken->body;
  } else if (broken->kind == fault_kind::cut_stream) {
    result.end_after = broken->after.value_or(1);
  } else if (broken->kind == fault_kind::close_in_body) {
    result.lose_after = broken->after.value_or(1);
  }
  return result;
}

} // namespace

void provider::answer(exchange& x, const request_view& request, char* body, std::size_t size,
                      time_point now, std::int64_t wall_clock, reply& result) {
  result.clear();
  if (answer_fault(x, request, result) || answer_error(x, request, result))
    return;
  if (wants_get(x.where))
    return answer_models(x, request, result);
  auto scanned = scanner_.scan(body, size);
  if (scanned == nullptr)
    return complain(result, 400, bad_json);
  if (scanned->model.empty() && x.where != endpoint::moderations)
    return complain(result, 400, "you must provide a model parameter");
  if (!scanned->model.empty() && !knows_model(scanned->model))
    return refuse(result, 404, bad_model_body(scanned->model));
  answer_generation(x, *scanned, now, wall_clock, result);
}

/// Faults that replace the answer. The rest is the connection's work or changes the answer later.
bool provider::answer_fault(exchange& x, const request_view& request, reply& result) {
  if (!x.broken)
    return false;
  auto& broken = *x.broken;
  result.delay = broken.delay;
  switch (broken.kind) {
  case fault_kind::status:
    refuse(result, broken.status, broken.body.empty() ? status_body(broken.status) : broken.body);
    for (auto& [name, value] : broken.headers) {
      if (equal_nocase(name, "content-type"))
        result.content_type = {};
      result.lines.append(name).append(": ").append(value).append("\r\n");
    }
    return true;
  case fault_kind::revoke:
    ++x.key->counters.unauthorized;
    refuse(result, 401, bad_key_body(request.credential));
    return true;
  case fault_kind::close:
  case fault_kind::reset:
  case fault_kind::garbage:
  case fault_kind::never_answer:
  case fault_kind::stop_reading:
    hold(x);
    return true;
  default:
    return false;
  }
}

bool provider::answer_error(const exchange& x, const request_view& request, reply& result) {
  if (x.key == nullptr) {
    ++unauthorized_;
    refuse(result, 401,
           request.credential.empty() ? no_key_body() : bad_key_body(request.credential));
    return true;
  }
  std::string method{request.method};
  auto path = std::string{request.target.substr(0, request.target.find('?'))};
  if (x.where == endpoint::unknown) {
    complain(result, 404, "Invalid URL (" + method + " " + path + ")");
    return true;
  }
  bool get = request.head.method == method::get || request.head.method == method::head;
  if (wants_get(x.where) ? get : request.head.method == method::post)
    return false;
  complain(result, 405,
           "Not allowed to " + method + " on " + path
               + ". (HINT: Perhaps you meant to use a different HTTP method?)");
  result.lines = wants_get(x.where) ? "allow: GET, HEAD\r\n" : "allow: POST\r\n";
  return true;
}

bool provider::knows_model(std::string_view model) const {
  return options_.accept_any_model
         || std::find(options_.models.begin(), options_.models.end(), model)
                != options_.models.end();
}

void provider::answer_models(const exchange& x, const request_view& request, reply& result) {
  if (x.where == endpoint::models)
    return append_models(result.body, options_.models);
  constexpr std::string_view prefix = "/v1/models/";
  auto model = request.target.substr(0, request.target.find('?')).substr(prefix.size());
  if (std::find(options_.models.begin(), options_.models.end(), model) == options_.models.end())
    return refuse(result, 404, bad_model_body(model));
  append_model(result.body, model);
}

void provider::answer_generation(exchange& x, const scanned_body& body, time_point now,
                                 std::int64_t wall_clock, reply& result) {
  compose(x, body, wall_clock);
  bool talks = x.where != endpoint::embeddings && x.where != endpoint::moderations;
  if (!talks)
    generation_.answer_tokens = 0;
  // As OpenAI does, what the answer may need counts at once, not what it turns out to be.
  auto reserved =
      generation_.prompt_tokens + (talks ? body.max_tokens.value_or(generation_.answer_tokens) : 0);
  if (!admit(x, body.model, reserved, now, result) || !render(x, body, result))
    return;
  x.key->counters.tokens +=
      static_cast<std::uint64_t>(generation_.prompt_tokens + generation_.answer_tokens);
  result.delay += latency();
  hold(x);
}

bool provider::admit(exchange& x, std::string_view model, std::int64_t tokens, time_point now,
                     reply& result) {
  auto refused = x.key->admit(std::min(tokens, max_limit + 1), now);
  x.key->append_rate_limit_lines(result.lines);
  if (!refused) {
    ++x.key->counters.admitted;
    return true;
  }
  ++x.key->counters.limited;
  result.lines += refusal_lines(*refused);
  refuse(result, 429, refusal_body(*refused, model, x.key->organization()));
  return false;
}

void provider::compose(const exchange& x, const scanned_body& body, std::int64_t wall_clock) {
  generation_.id.clear();
  random_.append_id(generation_.id, 29);
  generation_.created = wall_clock;
  generation_.model = body.model.empty() ? "omni-moderation-latest" : body.model;
  generation_.prompt_tokens = body.prompt_tokens();
  compose_text(generation_, x.key->name(), x.key->counters.admitted + 1, body.last_user,
               static_cast<std::int64_t>(options_.tokens), body.max_tokens);
}

/// Returns false if the request turned out to be wrong.
bool provider::render(const exchange& x, const scanned_body& body, reply& result) {
  using shape = event_stream::shape;
  auto breaks = breaks_of(x.broken.get());
  auto stream = [&](shape form) {
    if (form != shape::response && breaks.error.empty())
      breaks.error = stream_error_body();
    result.content_type = "text/event-stream; charset=utf-8";
    result.stream.emplace(form, generation_, body.include_usage, std::move(breaks));
    return true;
  };
  if (!body.stream && breaks.error_after != stream_breaks::never) {
    refuse(result, 500, breaks.error.empty() ? status_body(500) : breaks.error);
    return false;
  }
  switch (x.where) {
  case endpoint::chat_completions:
    if (body.stream)
      return stream(shape::chat);
    append_chat_completion(result.body, generation_);
    return true;
  case endpoint::completions:
    if (body.stream)
      return stream(shape::completion);
    append_completion(result.body, generation_);
    return true;
  case endpoint::responses:
    if (body.stream)
      return stream(shape::response);
    append_response(result.body, generation_, generation_.cut ? "incomplete" : "completed");
    return true;
  case endpoint::embeddings: {
    if (body.inputs.empty() || body.dimensions < 0 || body.dimensions > max_dimensions) {
      complain(result, 400, "'$.input' is invalid.", "input");
      return false;
    }
    auto size = body.dimensions > 0 ? body.dimensions : 1536;
    append_embeddings(result.body, generation_, body.inputs, static_cast<std::size_t>(size),
                      body.encoding_format == "base64");
    return true;
  }
  default:
    append_moderation(result.body, generation_, std::max<std::size_t>(1, body.inputs.size()));
    return true;
  }
}

} // namespace keywheel::simulator

#include "observe/api_error.hpp"

#include "observe/api_answer.hpp"
#include "observe/json_member.hpp"

namespace keywheel::observe {

namespace {

std::string_view framing_code(unsigned status) noexcept {
  switch (status) {
  case 408:
    return "request_timeout";
  case 413:
    return "body_too_large";
  case 431:
    return "header_too_large";
  default:
    return "bad_request";
  }
}

void put_place(json_writer& out, unsigned line, unsigned column) {
  if (line != 0)
    put(out, "line", line);
  if (line != 0 && column != 0)
    put(out, "column", column);
}

void put_problem(json_writer& out, const config::problem& what) {
  out.StartObject();
  put(out, "file", what.file);
  put_place(out, what.line, what.column);
  put(out, "message", what.message);
  out.EndObject();
}

/// Takes over the place and the text of the first problem.
api_error refused_configuration(std::vector<config::problem> problems) {
  api_error result{
      422, "invalid", problems.front().message, problems.front().line, problems.front().column,
      {},  {}};
  result.problems = std::move(problems);
  return result;
}

} // namespace

api_error framing_error(unsigned status, std::string_view message) {
  return {status, std::string{framing_code(status)}, std::string{message}, 0, 0, {}, {}};
}

api_error edit_error(config::edit_failure why, std::string error,
                     std::vector<config::problem> problems) {
  if (!problems.empty())
    return refused_configuration(std::move(problems));
  const auto made = [&](unsigned status, const char* code) {
    return api_error{status, code, std::move(error), 0, 0, {}, {}};
  };
  switch (why) {
  case config::edit_failure::not_found:
    return made(404, "not_found");
  case config::edit_failure::exists:
    return made(409, "exists");
  case config::edit_failure::file_changed:
    return made(409, "file_changed");
  case config::edit_failure::unwritable:
    return made(409, "unwritable");
  default:
    return made(409, "cannot_edit");
  }
}

api_error generation_mismatch(std::uint64_t in_force) {
  return {412,
          "generation_mismatch",
          "the configuration has changed since: generation " + std::to_string(in_force)
              + " is in force",
          0,
          0,
          {},
          {}};
}

api_error reload_error(std::vector<config::problem> problems) {
  return refused_configuration(std::move(problems));
}

api_error unavailable(std::string why) {
  return {503, "gateway_unavailable", "the gateway did not answer: " + std::move(why), 0, 0, {},
          {}};
}

http::response error_response(const api_error& what) {
  auto body = object_text([&](json_writer& out) {
    dialect::put_name(out, "error");
    out.StartObject();
    put(out, "code", what.code);
    put(out, "message", what.message);
    put_place(out, what.line, what.column);
    if (!what.problems.empty())
      put_array(out, "problems", what.problems, put_problem);
    out.EndObject();
  });
  auto result = json_response(what.status, std::move(body));
  if (what.status == 401)
    result.head.headers.add("WWW-Authenticate", "Bearer realm=\"keywheel\"");
  if (!what.allow.empty())
    result.head.headers.add("Allow", what.allow);
  return result;
}

} // namespace keywheel::observe

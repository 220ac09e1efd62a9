#include "tools/simulator/response_head.hpp"

#include "tools/simulator/text.hpp"

#include <utility>

namespace keywheel::simulator {
namespace {

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

/// What each dialect says of every request (PROVIDERS section 3).
void append_dialect_lines(std::string& out, const reply& what, const exchange& x,
                          const head_facts& facts) {
  auto line = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(value).append("\r\n");
  };
  switch (x.speaks) {
  case dialect::openai:
    out += "openai-processing-ms: ";
    append_number(out, facts.taken.count() / 1'000'000);
    line("\r\nx-request-id: req_", what.request_id);
    if (x.key != nullptr) {
      line("openai-organization: ", x.key->organization());
      line("openai-version: ", "2020-10-01");
    }
    break;
  case dialect::azure:
    line("apim-request-id: ", what.request_id);
    line("x-request-id: ", what.request_id);
    line("x-ms-region: ", "Simulated");
    break;
  case dialect::anthropic:
    line("request-id: req_", what.request_id);
    if (x.key != nullptr)
      line("anthropic-organization-id: ", x.key->organization());
    break;
  case dialect::gemini:
    out += "server-timing: gfet4t7; dur=";
    append_number(out, facts.taken.count() / 1'000'000);
    out += "\r\n";
    break;
  }
}

} // namespace

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> phrases[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {425, "Too Early"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {529, "Site is overloaded"},
  };
  for (auto& [code, phrase] : phrases)
    if (code == status)
      return phrase;
  return "Unknown";
}

void wall_clock::update() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec == seconds_)
    return;
  seconds_ = now.tv_sec;
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  // The C locale's names are the ones that HTTP wants; nobody here sets another.
  std::strftime(date_, sizeof date_, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

void append_head(std::string& out, const reply& what, const exchange& x, const head_facts& facts) {
  out += "HTTP/1.1 ";
  append_number(out, what.status);
  out += ' ';
  out += reason_phrase(what.status);
  out += "\r\ndate: ";
  out += facts.date;
  if (!what.content_type.empty() && !has_no_body(what.status)) {
    out += "\r\ncontent-type: ";
    out += what.content_type;
  }
  if (what.stream) {
    if (facts.chunked)
      out += "\r\ntransfer-encoding: chunked";
  } else if (!has_no_body(what.status)) {
    out += "\r\ncontent-length: ";
    append_number(out, what.body.size());
  }
  if (!facts.keep_alive)
    out += "\r\nconnection: close";
  out += "\r\n";
  if (x.where != endpoint::control) {
    append_dialect_lines(out, what, x, facts);
    out += "x-simulator-request: ";
    append_number(out, x.number);
    out += "\r\n";
    if (x.key != nullptr)
      out.append("x-simulator-key: ").append(x.key->name()).append("\r\n");
  }
  out += what.lines;
  out += "\r\n";
}

} // namespace keywheel::simulator

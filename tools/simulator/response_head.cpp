#include "tools/simulator/response_head.hpp"

#include "tools/simulator/refusals.hpp"
#include "tools/simulator/text.hpp"

namespace keywheel::simulator {
namespace {

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

} // namespace

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
    out += "openai-processing-ms: ";
    append_number(out, facts.taken.count() / 1'000'000);
    out += "\r\nx-request-id: req_";
    out += facts.request_id;
    out += "\r\nx-simulator-request: ";
    append_number(out, x.number);
    out += "\r\n";
    if (x.key != nullptr)
      out += x.key->header_lines();
  }
  out += what.lines;
  out += "\r\n";
}

} // namespace keywheel::simulator

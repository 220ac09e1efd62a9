#include "observe/call_record.hpp"
#include "tests/catch.hpp"

#include <algorithm>

using namespace keywheel;
using namespace keywheel::observe;
using namespace std::chrono_literals;

namespace {

call_record sample() {
  call_record result;
  result.request_id = "kw-1";
  result.client = "ci";
  result.method = "POST";
  result.path = "/v1/chat/completions";
  result.model = "gpt-4o";
  result.key = "openai/team-a";
  result.attempts = 2;
  result.status = 200;
  result.outcome = "answered";
  result.total = 1234567us;
  result.first_byte = 90us;
  result.waited = 20500us;
  result.bytes = 4096;
  result.used = {11, 3, 22, 4, true};
  result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  return result;
}

} // namespace

TEST_CASE("a call makes one line") {
  CHECK(to_string(sample())
        == "request_id=kw-1 client=ci method=POST path=/v1/chat/completions model=gpt-4o "
           "key=openai/team-a attempts=2 status=200 outcome=answered total_ms=1234.567 "
           "first_byte_ms=0.090 wait_ms=20.500 bytes=4096 input_tokens=11 cached_tokens=3 "
           "output_tokens=22 reasoning_tokens=4 trace_id=4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_CASE("what is not known is a dash") {
  call_record record;
  CHECK(to_string(record)
        == "request_id=- client=- method=- path=- model=- key=- attempts=0 status=0 outcome=- "
           "total_ms=0.000 first_byte_ms=- wait_ms=0.000 bytes=0 input_tokens=- cached_tokens=- "
           "output_tokens=- reasoning_tokens=- trace_id=-");
}

TEST_CASE("the query of a path, where callers put credentials, is not logged") {
  auto record = sample();
  record.path = "/v1beta/models/gemini:generateContent?key=AIzaSecret&alt=sse";
  const auto line = to_string(record);
  CHECK(line.find("path=/v1beta/models/gemini:generateContent model=") != std::string::npos);
  CHECK(line.find("AIza") == std::string::npos);
}

TEST_CASE("no field can forge a line, a field or a terminal command") {
  std::string call_record::*const texts[] = {&call_record::request_id, &call_record::client,
                                             &call_record::method,     &call_record::path,
                                             &call_record::model,      &call_record::key,
                                             &call_record::outcome,    &call_record::trace_id};
  const auto spaces = [](const std::string& line) {
    return std::count(line.begin(), line.end(), ' ');
  };
  for (const auto field : texts) {
    auto record = sample();
    record.*field = "x\nstatus=500\r\x1b[31m\xc2\x9b";
    const auto line = to_string(record);
    CAPTURE(line);
    CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
    CHECK(line.find(R"("x\nstatus=500\x0d\x1b[31m\xc2\x9b")") != std::string::npos);
    CHECK(spaces(line) == spaces(to_string(sample())));
    record.*field = "a\" status=\"500";
    CHECK(to_string(record).find(R"("a\" status=\"500")") != std::string::npos);
  }
}

TEST_CASE("a field of any length makes a short line") {
  auto record = sample();
  record.model = std::string(100'000, 'm');
  CHECK(to_string(record).size() < 1000);
}

#include "http/trace_context.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace keywheel::http;

namespace {

const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";

std::string read(const std::string& value) {
  fields headers;
  headers.add("Traceparent", value);
  return trace_id_of(headers);
}

} // namespace

TEST_CASE("the trace id of a valid traceparent") {
  CHECK(read("00-" + id + "-00f067aa0ba902b7-01") == id);
  CHECK(read("cc-" + id + "-00f067aa0ba902b7-01") == id);
  CHECK(read("cc-" + id + "-00f067aa0ba902b7-01-more") == id);
}

TEST_CASE("what is no traceparent has none") {
  const std::string zeros(32, '0');
  for (const auto& bad :
       {std::string{}, std::string{"00"}, "ff-" + id + "-00f067aa0ba902b7-01",
        "00-" + zeros + "-00f067aa0ba902b7-01", "00-" + id + "-0000000000000000-01",
        "00-" + id + "-00f067aa0ba902b7-01-more", "00-" + id + "-00f067aa0ba902b7-1",
        "00-" + id + "-00f067aa0ba902b7-0G", "00_" + id + "-00f067aa0ba902b7-01",
        std::string{"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"},
        "cc-" + id + "-00f067aa0ba902b7-01x"}) {
    CAPTURE(bad);
    CHECK(read(bad).empty());
  }
  fields twice;
  twice.add("traceparent", "00-" + id + "-00f067aa0ba902b7-01");
  twice.add("traceparent", "00-" + id + "-00f067aa0ba902b7-01");
  CHECK(trace_id_of(twice).empty());
  CHECK(trace_id_of({}).empty());
}

TEST_CASE("a trace context is dropped as a whole") {
  fields headers;
  headers.add("a", "1");
  headers.add("TraceParent", "x");
  headers.add("tracestate", "y");
  headers.add("b", "2");
  drop_trace_context(headers);
  REQUIRE(headers.size() == 2);
  CHECK(headers[0].name == "a");
  CHECK(headers[1].value == "2");
}

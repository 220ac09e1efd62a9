#include "tests/catch.hpp"
#include "tools/simulator/request_parser.hpp"

#include <cstring>
#include <string>

using namespace keywheel::simulator;
using status = request_parser::status;

namespace {

constexpr std::size_t max_body = 1000;

void put(input_buffer& in, std::string_view bytes) {
  auto room = in.prepare(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  in.commit(bytes.size());
}

/// Everything that comes out of `text`, fed in pieces that end at `split` and then every `step`
/// bytes: "target=body;" per request, then the error if there is one.
std::string parsed(std::string_view text, std::size_t split, std::size_t step) {
  input_buffer in;
  request_parser parser{max_body};
  std::string result;
  while (true) {
    switch (parser.advance(in)) {
    case status::more: {
      if (text.empty())
        return result;
      auto count = std::min(split, text.size());
      put(in, text.substr(0, count));
      text.remove_prefix(count);
      split = step;
      break;
    }
    case status::head:
      break;
    case status::complete:
      result += parser.head().target.in(in.data());
      result += '=';
      result.append(in.data() + parser.head().size, parser.body_size());
      result += ';';
      parser.next(in);
      break;
    case status::error:
      return result + std::to_string(parser.error());
    }
  }
}

struct row {
  std::string text;
  std::string expected;
};

const row rows[] = {
    {"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "/a=;"},
    {"\r\n\r\nGET /a HTTP/1.1\r\nhOST:x\r\n\r\n", "/a=;"},
    {"GET /a HTTP/1.0\r\n\r\n", "/a=;"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: "
     "x\r\n\r\n",
     "/a=abc;/b=;"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n00\r\nTrailer: t\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
     "/a=abcde;/b=;"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", "/a=;"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "/a=abc;"},
    // What is refused.
    {"GET /a HTTP/1.1\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400"},
    {"GET /a HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
    {"GET /a\r\nHost: x\r\n\r\n", "400"},
    {"GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
    {"G@T /a HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
    {"GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost : x\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", "400"},
    {"GET /a HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "413"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
     "400"},
    {"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n", "417"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\r\n", "400"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", "413"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
     "400"},
};

} // namespace

TEST_CASE("requests are framed the same at every split point") {
  for (auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(parsed(text, text.size(), text.size()) == expected);
    CHECK(parsed(text, 1, 1) == expected);
    for (std::size_t split = 1; split < text.size(); ++split)
      if (parsed(text, split, text.size()) != expected)
        FAIL("split at " << split << ": " << parsed(text, split, text.size()));
  }
}

TEST_CASE("a head that is too large is refused before its end has come") {
  std::string text = "GET /a HTTP/1.1\r\nHost: x\r\nA: " + std::string(70'000, 'a');
  CHECK(parsed(text, 5000, 5000) == "431");
  CHECK(parsed(text + "\r\n\r\n", text.size() + 4, 1) == "431");
}

TEST_CASE("a chunked body that grows too large is refused") {
  std::string text = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 101; ++i)
    text += "a\r\n0123456789\r\n";
  CHECK(parsed(text, 100, 100) == "413");
}

TEST_CASE("a head's facts are found") {
  request_head head;
  REQUIRE(parse_head("POST /v1/x HTTP/1.1\r\nHost: x\r\nauthorization: bearer  abc \r\n"
                     "Connection: foo, Close\r\nExpect: 100-Continue\r\n\r\n",
                     head)
          == 0);
  CHECK(head.method == method::post);
  CHECK_FALSE(head.keep_alive);
  CHECK(head.expect_continue);
  std::string azure = "GET /v1/x HTTP/1.1\r\nHost: x\r\napi-key: k\r\n\r\n";
  REQUIRE(parse_head(azure, head) == 0);
  CHECK(head.api_key.in(azure.data()) == "k");
}

#include "tests/catch.hpp"
#include "tools/simulator/body_scan.hpp"

#include <string>

using namespace keywheel::simulator;

namespace {

/// Keeps the text that the result's views point into.
struct scan {
  explicit scan(std::string body) : text(std::move(body) + "\n") {
    found = scanner.scan(text.data(), text.size() - 1);
  }

  const scanned_body* operator->() const { return found; }

  std::string text;
  body_scanner scanner;
  const scanned_body* found = nullptr;
};

} // namespace

TEST_CASE("the fields of a chat completion are found at their depth only") {
  scan body{R"({"metadata":{"model":"wrong","stream":true},"tools":[{"model":"wrong"}],
    "messages":[{"role":"system","content":"12345678"},
                {"role":"user","content":[{"type":"text","text":"a\n\u00e9"},
                   {"type":"image_url","image_url":{"url":"data:AAAAAAAA","text":"no"}}]},
                {"content":"bye","role":"assistant"}],
    "model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"max_tokens":7})"};
  REQUIRE(body.found != nullptr);
  CHECK(body->model == "gpt-4o");
  CHECK(body->stream);
  CHECK(body->include_usage);
  CHECK(body->max_tokens == 7);
  CHECK(body->last_user == "a\n\xC3\xA9");
  CHECK(body->text_bytes == 8 + 4 + 3);
  CHECK(body->prompt_tokens() == 4);
  CHECK(body.text.back() == '\n'); // what stands behind the body is untouched
}

TEST_CASE("inputs are counted in every form") {
  auto count = [](const char* input) {
    scan body{std::string{R"({"model":"m","input":)"} + input + "}"};
    REQUIRE(body.found != nullptr);
    return body->inputs.size();
  };
  CHECK(count(R"("one")") == 1);
  CHECK(count(R"(["a","b","c"])") == 3);
  CHECK(count("[1,2,3]") == 1);
  CHECK(count("[[1,2],[3]]") == 2);
  CHECK(count("[]") == 0);
  scan same{R"({"input":["x","x","y"]})"};
  CHECK(same->inputs[0] == same->inputs[1]);
  CHECK(same->inputs[0] != same->inputs[2]);
}

TEST_CASE("one scanner forgets the last body") {
  body_scanner scanner;
  std::string first = R"({"model":"m","stream":true,"input":["a"],"max_tokens":1} )";
  std::string second = "{} ";
  REQUIRE(scanner.scan(first.data(), first.size() - 1)->stream);
  auto again = scanner.scan(second.data(), second.size() - 1);
  REQUIRE(again != nullptr);
  CHECK(again->model.empty());
  CHECK_FALSE(again->stream);
  CHECK_FALSE(again->max_tokens);
  CHECK(again->inputs.empty());
}

TEST_CASE("what is not one JSON object is refused") {
  for (std::string bad : {"", "[]", "null", "1", "\"x\"", "{", "{}{}", "{\"a\":}", "{}x"})
    CHECK(scan{bad}.found == nullptr);
  CHECK(scan{std::string{"{}\0{}", 5}}.found == nullptr);
  CHECK(scan{"{\"a\":" + std::string(100'000, '[')}.found == nullptr);
  CHECK(scan{" {} \r\n"}.found != nullptr);
}

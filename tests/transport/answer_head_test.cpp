#include "tests/catch.hpp"
#include "transport/answer_head.hpp"

#include <string>
#include <vector>

using namespace keywheel::transport;
using step = answer_head::step;

namespace {

step feed(answer_head& subject, const std::vector<std::string>& lines) {
  auto last = step::more;
  for (const auto& line : lines) {
    last = subject.line(line);
    if (last == step::bad)
      return last;
  }
  return last;
}

} // namespace

TEST_CASE("a header section is put together line by line") {
  answer_head subject;
  CHECK(feed(subject, {"HTTP/1.1 429 Too Many\r\n", "Retry-After:  7 \r\n", "x-a: \r\n"})
        == step::more);
  CHECK_FALSE(subject.is_complete());
  CHECK(subject.line("\r\n") == step::complete);
  CHECK(subject.line("x-trailer: 1\r\n") == step::more);
  const auto head = subject.take();
  CHECK(head.status == 429);
  REQUIRE(head.headers.size() == 2);
  CHECK(head.headers.find("retry-after") == "7");
  CHECK(head.headers.find("x-a") == "");
}

TEST_CASE("interim answers are skipped") {
  answer_head subject;
  CHECK(feed(subject, {"HTTP/1.1 103 Early\r\n", "Link: x\r\n", "\r\n"}) == step::more);
  CHECK(feed(subject, {"HTTP/1.1 200\r\n", "a: b\r\n", "\r\n"}) == step::complete);
  const auto head = subject.take();
  CHECK(head.status == 200);
  CHECK(head.headers.size() == 1);
}

TEST_CASE("a folded line goes on with a blank") {
  answer_head subject;
  CHECK(feed(subject, {"HTTP/1.1 200 OK\r\n", "a: 1\r\n", "b: 2\r\n", " \t3\r\n", "\r\n"})
        == step::complete);
  const auto head = subject.take();
  CHECK(head.headers.find("a") == "1");
  CHECK(head.headers.find("b") == "2 3");
}

TEST_CASE("what is not HTTP is refused with a reason") {
  const std::vector<std::vector<std::string>> rows = {
      {"hello\r\n"},
      {"HTTP/1.1\r\n"},
      {"HTTP/1.1 \r\n"},
      {"HTTP/1.1 20\r\n"},
      {"HTTP/1.1 2000 OK\r\n"},
      {"HTTP/1.1 099 OK\r\n"},
      {"HTTP/1.1 abc OK\r\n"},
      {"HTTP/1.1 200 OK\r\n", "no colon\r\n"},
      {"HTTP/1.1 200 OK\r\n", ": no name\r\n"},
      {"HTTP/1.1 200 OK\r\n", "blank : in name\r\n"},
      {"HTTP/1.1 200 OK\r\n", "a: bare \r return\r\n"},
      {"HTTP/1.1 200 OK\r\n", std::string{"a: nul \0 byte\r\n", 15}},
      {"HTTP/1.1 200 OK\r\n", " folded from nothing\r\n"},
      {"HTTP/1.1 200 OK\r\n", "a: b\r\n", " folded \x01\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row);
    answer_head subject;
    CHECK(feed(subject, row) == step::bad);
    CHECK(std::string{subject.problem()} != "");
  }
}

TEST_CASE("all header sections of an answer together have a limit") {
  const auto block = std::vector<std::string>{"HTTP/1.1 102 Processing\r\n",
                                              "a: " + std::string(1000, 'x') + "\r\n", "\r\n"};
  answer_head subject;
  std::size_t fed = 0;
  auto last = step::more;
  while (last != step::bad && fed < 1000) {
    last = feed(subject, block);
    ++fed;
  }
  CHECK(fed == 64);
  subject.reset();
  CHECK(feed(subject, {"HTTP/1.1 200 OK\r\n", "\r\n"}) == step::complete);
}

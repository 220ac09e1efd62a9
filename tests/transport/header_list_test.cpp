#include "tests/catch.hpp"
#include "transport/header_list.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using transport::header_list;

namespace {

std::vector<std::string> lines(header_list& of) {
  std::vector<std::string> result;
  for (auto* node = of.get(); node != nullptr; node = node->next)
    result.emplace_back(node->data);
  return result;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("curl's own headers are kept out unless the request has them") {
  header_list subject;
  http::fields none;
  REQUIRE(subject.build(none, {}));
  CHECK(lines(subject) == strings{"Accept:"});
  REQUIRE(subject.build(none, {"User-Agent: k", true, true}));
  CHECK(lines(subject) == strings{"User-Agent: k", "Accept:", "Content-Type:", "Expect:"});
  http::fields all;
  all.add("accept", "*/*");
  all.add("CONTENT-TYPE", "a/b");
  all.add("user-agent", "u");
  REQUIRE(subject.build(all, {"User-Agent: k", true, false}));
  CHECK(lines(subject) == strings{"accept: */*", "CONTENT-TYPE: a/b", "user-agent: u"});
}

TEST_CASE("fields of the framing are left out, empty values are sent") {
  header_list subject;
  http::fields all;
  for (const auto* name : {"Content-Length", "transfer-encoding", "Expect", "Connection", "x"})
    all.add(name, "1");
  all.add("x-empty", "");
  REQUIRE(subject.build(all, {}));
  CHECK(lines(subject) == strings{"x: 1", "x-empty;", "Accept:"});
}

TEST_CASE("a field that would smuggle in another is refused") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a", "b\r\nc: d"}, {"a", "b\nc"}, {"a", std::string{"b\0c", 3}},
      {"a\nb", "c"},      {"a: b", "c"}, {"", "c"}};
  for (const auto& [name, value] : rows) {
    header_list subject;
    http::fields all;
    all.add("authorization", "Bearer s");
    all.add(name, value);
    CHECK_FALSE(subject.build(all, {}));
    CHECK(subject.get() == nullptr);
  }
}

TEST_CASE("wiped, the text of the headers is gone") {
  header_list subject;
  http::fields all;
  all.add("authorization", "Bearer sk-secret");
  REQUIRE(subject.build(all, {}));
  const auto* text = subject.get()->data;
  const auto size = std::string_view{text}.size();
  subject.wipe();
  CHECK(subject.get() == nullptr);
  CHECK(std::string(text, size) == std::string(size, '\0'));
}

#include "observe/web_file.hpp"
#include "tests/catch.hpp"

#include <set>
#include <string>

using namespace keywheel;
using namespace keywheel::observe;

namespace {

constexpr web_file sample{"views/a.js", "text/javascript; charset=utf-8", "\"0123abcd\"", "let a;"};

unsigned status_for(const char* if_none_match) {
  const auto answer = file_response(sample, if_none_match);
  CHECK(answer.body == (answer.head.status == 200 ? "let a;" : ""));
  CHECK(answer.head.headers.find("etag") == "\"0123abcd\"");
  return answer.head.status;
}

} // namespace

TEST_CASE("a file is served with its type, its tag and the strict headers") {
  const auto answer = file_response(sample, std::nullopt);
  CHECK(answer.head.status == 200);
  CHECK(answer.body == "let a;");
  const std::pair<const char*, const char*> expected[] = {
      {"Content-Type", "text/javascript; charset=utf-8"},
      {"ETag", "\"0123abcd\""},
      {"Cache-Control", "no-cache"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
       "'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  CHECK(answer.head.headers.size() == std::size(expected));
  for (const auto& [name, value] : expected)
    CHECK(answer.head.headers.find(name) == value);
}

TEST_CASE("a browser that has the file gets 304 and nothing else") {
  CHECK(status_for("\"0123abcd\"") == 304);
  CHECK(status_for("W/\"0123abcd\"") == 304);
  CHECK(status_for("*") == 304);
  CHECK(status_for("\"x\" , \t\"0123abcd\"") == 304);
  CHECK(status_for("\"x\",W/\"0123abcd\",") == 304);
  CHECK(status_for("") == 200);
  CHECK(status_for(" , ") == 200);
  CHECK(status_for("\"0123abc\"") == 200);
  CHECK(status_for("0123abcd") == 200);
  CHECK(status_for("\"0123abcd\"x") == 200);
}

TEST_CASE("the dashboard is in the binary, under names of its own") {
  const auto all = dashboard_files();
  std::set<std::string_view> names;
  for (const auto& each : all) {
    INFO(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.bytes.empty());
    CHECK(each.tag.size() == 18);
  }
  const auto* index = find_file(all, "index.html");
  REQUIRE(index);
  CHECK(index->type == "text/html; charset=utf-8");
  CHECK(index->bytes.starts_with("<!doctype html>"));
  CHECK(index->bytes.ends_with("</html>\n"));
  CHECK(find_file(all, "CMakeLists.txt") == nullptr);
}

TEST_CASE("a name leads to its file and to nothing else") {
  const auto found = answer_file("index.html", std::nullopt);
  CHECK(found.head.status == 200);
  const auto tag = std::string{*found.head.headers.find("etag")};
  CHECK(answer_file("index.html", tag).head.status == 304);
  for (const auto* name :
       {"", "nothing.js", "/index.html", "../dashboard/index.html", "INDEX.HTML"})
    CHECK(answer_file(name, std::nullopt).head.status == 404);
}

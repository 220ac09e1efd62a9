#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

using namespace keywheel::config;

namespace {

/// What the message about a client's token is, for a token in its three forms; "" if it is good.
std::string complaint(const world& around, const std::string& token) {
  const auto result = around.parse("[[clients]]\nname = \"c\"\ntoken = \"" + token + "\"\n");
  const auto lines = lines_of(result);
  if (lines.empty())
    return {};
  CHECK(lines.size() == 1);
  const std::string prefix = "3:9: [[clients]] \"c\": token ";
  CHECK(lines[0].substr(0, prefix.size()) == prefix);
  return lines[0].substr(prefix.size());
}

} // namespace

TEST_CASE("secrets come from the environment") {
  world around;
  around.variables["GOOD"] = "token";
  around.variables["EMPTY"] = "";
  around.variables["LINES"] = "tok-1\ntok-2";
  CHECK(complaint(around, "env:GOOD").empty());
  CHECK(complaint(around, "env:MISSING")
        == "cannot be read: environment variable MISSING is not set");
  CHECK(complaint(around, "env:EMPTY") == "cannot be read: environment variable EMPTY is empty");
  CHECK(complaint(around, "env:LINES")
        == "cannot be read: environment variable LINES contains control characters, such as a "
           "line break");
}

TEST_CASE("a secret behind env: by mistake is not repeated") {
  for (const std::string name : {"sk-proj-123", "", "1A", "A B", "$A"})
    CHECK(complaint({}, "env:" + name) == "must name an environment variable after \"env:\"");
  CHECK(complaint({}, "env:" + std::string(65, 'A'))
        == "must name an environment variable after \"env:\"");
}

TEST_CASE("secrets come from files, without the line break at their end") {
  world around;
  around.files["/run/a"] = "token\n";
  around.files["/run/b"] = "token\r\n\n";
  around.files["/run/empty"] = "\n";
  around.files["/run/lines"] = "one\ntwo\n";
  around.files["/run/big"] = std::string(20'000, 'x');
  around.files["/run/blank"] = "token \n";
  around.files["/home/ada/token"] = "token";
  around.files["/etc/keywheel/sub/token"] = "token";
  around.files["/etc/token"] = "token";
  for (const std::string path :
       {"/run/a", "/run/b", "~/token", "sub/token", "./sub/token", "../token"})
    CHECK(complaint(around, "file:" + path).empty());
  CHECK(complaint(around, "file:") == "must name a file after \"file:\"");
  CHECK(complaint(around, "file:nothing")
        == "cannot be read: /etc/keywheel/nothing: No such file or directory");
  CHECK(complaint(around, "file:/run/empty") == "cannot be used: /run/empty is empty");
  CHECK(complaint(around, "file:/run/lines")
        == "cannot be used: /run/lines contains control characters, such as a line break");
  CHECK(complaint(around, "file:/run/big") == "cannot be used: /run/big is longer than 16 KiB");
  CHECK(complaint(around, "file:/run/blank")
        == "cannot be used: /run/blank begins or ends with a blank");
}

TEST_CASE("the text of a file is the secret") {
  world around;
  around.files["/run/a"] = "tok en\n";
  const auto it = good("[[clients]]\nname = \"c\"\ntoken = \"file:/run/a\"\n", around);
  CHECK(it.clients[0].token.equals("tok en"));
}

TEST_CASE("literal secrets can be used in a header field") {
  CHECK(complaint({}, "token").empty());
  CHECK(complaint({}, "").substr(0) == "is empty");
  CHECK(complaint({}, "a\\nb") == "contains control characters, such as a line break");
  CHECK(complaint({}, " a") == "begins or ends with a blank");
}

TEST_CASE("each file of a secret is watched once, under the path it is read from") {
  world around;
  around.files["/etc/keywheel/a"] = "token-a";
  around.files["/run/b"] = "token-b";
  const auto it = good(R"([admin]
token = "file:a"
[providers.p]
dialect = "openai"
base_url = "http://h"
api_key = "file:/run/b"
[[clients]]
name = "c"
token = "file:./a"
)",
                       around);
  CHECK(it.watched_files
        == std::vector<std::string>{"/etc/keywheel/kw.toml", "/etc/keywheel/a", "/run/b"});
}

TEST_CASE("no message contains a secret, wherever it was put by mistake") {
  world around;
  around.variables["OK"] = "fine";
  const std::string secret = "sk-proj-4f1RzqXb7Jw2Nd8Kc6Lm9Pt3Vy5Hs0Ga";
  const std::vector<std::string> texts{
      "[providers.p]\napi_key = @\n",
      "[providers.p]\napi_key = \"@\n",
      "[providers.p]\napi_key = '@\n",
      "[providers.p]\napi_key = \"@\\q\"\n",
      "[providers.p]\napi_key = \"a\" @\n",
      "[providers.p]\napi_key @\n",
      "[providers.p]\napi_key = [\"@\"]\n",
      "[providers.p]\napi_key = {@ = 1}\n",
      "[providers.p]\n@ = 1\n",
      "[providers.p]\n\"@\" = 1\n",
      "@ = 1\n",
      "[@]\n[@]\n",
      "[providers.p]\nbase_url = \"http://@@host/\"\n",
      "[providers.p]\nbase_url = \"http://h/?key=@\"\n",
      "[providers.p]\nbase_url = \"@\"\n",
      "[providers.p]\napi_key = \"env:@\"\n",
      "[providers.p]\napi_key = \"@\\n\"\n",
      "[providers.p]\nconnect_timeout = \"@\"\n",
      "[server]\nlisten = \"@\"\nmax_body = \"@\"\n",
      "[[clients]]\nname = \"a\"\ntoken = \"@\"\n[[clients]]\nname = \"b\"\ntoken = \"@\"\n",
      "[providers.p]\napi_key = \"@\"\n[[providers.p.keys]]\nname = \"a\"\napi_key = \"@\"\n"};
  for (auto text : texts) {
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1))
      text.replace(at, 1, secret);
    CAPTURE(text);
    const auto result = around.parse(text);
    CHECK_FALSE(result);
    for (const auto& line : lines_of(result))
      for (std::size_t i = 0; i + 8 <= secret.size(); ++i)
        if (line.find(secret.substr(i, 8)) != std::string::npos)
          FAIL_CHECK(line);
  }
}

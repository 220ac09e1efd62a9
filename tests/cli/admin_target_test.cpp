#include "cli/admin_client.hpp"
#include "cli/admin_target.hpp"
#include "tests/catch.hpp"
#include "tests/cli/fake_world.hpp"

using namespace keywheel::cli;

namespace {

constexpr const char* config_text = R"(
[server]
state_dir = "/state"

[admin]
listen = "127.0.0.1:5101"

[providers.openai]
dialect = "openai"
base_url = "https://api.openai.com/v1"
api_key = "env:OPENAI_API_KEY"

[models.gpt-4o]
provider = "openai"
)";

} // namespace

TEST_CASE("without anything said the client goes to the default address") {
  fake_world world;
  world.variables["HOME"] = "/h";
  world.files["/h/.local/state/keywheel/admin-token"] = "t0ken\n";
  auto target = find_admin("", "", world.view());
  CHECK(target.url == "http://127.0.0.1:4101");
  CHECK(target.token == "t0ken");
}

TEST_CASE("address and token of the environment win") {
  fake_world world;
  world.variables["KEYWHEEL_ADMIN_TOKEN"] = "from-environment";
  world.files["c.toml"] = config_text;
  auto target = find_admin("http://127.0.0.1:9/", "c.toml", world.view());
  CHECK(target.url == "http://127.0.0.1:9");
  CHECK(target.token == "from-environment");
}

TEST_CASE(
    "the configuration tells address and state folder, though its secrets are unreadable here") {
  fake_world world;
  world.files["c.toml"] = config_text;
  world.files["/state/admin-token"] = "kept\n";
  auto target = find_admin("", "c.toml", world.view());
  CHECK(target.url == "http://127.0.0.1:5101");
  CHECK(target.token == "kept");
}

TEST_CASE("a token in the configuration is used, one that is unreadable here is not") {
  fake_world world;
  std::string text = config_text;
  auto listen = text.find("listen");
  world.files["c.toml"] = std::string{text}.insert(listen, "token = \"spoken-token\"\n");
  CHECK(find_admin("", "c.toml", world.view()).token == "spoken-token");
  world.files["c.toml"] = std::string{text}.insert(listen, "token = \"env:UNSET\"\n");
  auto target = find_admin("", "c.toml", world.view());
  CHECK(target.token.empty());
  CHECK(target.hint == "KEYWHEEL_ADMIN_TOKEN and /state/admin-token");
}

TEST_CASE("a bad configuration is an error only if it was named") {
  fake_world world;
  world.files["keywheel.toml"] = "[server\n";
  CHECK(find_admin("", "", world.view()).url == "http://127.0.0.1:4101");
  CHECK_THROWS(find_admin("", "keywheel.toml", world.view()));
}

TEST_CASE("a listening address becomes a URL that can be asked") {
  CHECK(url_of({"127.0.0.1", 1}) == "http://127.0.0.1:1");
  CHECK(url_of({"0.0.0.0", 2}) == "http://127.0.0.1:2");
  CHECK(url_of({"::", 3}) == "http://[::1]:3");
  CHECK(url_of({"fe80::1", 4}) == "http://[fe80::1]:4");
}

TEST_CASE("a name in a path is percent-encoded") {
  CHECK(path_segment("team-a_1.x~") == "team-a_1.x~");
  CHECK(path_segment("a b/c?d%ä") == "a%20b%2Fc%3Fd%25%C3%A4");
}

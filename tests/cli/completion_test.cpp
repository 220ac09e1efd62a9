#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "tests/catch.hpp"

using namespace keywheel::cli;

namespace {

/// The command line that is completed here: the client commands of the real one.
struct line {
  line() {
    add_client_commands(app, chosen);
    add_check(app, chosen);
    add_complete(app, chosen);
  }

  std::vector<std::string> words(const std::vector<std::string>& typed) const {
    return complete(app, typed).words;
  }

  CLI::App app{"test"};
  action chosen;
};

using list = std::vector<std::string>;

} // namespace

TEST_CASE("commands are completed, and only those that --help shows") {
  const line of;
  CHECK(of.words({""}) == list{"models", "keys", "key", "reload", "events", "check"});
  CHECK(of.words({"ke"}) == list{"keys", "key"});
  CHECK(of.words({"comp"}).empty());
  CHECK(of.words({"key", ""}) == list{"add", "enable", "disable", "reset", "remove"});
  CHECK(of.words({"key", "re"}) == list{"reset", "remove"});
  CHECK(of.words({"nothing", "x"}).empty());
}

TEST_CASE("options are completed where a dash was typed") {
  const line of;
  CHECK(of.words({"keys", "--w"}) == list{"--watch"});
  CHECK(of.words({"keys", "--json", "--u"}) == list{"--url"});
  CHECK(of.words({"key", "add", "--max"}) == list{"--max-in-flight"});
  CHECK(of.words({"keys", "--max"}).empty());
}

TEST_CASE("files and keys are left to who knows them") {
  const line of;
  using wanted = completion::wanted;
  CHECK(complete(of.app, {"check", "-c", ""}).what == wanted::files);
  CHECK(complete(of.app, {"check", "--config", "/et"}).what == wanted::files);
  CHECK(complete(of.app, {"key", "disable", "ope"}).what == wanted::keys);
  CHECK(complete(of.app, {"key", "disable", "-c", "file.toml", ""}).what == wanted::keys);
  CHECK(complete(of.app, {"key", "disable", "openai/a", ""}).what == wanted::words);
  CHECK(complete(of.app, {"keys", "--url", ""}).what == wanted::words);
}

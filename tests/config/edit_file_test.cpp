#include "config/edit_file.hpp"
#include "config/secret_file.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

#include <atomic>
#include <sys/stat.h>
#include <thread>

using namespace keywheel::config;
namespace fs = std::filesystem;

namespace {

const std::string toml = R"([providers.p] # p
dialect = "openai"
base_url = "http://h/v1"
api_key = "sk-default-0123456789"

[models.m]
provider = "p"
)";

/// A configuration file with a state folder beside it.
struct file_fixture {
  scratch folder;
  std::string path = folder.path("kw.toml");
  std::string state = folder.path("state");

  file_fixture() { folder.write("kw.toml", toml); }

  std::string text() const { return folder.read("kw.toml"); }

  file_edit_result run(std::vector<change> changes, bool dry_run = false) const {
    return edit_file(path, state, {std::move(changes), dry_run});
  }

  /// The names in the folder of secrets.
  std::vector<std::string> secrets() const {
    std::vector<std::string> result;
    if (fs::exists(state + "/secrets"))
      for (const auto& entry : fs::directory_iterator{state + "/secrets"})
        result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
  }
};

value pasted(const char* clear) {
  return kept_secret{secret{clear}};
}

new_key key_called(const char* name, value api_key) {
  return {"p", name, {{"api_key", std::move(api_key)}}};
}

unsigned mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(file_fixture, "a pasted secret is kept in a file of its own") {
  const auto done = run({key_called("a", pasted("sk-pasted-0123456789"))});
  CHECK(done.error == "");
  REQUIRE(done.loaded);
  CHECK(done.written);
  CHECK(done.loaded->providers.at("p").keys[1].api_key.equals("sk-pasted-0123456789"));
  const auto file = state + "/secrets/p.a";
  CHECK(text()
        == toml.substr(0, toml.find("\n[models"))
               + "\n[[providers.p.keys]]\nname = \"a\"\n"
                 "api_key = \"file:"
               + file + "\"\n" + toml.substr(toml.find("\n[models")));
  CHECK(folder.read("state/secrets/p.a") == "sk-pasted-0123456789");
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(state + "/secrets") == 0700);
}

TEST_CASE_METHOD(file_fixture, "another secret goes to another file, and the old one is removed") {
  REQUIRE(run({key_called("a", pasted("sk-one"))}).written);
  REQUIRE(run({key_edit{"p", "a", "api_key", pasted("sk-two")}}).written);
  CHECK(secrets() == names{"p.a.2"});
  CHECK(folder.read("state/secrets/p.a.2") == "sk-two");
  REQUIRE(run({key_edit{"p", "a", "api_key", pasted("sk-three")}}).written);
  CHECK(secrets() == names{"p.a"});
  REQUIRE(run({removed_key{"p", "a"}}).written);
  CHECK(secrets() == names{});
  CHECK(text() == toml);
}

TEST_CASE_METHOD(file_fixture,
                 "a file that is not ours, or that another key names, is left alone") {
  folder.write("mine", "sk-mine\n");
  REQUIRE(run({key_called("a", value{std::string{"file:mine"}})}).written);
  REQUIRE(run({removed_key{"p", "a"}}).written);
  CHECK(folder.read("mine") == "sk-mine\n");
  REQUIRE(run({key_called("a", pasted("sk-a"))}).written);
  auto shared = key_called("b", value{"file:" + state + "/secrets/p.a"});
  shared.fields.push_back({"base_url", "http://other/v1"});
  REQUIRE(run({shared}).written);
  REQUIRE(run({removed_key{"p", "a"}}).written);
  CHECK(secrets() == names{"p.a"});
}

TEST_CASE_METHOD(file_fixture, "what fails leaves no secret behind, nor does a dry run") {
  const auto refused =
      run({key_called("a", pasted("sk-a")), key_edit{"p", "a", "weight", std::int64_t{0}}});
  REQUIRE(refused.problems.size() == 1);
  CHECK(refused.problems[0].message.find("weight") != std::string::npos);
  CHECK(run({key_called("b", pasted("sk-line\nbreak"))}).problems.size() == 1);
  CHECK(run({key_called("a", pasted("sk-a")), key_called("a", pasted("sk-b"))}).why
        == edit_failure::exists);
  const auto dry = run({key_called("a", pasted("sk-a"))}, true);
  CHECK(dry.error == "");
  CHECK(dry.problems.empty());
  CHECK_FALSE(dry.written);
  CHECK(secrets() == names{});
  CHECK(text() == toml);
}

TEST_CASE_METHOD(file_fixture, "a secret that cannot be kept changes nothing") {
  folder.write("state", "a file in the way");
  const auto done = run({key_called("a", pasted("sk-a"))});
  CHECK(done.why == edit_failure::unwritable);
  CHECK(done.error == state + ": File exists");
  CHECK(text() == toml);
}

TEST_CASE_METHOD(file_fixture, "a file that cannot be read or written changes nothing") {
  const auto missing = edit_file(folder.path("no.toml"), state, {{removed_model{"m"}}, false});
  CHECK(missing.why == edit_failure::unwritable);
  CHECK(missing.error.find("no.toml: cannot be read: ") != std::string::npos);
  if (::geteuid() == 0)
    return; // nothing is read-only to root
  REQUIRE(::chmod(path.c_str(), 0444) == 0);
  const auto done = run({key_called("a", pasted("sk-a"))});
  CHECK(done.why == edit_failure::unwritable);
  CHECK(done.error == path + ": Permission denied");
  CHECK(secrets() == names{});
  CHECK(text() == toml);
}

TEST_CASE_METHOD(file_fixture, "what would leave loose ends is refused with words") {
  const auto message = [](const file_edit_result& of) {
    REQUIRE(of.problems.size() == 1);
    return of.problems[0].message;
  };
  CHECK(
      message(run({removed_key{"p", "default"}}))
      == "[providers.p]: needs at least one key: an api_key here or a table [[providers.p.keys]]");
  CHECK(message(run({model_edit{"m", "load_balancing", true}}))
        == "[models.m]: load_balancing needs two or more keys, but provider \"p\" has one for this "
           "model");
  CHECK(message(run({new_model{"n", {{"provider", "q"}}}})).find("\"q\" does not exist")
        != std::string::npos);
  REQUIRE(
      run({key_called("a", value{secret{"sk-a"}}), key_edit{"p", "a", "enabled", false}}).written);
  CHECK(message(run({model_edit{"m", "load_balancing", true}}))
        == "load balancing needs two or more usable keys; model \"m\" has one that is enabled, of "
           "provider \"p\"");
  REQUIRE(
      run({key_edit{"p", "a", "enabled", true}, model_edit{"m", "load_balancing", true}}).written);
  const auto before = text();
  CHECK(message(run({removed_key{"p", "a"}})).find("needs two or more keys") != std::string::npos);
  CHECK(text() == before);
}

TEST_CASE_METHOD(file_fixture, "the text is put back if it does not load from the disk") {
  // A secret that can be read twice: when the edit is checked, and not when it is loaded.
  folder.write("mine", "sk-mine");
  auto around = process_surroundings();
  int reads = 0;
  around.read_file = [&](const std::string& file,
                         std::string& error) -> std::optional<std::string> {
    if (file.ends_with("/mine") && ++reads > 1) {
      error = "gone";
      return std::nullopt;
    }
    return process_surroundings().read_file(file, error);
  };
  const file_edit what{
      {key_called("a", value{std::string{"file:mine"}}), key_called("b", pasted("sk-b"))}, false};
  const auto done = edit_file(path, state, what, around);
  REQUIRE(done.problems.size() == 1);
  CHECK(done.problems[0].message.find("gone") != std::string::npos);
  CHECK_FALSE(done.loaded);
  CHECK(text() == toml);
  CHECK(secrets() == names{});
}

TEST_CASE_METHOD(file_fixture, "a change that says what is there writes nothing") {
  struct stat before {};
  REQUIRE(::stat(path.c_str(), &before) == 0);
  const auto done = run({model_edit{"m", "provider", "p"}});
  CHECK(done.error == "");
  CHECK(done.loaded);
  CHECK_FALSE(done.written);
  struct stat after {};
  REQUIRE(::stat(path.c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE_METHOD(file_fixture,
                 "an edit made between reading and writing is kept, and ours follows") {
  auto around = process_surroundings();
  bool first = true;
  around.read_file = [&](const std::string& file, std::string& error) {
    auto result = process_surroundings().read_file(file, error);
    if (file == path && std::exchange(first, false))
      folder.write("kw.toml", toml + "\n# by hand\n");
    return result;
  };
  const auto done = edit_file(path, state, {{model_edit{"m", "sticky", true}}, false}, around);
  CHECK(done.written);
  CHECK(text() == toml + "sticky = true\n\n# by hand\n");
}

TEST_CASE_METHOD(file_fixture, "somebody who always writes has the file") {
  auto around = process_surroundings();
  int count = 0;
  around.read_file = [&](const std::string& file, std::string& error) {
    auto result = process_surroundings().read_file(file, error);
    if (file == path)
      folder.write("kw.toml", toml + "# " + std::to_string(++count) + "\n");
    return result;
  };
  const auto done = edit_file(path, state, {{key_called("a", pasted("sk-a"))}, false}, around);
  CHECK(done.why == edit_failure::file_changed);
  CHECK(done.error == path + ": somebody else is writing this file; nothing was changed");
  CHECK(text() == toml + "# " + std::to_string(count) + "\n");
  CHECK(secrets() == names{});
}

TEST_CASE_METHOD(file_fixture,
                 "lines that are appended while edits are made are all there in the end") {
  constexpr int lines = 300;
  std::atomic<bool> done{false};
  std::thread editor{[&] {
    for (int i = 0; i < lines; ++i)
      std::ofstream{path, std::ios::app} << "# line " + std::to_string(i) + "\n";
    done = true;
  }};
  int edits = 0;
  for (bool sticky = true; !done || edits < 3; sticky = !sticky)
    if (run({model_edit{"m", "sticky", sticky}}).written)
      ++edits;
  editor.join();
  CHECK(edits >= 3);
  for (int i = 0; i < lines; ++i)
    CHECK(text().find("# line " + std::to_string(i) + "\n") != std::string::npos);
}

TEST_CASE("secrets of names with dots do not share a file") {
  const scratch folder;
  const auto state = folder.path("state");
  const auto first = free_secret_path(state, "a.b", "c");
  REQUIRE(keep_secret(first, secret{"sk-1"}).empty());
  const auto second = free_secret_path(state, "a", "b.c");
  CHECK(second == first + ".2");
  CHECK(keep_secret(first, secret{"sk-2"}) == first + ": File exists");
  CHECK(folder.read("state/secrets/a.b.c") == "sk-1");
}

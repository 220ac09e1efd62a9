#include "tests/catch.hpp"
#include "tests/cli/listening_socket.hpp"
#include "tests/cli/process_runner.hpp"
#include "tests/scratch.hpp"

#include <algorithm>
#include <csignal>

using runner::run;

namespace {

const std::vector<std::vector<std::string>> commands{
    {},       {"serve"}, {"check"},         {"demo"},           {"simulate"},     {"models"},
    {"keys"}, {"key"},   {"key", "enable"}, {"key", "disable"}, {"key", "reset"}, {"reload"}};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every command explains itself and its exit codes") {
  for (auto command : commands) {
    command.emplace_back("--help");
    auto result = run(command);
    CAPTURE(command, result.err);
    CHECK(result.status == 0);
    CHECK(contains(result.out, "Usage:"));
    CHECK(contains(result.out, "Exit codes:"));
    CHECK(result.err.empty());
  }
}

TEST_CASE("every command tells the version") {
  for (auto command : commands) {
    command.emplace_back("--version");
    auto result = run(command);
    CAPTURE(command, result.err);
    CHECK(result.status == 0);
    CHECK(result.out == "keywheel " KEYWHEEL_VERSION "\n");
  }
}

TEST_CASE("a command line that makes no sense exits with 2 and says why") {
  const std::vector<std::vector<std::string>> lines{{},
                                                    {"dance"},
                                                    {"serve", "--bad"},
                                                    {"serve", "-c"},
                                                    {"serve", "--log-level", "loud"},
                                                    {"demo", "--port", "70000"},
                                                    {"simulate", "--latency", "soon"},
                                                    {"simulate", "--listen", "here"},
                                                    {"simulate", "--rpm", "-1"},
                                                    {"key"},
                                                    {"key", "enable"},
                                                    {"key", "enable", "no-slash"},
                                                    {"key", "reset", "/name"},
                                                    {"keys", "extra"}};
  for (const auto& line : lines) {
    auto result = run(line);
    CAPTURE(line, result.out);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_FALSE(result.err.empty());
  }
}

TEST_CASE("check accepts a good configuration with a short summary") {
  scratch folder;
  folder.write("good.toml",
               "[providers.openai]\ndialect = \"openai\"\n"
               "base_url = \"https://api.openai.com/v1\"\napi_key = \"sk-literal-one\"\n"
               "[[providers.openai.keys]]\nname = \"b\"\napi_key = \"sk-literal-two\"\n"
               "enabled = false\n[models.gpt-4o]\nprovider = \"openai\"\n");
  auto path = folder.path("good.toml");
  auto result = run({"check", "-c", path}, {{"HOME", folder.path("home")}});
  CHECK(result.err.empty());
  CHECK(result.out == path + ": ok, 1 provider, 2 keys (1 disabled), 1 model\n");
  CHECK(result.status == 0);
}

TEST_CASE("check tells every mistake with its line and never a secret") {
  scratch folder;
  folder.write("bad.toml",
               "[providers.openai]\ndialect = \"openai\"\n"
               "base_url = \"https://api.openai.com/v1\"\napi_key = \"sk-very-secret\"\n"
               "colour = \"red\"\n[models.gpt-4o]\nprovider = \"nobody\"\n");
  auto path = folder.path("bad.toml");
  auto result = run({"check", "-c", path}, {{"HOME", folder.path("home")}});
  CAPTURE(result.err);
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, path + ":5:"));
  CHECK(contains(result.err, path + ":7:"));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 2);
  CHECK_FALSE(contains(result.err, "sk-very-secret"));
}

TEST_CASE("a configuration that is not there is one line") {
  scratch folder;
  auto result = run({"check", "-c", folder.path("none.toml")}, {{"HOME", folder.path("home")}});
  CHECK(result.status == 1);
  CHECK(contains(result.err, folder.path("none.toml")));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

TEST_CASE("the configuration is found through KEYWHEEL_CONFIG") {
  scratch folder;
  auto result = run({"check"}, {{"KEYWHEEL_CONFIG", folder.path("named.toml")}});
  CHECK(result.status == 1);
  CHECK(contains(result.err, folder.path("named.toml")));
}

TEST_CASE("simulate listens, tells its keys, and ends on a signal") {
  for (int number : {SIGTERM, SIGINT}) {
    runner::process simulator{{"simulate", "--listen", "127.0.0.1:0", "--keys", "2", "--rpm", "10",
                               "--concurrency", "3"}};
    auto said = simulator.await_output("key sk-sim-key-b (10 requests/min, 3 at a time)\n");
    CHECK(contains(said, "simulated provider on http://127.0.0.1:"));
    CHECK(contains(said, "key sk-sim-key-a (10 requests/min, 3 at a time)\n"));
    simulator.signal(number);
    auto result = simulator.finish();
    CHECK(result.status == 0);
    CHECK(result.err.empty());
  }
}

TEST_CASE("simulate says which address it cannot have") {
  listening_socket busy;
  auto address = "127.0.0.1:" + std::to_string(busy.port());
  auto result = run({"simulate", "--listen", address});
  CHECK(result.status == 1);
  CHECK(contains(result.err, address));
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

#include "cli/demo_files.hpp"
#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/cli/listening_socket.hpp"
#include "tests/scratch.hpp"

using namespace keywheel::cli;

TEST_CASE("the demo's configuration is a good one, at the ports that are asked for") {
  demo_ports ports{5100, 5101, 5102};
  auto loaded = keywheel::config::parse(with_ports(demo_toml(), ports), "demo.toml");
  for (const auto& problem : loaded.problems)
    UNSCOPED_INFO(to_string(problem));
  REQUIRE(loaded);
  CHECK(loaded.value->server.listen.port == 5100);
  CHECK(loaded.value->admin.listen.port == 5101);
  REQUIRE(loaded.value->providers.size() == 1);
  const auto& provider = loaded.value->providers.begin()->second;
  CHECK(provider.base_url.starts_with("http://127.0.0.1:5102"));
  CHECK(provider.keys.size() == 3);
}

TEST_CASE("ports may be swapped among themselves") {
  CHECK(with_ports("127.0.0.1:4100 127.0.0.1:4101 127.0.0.1:4199", {4101, 4199, 4100})
        == "127.0.0.1:4101 127.0.0.1:4199 127.0.0.1:4100");
}

TEST_CASE("a demo text without its addresses is refused") {
  CHECK_THROWS(with_ports("127.0.0.1:4100 127.0.0.1:4101", {}));
}

TEST_CASE("a person's edits of the demo file are kept beside the new one") {
  scratch folder;
  auto place = folder.path("state/demo");
  auto first = write_demo(place, "one\n");
  CHECK(first.kept.empty());
  CHECK(write_demo(place, "one\n").kept.empty());
  folder.write("state/demo/keywheel.toml", "edited\n");
  auto again = write_demo(place, "one\n");
  CHECK(folder.read("state/demo/keywheel.toml") == "one\n");
  CHECK(again.kept == first.path + ".old");
  CHECK(folder.read("state/demo/keywheel.toml.old") == "edited\n");
}

TEST_CASE("a demo file that cannot be written is an error that names it") {
  scratch folder;
  folder.write("state", "a file where a folder should be");
  std::string message;
  try {
    write_demo(folder.path("state"), "x");
  } catch (const std::exception& error) {
    message = error.what();
  }
  CHECK(message.find("state/keywheel.toml") != std::string::npos);
}

TEST_CASE("a port that is taken is replaced by a free one") {
  listening_socket busy;
  auto other = free_port(busy.port());
  CHECK(other != 0);
  CHECK(other != busy.port());
}

TEST_CASE("a port that another part of the demo will take counts as taken") {
  auto port = free_port(0);
  CHECK(free_port(port, port) != port);
}

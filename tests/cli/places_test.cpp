#include "cli/places.hpp"
#include "tests/catch.hpp"
#include "tests/cli/fake_world.hpp"

using namespace keywheel::cli;

TEST_CASE("a configuration that was named is chosen, whether it exists or not") {
  fake_world world;
  world.variables["KEYWHEEL_CONFIG"] = "/from/environment.toml";
  world.files["keywheel.toml"] = "";
  CHECK(find_config("given.toml", world.view()).path == "given.toml");
  CHECK(find_config("", world.view()).path == "/from/environment.toml");
}

TEST_CASE("without a name the first usual place that exists is chosen") {
  fake_world world;
  world.variables["XDG_CONFIG_HOME"] = "/xdg";
  world.variables["HOME"] = "/home/me";
  const std::vector<std::string> places{"keywheel.toml", "/xdg/keywheel/keywheel.toml",
                                        "/home/me/.config/keywheel/keywheel.toml",
                                        "/etc/keywheel/keywheel.toml"};
  auto none = find_config("", world.view());
  CHECK(none.path.empty());
  CHECK(none.tried == places);
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    world.files[*place] = "";
    auto choice = find_config("", world.view());
    CHECK(choice.path == *place);
    CHECK(choice.tried.back() == *place);
  }
}

TEST_CASE("places below unset or empty variables are not looked at") {
  fake_world world;
  world.variables["KEYWHEEL_CONFIG"] = "";
  world.variables["XDG_CONFIG_HOME"] = "";
  CHECK(find_config("", world.view()).tried
        == std::vector<std::string>{"keywheel.toml", "/etc/keywheel/keywheel.toml"});
}

TEST_CASE("the message for a missing configuration names every place") {
  fake_world world;
  world.variables["HOME"] = "/h";
  auto message = not_found_message(find_config("", world.view()));
  CHECK(
      message
      == "no configuration found; looked for keywheel.toml, /h/.config/keywheel/keywheel.toml and "
         "/etc/keywheel/keywheel.toml (name one with -c FILE or KEYWHEEL_CONFIG)");
}

#include "config/load.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

using namespace keywheel::config;

TEST_CASE("a key named default refers to its provider's api_key and comes first") {
  const auto it = good(R"([providers.p]
dialect = "gemini"
base_url = "http://h"
api_key = "shorthand"
[[providers.p.keys]]
name = "a"
api_key = "x"
[[providers.p.keys]]
name = "default"
weight = 4
enabled = false
)");
  const auto& keys = it.providers.at("p").keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].name == "default");
  CHECK(keys[0].api_key.equals("shorthand"));
  CHECK(keys[0].source == "literal");
  CHECK(keys[0].weight == 4);
  CHECK_FALSE(keys[0].enabled);
  CHECK(keys[1].name == "a");
}

TEST_CASE("a key may be named default and have its own api_key") {
  const auto it = good(R"([providers.p]
dialect = "azure"
base_url = "http://h"
[[providers.p.keys]]
name = "a"
api_key = "x"
[[providers.p.keys]]
name = "default"
api_key = "y"
)");
  const auto& keys = it.providers.at("p").keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].api_key.equals("y"));
}

TEST_CASE("one credential may serve several places or models") {
  good(R"([providers.p]
dialect = "openai"
base_url = "http://h"
api_key = "same"
[[providers.p.keys]]
name = "eu"
api_key = "same"
base_url = "http://eu"
[[providers.p.keys]]
name = "mini"
api_key = "same"
upstream_model = "mini"
[[providers.p.keys]]
name = "m"
api_key = "same"
models = ["m"]
[models.m]
provider = "p"
)");
}

TEST_CASE("disabled keys count when load balancing is asked for") {
  good(R"([providers.p]
dialect = "openai"
base_url = "http://h"
api_key = "x"
[[providers.p.keys]]
name = "a"
api_key = "y"
enabled = false
[models.m]
provider = "p"
load_balancing = true
)");
}

TEST_CASE("a weight is no mistake where no model weighs") {
  const auto it = good(R"([providers.p]
dialect = "openai"
base_url = "http://h"
[[providers.p.keys]]
name = "a"
api_key = "x"
weight = 1000
[models.m]
provider = "p"
strategy = "fill_first"
)");
  CHECK(it.providers.at("p").keys[0].weight == 1000);
}

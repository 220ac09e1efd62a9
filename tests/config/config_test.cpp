#include "config/config.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

namespace {

model_config model(std::string name, std::string provider = "p") {
  model_config result;
  result.name = std::move(name);
  result.provider = std::move(provider);
  return result;
}

key_config key(std::string name, std::vector<std::string> models = {}) {
  key_config result;
  result.provider = "p";
  result.name = std::move(name);
  result.models = std::move(models);
  return result;
}

config with_models(std::vector<model_config> models) {
  config result;
  result.models = std::move(models);
  return result;
}

config with_keys(std::vector<key_config> keys) {
  config result;
  result.providers["p"].keys = std::move(keys);
  return result;
}

std::string found(const config& in, std::string_view name) {
  const auto* result = find_model(in, name);
  return result ? result->name : "(none)";
}

std::string names(const std::vector<const key_config*>& keys) {
  std::string result;
  for (const auto* each : keys)
    result += each->name + " ";
  return result;
}

} // namespace

TEST_CASE("an exact name wins over any pattern, wherever it stands") {
  const auto in = with_models({model("*"), model("gpt-4*"), model("gpt-4o")});
  CHECK(found(in, "gpt-4o") == "gpt-4o");
  CHECK(found(in, "gpt-4o-mini") == "gpt-4*");
  CHECK(found(in, "o3") == "*");
}

TEST_CASE("among patterns the one with the most literal characters wins, then the first") {
  const auto in = with_models({model("gpt-*"), model("*-mini*"), model("gpt-4*"), model("**4o-*")});
  CHECK(found(in, "gpt-5") == "gpt-*");
  CHECK(found(in, "gpt-5-mini") == "*-mini*");
  CHECK(found(in, "gpt-4") == "gpt-4*");
  CHECK(found(in, "gpt-4-mini") == "*-mini*");
  CHECK(found(with_models({model("a*"), model("*b")}), "ab") == "a*");
  CHECK(found(with_models({model("*b"), model("a*")}), "ab") == "*b");
}

TEST_CASE("a name that nothing fits is no model") {
  CHECK(find_model(with_models({model("gpt-4o"), model("o3*")}), "gpt-4") == nullptr);
  CHECK(find_model(config{}, "") == nullptr);
  CHECK(find_model(with_models({model("*")}), no_model) == nullptr);
}

TEST_CASE("keys serve in the order they have, disabled ones included") {
  auto in = with_keys({key("default"), key("a"), key("b")});
  in.providers["p"].keys[1].enabled = false;
  CHECK(names(keys_of(in, model("m"), "m")) == "default a b ");
}

TEST_CASE("a key serves only the models that it admits, by the caller's name") {
  const auto in = with_keys({key("a", {"gpt-4o", "o3*"}), key("b", {"gpt-*"}), key("c")});
  CHECK(names(keys_of(in, model("gpt-4o"), "gpt-4o")) == "a b c ");
  CHECK(names(keys_of(in, model("gpt-*"), "gpt-5")) == "b c ");
  CHECK(names(keys_of(in, model("o3"), "o3")) == "a c ");
  CHECK(names(keys_of(in, model("x"), "x")) == "c ");
}

TEST_CASE(
    "without load balancing the default key serves alone, else the first that admits the model") {
  auto m = model("m");
  m.load_balancing = false;
  CHECK(names(keys_of(with_keys({key("a"), key("default"), key("b")}), m, "m")) == "default ");
  CHECK(names(keys_of(with_keys({key("a"), key("b")}), m, "m")) == "a ");
  CHECK(names(keys_of(with_keys({key("default", {"x"}), key("a", {"x"}), key("b")}), m, "m"))
        == "b ");
  CHECK(names(keys_of(with_keys({key("a", {"x"})}), m, "m")).empty());
  m.load_balancing = true;
  CHECK(names(keys_of(with_keys({key("a"), key("b")}), m, "m")) == "a b ");
}

TEST_CASE("a model of a provider that is not there has no keys") {
  CHECK(keys_of(with_keys({key("a")}), model("m", "q"), "m").empty());
}

TEST_CASE("every strategy has a word, and every word a strategy") {
  struct row {
    strategy_kind strategy;
    std::string word;
  };
  const std::vector<row> rows{{strategy_kind::round_robin, "round_robin"},
                              {strategy_kind::weighted, "weighted"},
                              {strategy_kind::least_in_flight, "least_in_flight"},
                              {strategy_kind::fill_first, "fill_first"}};
  for (const auto& [strategy, word] : rows) {
    CAPTURE(word);
    CHECK(to_string(strategy) == word);
    CHECK(strategy_from_string(word) == strategy);
  }
  for (const auto* word : {"", "Weighted", "weighted ", "random"})
    CHECK_FALSE(strategy_from_string(word));
}

#include "config/edit.hpp"
#include "tests/catch.hpp"
#include "tests/config/world.hpp"

using namespace keywheel::config;

namespace {

struct row {
  std::string before;
  std::string after;
};

/// Disables the default credential of provider "p".
void check_disabled(const std::vector<row>& rows) {
  for (const auto& [before, after] : rows) {
    CAPTURE(before);
    const auto result = edit(before, key_edit{"p", "default", "enabled", false});
    CHECK(result.error == "");
    CHECK(result.text.value_or("(refused)") == after);
  }
}

const std::string head =
    "[providers.p]\ndialect = \"openai\"\nbase_url = \"http://h\"\napi_key = \"x\"";
const std::string block = "\n[[providers.p.keys]]\nname = \"default\"\nenabled = false\n";

} // namespace

TEST_CASE("the default credential gets a table at the end of its provider's part") {
  check_disabled({
      {head + "\n", head + "\n" + block},
      {head, head + "\n" + block.substr(0, block.size() - 1)},
      {head + " # the one\n\n\n[server]\n", head + " # the one\n" + block + "\n\n[server]\n"},
      {head + "\n[server]\nshards = 1\n", head + "\n" + block + "[server]\nshards = 1\n"},
      {head + "\n[providers.p.cooldown]\nmax = \"1s\"\n[server]\n",
       head + "\n[providers.p.cooldown]\nmax = \"1s\"\n" + block + "[server]\n"},
      {head
           + "\n[server]\nshards = 1\n\n[providers.p.cooldown]\nmax = \"1s\"\n\n# "
             "Models\n[models]\n",
       head + "\n[server]\nshards = 1\n\n[providers.p.cooldown]\nmax = \"1s\"\n" + block
           + "\n# Models\n[models]\n"},
  });
}

TEST_CASE("the new table comes behind the comments of its provider, not behind those of the next") {
  check_disabled({
      {head + "\n# idle_timeout = \"1s\"\n  # or so\n\n# The server\n[server]\n",
       head + "\n# idle_timeout = \"1s\"\n  # or so\n" + block + "\n# The server\n[server]\n"},
      {head + "\n# The server\n[server]\n", head + "\n" + block + "# The server\n[server]\n"},
      {head + "\n# the end", head + "\n# the end\n" + block.substr(0, block.size() - 1)},
  });
}

TEST_CASE("the new table looks like the others of its provider") {
  const std::string keys =
      "\n\n  [[providers.p.keys]]\n    name = \"a\" # a\n    api_key = \"y\"\n";
  check_disabled(
      {{head + keys + "\n[models]\n",
        head + keys + "\n  [[providers.p.keys]]\n    name = \"default\"\n    enabled = false\n"
            + "\n[models]\n"},
       {"\t[providers.\"p\"]\n\t\tapi_key = \"x\"\n",
        "\t[providers.\"p\"]\n\t\tapi_key = \"x\"\n"
        "\n\t[[providers.p.keys]]\n\t\tname = \"default\"\n\t\tenabled = false\n"}});
}

TEST_CASE("line breaks are those of the file") {
  check_disabled({{"[providers.p]\r\napi_key = \"x\"\r\n\r\n[server]\r\n",
                   "[providers.p]\r\napi_key = \"x\"\r\n\r\n[[providers.p.keys]]\r\n"
                   "name = \"default\"\r\nenabled = false\r\n\r\n[server]\r\n"}});
}

TEST_CASE("inline tables get an inline table") {
  check_disabled(
      {{"[providers.p]\napi_key = \"x\"\nkeys = [ { name = \"a\" } ] # k\n",
        "[providers.p]\napi_key = \"x\"\nkeys = [ { name = \"a\" }, { name = \"default\", enabled "
        "= false } ] "
        "# k\n"},
       {"[providers.p]\napi_key = \"x\"\nkeys = []\n",
        "[providers.p]\napi_key = \"x\"\nkeys = [{ name = \"default\", enabled = false }]\n"},
       {"[providers.p]\nkeys = [\n  {name=\"a\"},\n  {name=\"b\"}, # b\n]\napi_key = \"x\"\n",
        "[providers.p]\nkeys = [\n  {name=\"a\"},\n  {name=\"b\"}, # b\n  { name = \"default\", "
        "enabled = false },\n]\napi_key = \"x\"\n"},
       {"providers.p = { api_key = \"x\" } # p\n",
        "providers.p = { api_key = \"x\", keys = [{ name = \"default\", enabled = false }] } # "
        "p\n"},
       {"providers = { p.api_key = \"x\", p.dialect = \"openai\" }\n",
        "providers = { p.api_key = \"x\", p.dialect = \"openai\", p.keys = [{ name = \"default\", "
        "enabled = false }] }\n"}});
}

TEST_CASE("a provider in dotted keys gets its table behind the section that it is in") {
  check_disabled(
      {{"[providers]\np.api_key = \"x\"\nq.api_key = \"y\"\n\n[server]\n",
        "[providers]\np.api_key = \"x\"\nq.api_key = \"y\"\n" + block + "\n[server]\n"}});
}

TEST_CASE("a table for the default credential that is there is used") {
  const std::string text = head + "\n\n[[providers.p.keys]]\nname = \"default\" # d\n\n[server]\n";
  check_disabled(
      {{text,
        head + "\n\n[[providers.p.keys]]\nname = \"default\" # d\nenabled = false\n\n[server]\n"}});
}

TEST_CASE("the default credential itself is changed in its provider's table") {
  const std::string more = "\n\n[[providers.p.keys]]\nname = \"default\"\n";
  for (const auto& tail : {std::string{"\n"}, more}) {
    const auto result = edit(head + tail, key_edit{"p", "default", "api_key", "env:NEW"});
    CHECK(result.error == "");
    CHECK(result.text.value_or("(refused)")
          == head.substr(0, head.size() - 3) + "\"env:NEW\"" + tail);
  }
  const auto renamed = edit(head, key_edit{"p", "default", "name", "a"});
  CHECK_FALSE(renamed.text);
  CHECK(renamed.error == "the key \"default\" is the provider's own api_key and cannot be renamed");
}

TEST_CASE("what was added means what was asked for") {
  const auto result = edit(head, key_edit{"p", "default", "weight", std::int64_t{7}});
  REQUIRE(result.text);
  const auto it = good(*result.text);
  REQUIRE(it.providers.at("p").keys.size() == 1);
  CHECK(it.providers.at("p").keys[0].weight == 7);
  CHECK(it.providers.at("p").keys[0].api_key.equals("x"));
}

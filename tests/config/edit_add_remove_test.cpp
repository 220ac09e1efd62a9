#include "config/edit.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

namespace {

/// A text, a change, and the text that it must give.
struct row {
  std::string before;
  change what;
  std::string after;
};

std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return result;
}

void check_once(const std::string& before, const change& what, const std::string& after) {
  CAPTURE(before);
  const auto result = edit(before, what);
  CHECK(result.error == "");
  CHECK(result.text.value_or("(refused)") == after);
}

void check(const std::vector<row>& rows) {
  for (const auto& [before, what, after] : rows) {
    check_once(before, what, after);
    check_once(with_crlf(before), what, with_crlf(after));
  }
}

std::pair<edit_failure, std::string> refusal(const std::string& text, const change& what) {
  const auto result = edit(text, what);
  CHECK_FALSE(result.text);
  return {result.why, result.error};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A file as people keep it.
const std::string rich = R"(# The team's keys.
# Ask Ada before you touch them.

[server]   # where
listen = "127.0.0.1:0"

# ==== providers ====

[providers.p]          # the first
dialect = 'openai'
base_url = "http://h"  # here
# the one that pays:
api_key = "env:P"      # shared
# idle_timeout = "1s"

# team a's
# (until May)
  [[providers.p.keys]]   # a
  name = "a"
  api_key = 'env:A'      # é
  rpm = 10 # slow
  # tpm = 5

[[providers.p.keys]]
name = "b"
api_key = "env:B"


# ==== models ====
# all of them

# chat
[models.m]
provider = "p"   # 1
sticky = true

  # and how it rests
  [models.m.cooldown]
  max = "1s" # short

[models."text-*"]
provider = "p"

# the end)";

const auto key_c = new_key{"p", "c", {{"api_key", "env:C"}, {"weight", std::int64_t{2}}}};

} // namespace

TEST_CASE("a key is added behind the others of its provider, and looks like them") {
  const std::string block =
      "\n[[providers.p.keys]]\nname = \"c\"\napi_key = \"env:C\"\nweight = 2\n";
  check({{rich, key_c, replaced(rich, "\"env:B\"\n", "\"env:B\"\n" + block)},
         {"[providers.p]\napi_key = \"x\"", key_c,
          "[providers.p]\napi_key = \"x\"\n" + block.substr(0, block.size() - 1)},
         {"  [providers.p] # p\n    dialect = \"openai\"\n\n[models]\n", key_c,
          "  [providers.p] # p\n    dialect = \"openai\"\n\n  [[providers.p.keys]]\n"
          "    name = \"c\"\n    api_key = \"env:C\"\n    weight = 2\n\n[models]\n"}});
}

TEST_CASE("a key is added in line where its provider's keys are") {
  const std::string element = R"({ name = "c", api_key = "env:C", weight = 2 })";
  check({{"[providers.p]\nkeys = [{name=\"a\"}] # k\n", key_c,
          "[providers.p]\nkeys = [{name=\"a\"}, " + element + "] # k\n"},
         {"[providers.p]\nkeys = [] # none\n", key_c,
          "[providers.p]\nkeys = [" + element + "] # none\n"},
         {"[providers.p]\nkeys = [\n  {name=\"a\"}, # one\n  # two:\n  {name=\"b\"}, # last\n]\n",
          key_c,
          "[providers.p]\nkeys = [\n  {name=\"a\"}, # one\n  # two:\n  {name=\"b\"}, # last\n  "
              + element + ",\n]\n"},
         {"[providers.p]\nkeys = [\n\t{name=\"a\"} # last\n]\n", key_c,
          "[providers.p]\nkeys = [\n\t{name=\"a\"}, # last\n\t" + element + "\n]\n"},
         {"providers.p = { api_key = \"x\" } # p\n", key_c,
          "providers.p = { api_key = \"x\", keys = [" + element + "] } # p\n"}});
}

TEST_CASE("a secret is written as it stands, and is quoted") {
  check({{"[providers.p]\n", new_key{"p", "c", {{"api_key", secret{"sk-\"1\\"}}}},
          "[providers.p]\n\n[[providers.p.keys]]\nname = \"c\"\napi_key = \"sk-\\\"1\\\\\"\n"},
         {"[providers.p]\nkeys = [{name='c', api_key='x'}]\n",
          key_edit{"p", "c", "api_key", value{secret{"sk-2"}}},
          "[providers.p]\nkeys = [{name='c', api_key='sk-2'}]\n"}});
}

TEST_CASE("a provider is added behind the others, its cooldown dotted") {
  const new_provider q{"q.r", {{"dialect", "openai"}, {"cooldown.max", "5s"}, {"http2", false}}};
  const std::string block =
      "\n[providers.\"q.r\"]\ndialect = \"openai\"\ncooldown.max = \"5s\"\nhttp2 = false\n";
  check({{rich, q, replaced(rich, "\"env:B\"\n", "\"env:B\"\n" + block)},
         {"[server] # s\n", q, "[server] # s\n" + block},
         {"[server]\n# s", q, "[server]\n# s\n" + block.substr(0, block.size() - 1)},
         {"providers = { p.dialect = \"openai\" }\n", q,
          "providers = { p.dialect = \"openai\", \"q.r\" = { dialect = \"openai\", cooldown.max = "
          "\"5s\", http2 = false } }\n"}});
}

TEST_CASE("an empty file gets what is added, and no line break") {
  check_once("", new_model{"m", {{"provider", "p"}}}, "[models.m]\nprovider = \"p\"");
}

TEST_CASE("a model is added behind the others") {
  const new_model n{"n-*", {{"provider", "p"}, {"load_balancing", true}}};
  const std::string block = "\n[models.\"n-*\"]\nprovider = \"p\"\nload_balancing = true\n";
  check({{rich, n, replaced(rich, "\n\n# the end", "\n" + block + "\n# the end")},
         {"[providers.p]\n", n, "[providers.p]\n" + block},
         {"[models]\nm.provider = \"p\"\n\n# x\n\n[server]\n", n,
          "[models]\nm.provider = \"p\"\n" + block + "\n# x\n\n[server]\n"},
         {"[models] # none\n", n, "[models] # none\n" + block},
         {"\t[models.m]\n\t\tprovider = \"p\"\n[server]\n", n,
          "\t[models.m]\n\t\tprovider = \"p\"\n\n\t[models.\"n-*\"]\n\t\tprovider = \"p\"\n"
          "\t\tload_balancing = true\n[server]\n"},
         {"models = { m = { provider = \"p\" } }\n", n,
          "models = { m = { provider = \"p\" }, \"n-*\" = { provider = \"p\", load_balancing = "
          "true } "
          "}\n"}});
}

TEST_CASE("a removed key goes with its comments and one blank line") {
  check({
      {rich, removed_key{"p", "a"},
       replaced(rich,
                "\n# team a's\n# (until May)\n  [[providers.p.keys]]   # a\n  name = \"a\"\n"
                "  api_key = 'env:A'      # é\n  rpm = 10 # slow\n  # tpm = 5\n",
                "")},
      {rich, removed_key{"p", "b"},
       replaced(rich, "\n[[providers.p.keys]]\nname = \"b\"\napi_key = \"env:B\"\n", "")},
      // The default credential is a line; what stands above it may be about others, too.
      {rich, removed_key{"p", "default"},
       replaced(rich, "api_key = \"env:P\"      # shared\n", "")},
      // Neither the file's own comment goes, nor one that is apart.
      {"# All keys.\n[[providers.p.keys]]\nname = \"a\"\n\n# b\n[[providers.p.keys]]\nname = "
       "\"b\"\n",
       removed_key{"p", "a"}, "# All keys.\n\n# b\n[[providers.p.keys]]\nname = \"b\"\n"},
      {"[[providers.p.keys]]\nname = \"a\"\n\n[[providers.p.keys]]\nname = \"b\"",
       removed_key{"p", "a"}, "[[providers.p.keys]]\nname = \"b\""},
      {"[[providers.p.keys]]\nname = \"a\"\n\n[[providers.p.keys]]\nname = \"b\"",
       removed_key{"p", "b"}, "[[providers.p.keys]]\nname = \"a\""},
      {"[[providers.p.keys]]\nname = \"a\"\n[[providers.p.keys]]\nname = \"b\" # b\n# b's\n",
       removed_key{"p", "b"}, "[[providers.p.keys]]\nname = \"a\"\n"},
      {"[[providers.p.keys]]\nname = '''a\n# no comment'''\n[[providers.p.keys]]\nname = \"b\"\n",
       removed_key{"p", "b"}, "[[providers.p.keys]]\nname = '''a\n# no comment'''\n"},
  });
}

TEST_CASE("the default credential goes with the table that it has") {
  check({{"[providers.p]\napi_key = \"x\" # c\ndialect = \"openai\"\n\n# its "
          "settings\n[[providers.p.keys]]\n"
          "name = \"default\"\nenabled = false\n\n[[providers.p.keys]]\nname = \"b\"\n",
          removed_key{"p", "default"},
          "[providers.p]\ndialect = \"openai\"\n\n[[providers.p.keys]]\nname = \"b\"\n"},
         {"providers.p = { api_key = \"x\", dialect = \"openai\" }\n", removed_key{"p", "default"},
          "providers.p = { dialect = \"openai\" }\n"},
         {"[providers]\np . \"api_key\" = 'x'\np.dialect = \"openai\"", removed_key{"p", "default"},
          "[providers]\np.dialect = \"openai\""},
         {"[providers.p]\ndialect = \"openai\"\napi_key = \"x\"", removed_key{"p", "default"},
          "[providers.p]\ndialect = \"openai\""}});
}

TEST_CASE("a removed key in an array takes its line or its comma with it") {
  const std::string lines = "[providers.p]\nkeys = [ # all\n  # first\n  {name=\"a\"}, # a\n"
                            "  {name=\"b\"}, # b\n  {name=\"c\"} # c\n]\n";
  const std::string line = "[providers.p]\nkeys = [ {name=\"a\"} , {name='b'},{name=\"c\"} ] # k\n";
  check({{lines, removed_key{"p", "a"}, replaced(lines, "  # first\n  {name=\"a\"}, # a\n", "")},
         {lines, removed_key{"p", "b"}, replaced(lines, "  {name=\"b\"}, # b\n", "")},
         {lines, removed_key{"p", "c"}, replaced(lines, "  {name=\"c\"} # c\n", "")},
         {line, removed_key{"p", "a"}, replaced(line, "{name=\"a\"} , ", "")},
         {line, removed_key{"p", "b"}, replaced(line, "{name='b'},", "")},
         {line, removed_key{"p", "c"}, replaced(line, ",{name=\"c\"}", "")},
         {"[providers.p]\nkeys = [ {name=\"a\"} ]\n", removed_key{"p", "a"},
          "[providers.p]\nkeys = [  ]\n"},
         {"[providers.p]\nkeys = [{name=\"a\"}, # a\n  {name=\"b\"}]\n", removed_key{"p", "b"},
          "[providers.p]\nkeys = [{name=\"a\"}, # a\n  ]\n"}});
}

TEST_CASE("a removed model goes with its tables, wherever they are") {
  check({
      {rich, removed_model{"m"},
       replaced(rich,
                "\n# chat\n[models.m]\nprovider = \"p\"   # 1\nsticky = true\n\n"
                "  # and how it rests\n  [models.m.cooldown]\n  max = \"1s\" # short\n",
                "")},
      {rich, removed_model{"text-*"},
       replaced(rich, "\n[models.\"text-*\"]\nprovider = \"p\"\n", "")},
      {"[models.m]\nprovider = \"p\"\n\n[server]\n\n[models.m.cooldown]\nmax = \"1s\"\n",
       removed_model{"m"}, "[server]\n"},
      {"[models]\nm.provider = \"p\" # m\nn.provider = \"p\"\nm.cooldown.max = \"1s\"\n",
       removed_model{"m"}, "[models]\nn.provider = \"p\"\n"},
      {"[models]\nm = { provider = \"p\" } # m\nn.provider = \"p\"\n", removed_model{"m"},
       "[models]\nn.provider = \"p\"\n"},
      {"models = { m = { provider = \"p\" }, n.provider = \"p\" }\n", removed_model{"m"},
       "models = { n.provider = \"p\" }\n"},
      {"models = { m = { provider = \"p\" }, n.provider = \"p\" }\n", removed_model{"n"},
       "models = { m = { provider = \"p\" } }\n"},
      {"models = { \"n.x\".provider = \"p\" }\n", removed_model{"n.x"}, "models = {  }\n"},
  });
}

TEST_CASE("a field that is taken away goes with its line, or its comma") {
  check({{rich, key_edit{"p", "a", "rpm", std::nullopt}, replaced(rich, "  rpm = 10 # slow\n", "")},
         {rich, key_edit{"p", "a", "tpm", std::nullopt}, rich},
         {rich, key_edit{"p", "default", "rpm", std::nullopt}, rich},
         {rich, model_edit{"m", "sticky", std::nullopt}, replaced(rich, "sticky = true\n", "")},
         {rich, model_edit{"m", "cooldown.max", std::nullopt},
          replaced(rich, "  max = \"1s\" # short\n", "")},
         {rich, model_edit{"text-*", "cooldown.max", std::nullopt}, rich},
         {"[models.m]\nprovider = \"p\"\ncooldown.max = \"1s\"",
          model_edit{"m", "cooldown.max", std::nullopt}, "[models.m]\nprovider = \"p\""},
         {"[[providers.p.keys]]\nname = \"a\"\nmodels = [ # x\n  \"m\",\n] # y\nrpm = 1\n",
          key_edit{"p", "a", "models", std::nullopt},
          "[[providers.p.keys]]\nname = \"a\"\nrpm = 1\n"},
         {"[providers.p]\nkeys = [{name=\"a\", rpm = 1 , tpm=2}]\n",
          key_edit{"p", "a", "rpm", std::nullopt}, "[providers.p]\nkeys = [{name=\"a\", tpm=2}]\n"},
         {"[providers.p]\nkeys = [{name=\"a\", rpm = 1 , tpm=2}]\n",
          key_edit{"p", "a", "tpm", std::nullopt},
          "[providers.p]\nkeys = [{name=\"a\", rpm = 1 }]\n"}});
}

TEST_CASE("several changes are made one on the other, or none") {
  const std::vector<change> all{new_provider{"q", {{"dialect", "openai"}}},
                                new_key{"q", "k", {{"api_key", "env:K"}}},
                                new_model{"n", {{"provider", "q"}}}};
  const std::string text = "[server]\n";
  CHECK(edit(text, all).text.value_or("")
        == "[server]\n\n[providers.q]\ndialect = \"openai\"\n\n[[providers.q.keys]]\nname = \"k\"\n"
           "api_key = \"env:K\"\n\n[models.n]\nprovider = \"q\"\n");
  const auto twice = edit(text, std::vector<change>{all[0], all[0]});
  CHECK_FALSE(twice.text);
  CHECK(twice.why == edit_failure::exists);
  CHECK(edit(text, std::vector<change>{}).text == text);
}

TEST_CASE("adding what is there and removing what is not are refused as such") {
  using why = edit_failure;
  const auto refused = [](why kind, const char* text) {
    return std::pair{kind, std::string{text}};
  };
  CHECK(refusal(rich, new_key{"p", "a", {}})
        == refused(why::exists, "provider \"p\" has a key \"a\" already"));
  CHECK(refusal(rich, new_key{"p", "default", {}})
        == refused(why::exists, "provider \"p\" has a key \"default\" already"));
  CHECK(refusal(rich, new_key{"q", "a", {}})
        == refused(why::not_found, "there is no provider \"q\""));
  CHECK(refusal(rich, new_model{"m", {}})
        == refused(why::exists, "there is a model \"m\" already"));
  CHECK(refusal(rich, new_provider{"p", {}})
        == refused(why::exists, "there is a provider \"p\" already"));
  CHECK(refusal(rich, removed_key{"p", "z"})
        == refused(why::not_found, "provider \"p\" has no key \"z\""));
  CHECK(refusal(rich, removed_key{"q", "a"})
        == refused(why::not_found, "there is no provider \"q\""));
  CHECK(refusal(rich, removed_model{"z"}) == refused(why::not_found, "there is no model \"z\""));
  CHECK(refusal("", removed_model{"z"}) == refused(why::not_found, "there is no model \"z\""));
  CHECK(refusal("models = 1\n", new_model{"m", {}})
        == refused(why::unsuitable, "\"models\" is no table"));
  CHECK(refusal(rich, new_key{"p", "c", {{"x = 1\n[y]\nz", true}}}).first == why::unsuitable);
}

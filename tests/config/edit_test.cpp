#include "config/edit.hpp"
#include "tests/catch.hpp"

using namespace keywheel::config;

namespace {

using texts = std::vector<std::string>;

/// A text, a change, and the text that it must give.
template <class Change>
struct row {
  std::string before;
  Change change;
  std::string after;
};

template <class Change>
void check(const std::vector<row<Change>>& rows) {
  for (const auto& [before, change, after] : rows) {
    CAPTURE(before);
    const auto result = edit(before, change);
    CHECK(result.error == "");
    CHECK(result.text.value_or("(refused)") == after);
  }
}

template <class Change>
std::string refusal(const std::string& text, const Change& change) {
  const auto result = edit(text, change);
  CHECK_FALSE(result.text);
  return result.error;
}

std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return result;
}

constexpr auto provider = R"(# My keys
[providers.p] # the first
base_url = "http://h"

  # of team é
  [[ providers . "p" . keys ]] # é
  api_key	=	'sk-é' # not "name"
  enabled = true # 日本
  name = "a"  # last

[[providers.p.keys]]
name = 'b'
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a key's value is replaced where it stands") {
  const std::vector<row<key_edit>> rows{
      {provider, {"p", "a", "enabled", false}, replaced(provider, "= true #", "= false #")},
      {provider, {"p", "a", "name", "ä\"x"}, replaced(provider, "\"a\"  #", "\"ä\\\"x\"  #")},
      {provider, {"p", "a", "api_key", "env:X"}, replaced(provider, "'sk-é'", "'env:X'")},
      {provider, {"p", "a", "api_key", "it's"}, replaced(provider, "'sk-é'", "\"it's\"")},
      {provider, {"p", "b", "name", "c"}, replaced(provider, "'b'", "'c'")},
      {provider, {"p", "a", "enabled", true}, provider}};
  check(rows);
  for (const auto& [before, change, after] : rows)
    check<key_edit>({{with_crlf(before), change, with_crlf(after)}});
}

TEST_CASE("an absent field is added below the last of its table, indented like it") {
  const std::vector<row<key_edit>> rows{
      {provider,
       {"p", "a", "weight", std::int64_t{3}},
       replaced(provider, "# last\n", "# last\n  weight = 3\n")},
      {provider,
       {"p", "b", "models", texts{"m", "n\"o"}},
       replaced(provider, "'b'\n", "'b'\nmodels = [\"m\", \"n\\\"o\"]\n")},
      {provider, {"p", "b", "models", texts{}}, replaced(provider, "'b'\n", "'b'\nmodels = []\n")}};
  check(rows);
  for (const auto& [before, change, after] : rows)
    check<key_edit>({{with_crlf(before), change, with_crlf(after)}});
}

TEST_CASE("a file without a line break at its end gets none") {
  const std::string text = "[[providers.p.keys]]\nname = \"a\"";
  check<key_edit>(
      {{text, {"p", "a", "enabled", false}, text + "\nenabled = false"},
       {text + " # x", {"p", "a", "enabled", false}, text + " # x\nenabled = false"},
       {with_crlf(text), {"p", "a", "enabled", false}, with_crlf(text + "\nenabled = false")}});
}

TEST_CASE("values of many lines and other kinds of quotes are replaced as a whole") {
  const std::string text =
      "[[providers.p.keys]]\nname = \"\"\"\na\"\"\"\nmodels = [ # all\n  \"x\",\n"
      "\t'y', # why\n] # end\nweight = 0x1F\nrpm = 0\n";
  check<key_edit>({{text,
                    {"p", "a", "models", texts{"z"}},
                    replaced(text, "[ # all\n  \"x\",\n\t'y', # why\n]", "[\"z\"]")},
                   {text, {"p", "a", "name", "b"}, replaced(text, "\"\"\"\na\"\"\"", "\"b\"")},
                   {text, {"p", "a", "weight", std::int64_t{2}}, replaced(text, "0x1F", "2")},
                   {text,
                    {"p", "a", "max_in_flight", std::int64_t{2}},
                    replaced(text, "rpm = 0\n", "rpm = 0\nmax_in_flight = 2\n")}});
}

TEST_CASE("a byte order mark and blank lines stay") {
  const std::string text = "\xEF\xBB\xBF"
                           "[[providers.p.keys]]\n\n\n\tname=\"a\"\n\n\n# end\n";
  check<key_edit>({{text, {"p", "a", "name", "b"}, replaced(text, "\"a\"", "\"b\"")},
                   {text,
                    {"p", "a", "enabled", false},
                    replaced(text, "\"a\"\n", "\"a\"\n\tenabled = false\n")}});
}

TEST_CASE("keys in inline tables are changed in their line") {
  const std::string text = "[providers.p]\nkeys = [ {name=\"a\", api_key=\"é\"}, # first\n"
                           "  { enabled = true , name = 'b' } ] # second\n";
  check<key_edit>(
      {{text, {"p", "a", "api_key", "y"}, replaced(text, "\"é\"", "\"y\"")},
       {text, {"p", "b", "enabled", false}, replaced(text, "true", "false")},
       {text, {"p", "a", "enabled", false}, replaced(text, "\"é\"}", "\"é\", enabled = false}")},
       {text,
        {"p", "b", "weight", std::int64_t{2}},
        replaced(text, "'b' }", "'b', weight = 2 }")}});
}

TEST_CASE("a model's value is replaced or added") {
  const std::string text =
      "[models.m]\nprovider = \"p\" # who\n\n[models.m.cooldown]\nmax = \"1s\"\n\n"
      "[models.\"text-*\"]\n  provider = \"q\"\n";
  check<model_edit>({{text, {"m", "provider", "q"}, replaced(text, "\"p\"", "\"q\"")},
                     {text,
                      {"m", "load_balancing", false},
                      replaced(text, "# who\n", "# who\nload_balancing = false\n")},
                     {text,
                      {"text-*", "upstream_model", "u"},
                      replaced(text, "\"q\"\n", "\"q\"\n  upstream_model = \"u\"\n")}});
}

TEST_CASE("models in inline tables are changed in their line") {
  check<model_edit>(
      {{"models.x = { provider = \"p\" } # x\n",
        {"x", "strategy", "round_robin"},
        "models.x = { provider = \"p\", strategy = \"round_robin\" } # x\n"},
       {"models.x = { provider = \"p\" }\n",
        {"x", "provider", "q"},
        "models.x = { provider = \"q\" }\n"},
       {"models = {x={provider=\"p\", cooldown.max = \"1s\"}}",
        {"x", "load_balancing", true},
        "models = {x={provider=\"p\", cooldown.max = \"1s\", load_balancing = true}}"},
       {"models = { x.provider = \"p\", y.provider = \"q\" }\n",
        {"x", "load_balancing", true},
        "models = { x.provider = \"p\", x.load_balancing = true, y.provider = \"q\" }\n"},
       {"models.x = {}\n", {"x", "provider", "p"}, "models.x = { provider = \"p\" }\n"},
       {"models.x = { }\n", {"x", "provider", "p"}, "models.x = { provider = \"p\" }\n"},
       {"[models]\n  x = {}\n", {"x", "provider", "p"}, "[models]\n  x = { provider = \"p\" }\n"}});
}

TEST_CASE("models in dotted keys get dotted keys") {
  const std::string text =
      "[models] # all\n  x . \"provider\" = \"p\" # x\n  \"a.b\".provider = \"p\"\n"
      "  x.strategy = \"round_robin\"\n";
  check<model_edit>(
      {{text, {"x", "provider", "q"}, replaced(text, "\"p\" # x", "\"q\" # x")},
       {text, {"x", "load_balancing", true}, text + "  x.load_balancing = true\n"},
       {text,
        {"a.b", "load_balancing", true},
        replaced(text, "  x.strategy", "  \"a.b\".load_balancing = true\n  x.strategy")},
       {"models.m.provider = \"p\"\nserver.shards = 1\n",
        {"m", "load_balancing", true},
        "models.m.provider = \"p\"\nmodels.m.load_balancing = true\nserver.shards = 1\n"},
       {"[models.m]\nprovider = \"p\"\ncooldown.max = \"1s\" # c\n",
        {"m", "load_balancing", true},
        "[models.m]\nprovider = \"p\"\ncooldown.max = \"1s\" # c\nload_balancing = true\n"}});
}

TEST_CASE("every budget of a key can be set, and its comments stay") {
  const std::string text =
      "[[providers.p.keys]] # a's\nname = \"a\"\nrpm = 60 # per minute\n\n# b\n";
  const std::int64_t most = 1'000'000'000'000;
  check<key_edit>(
      {{text, {"p", "a", "rpm", most}, replaced(text, "60", "1000000000000")},
       {text, {"p", "a", "tpm", most}, replaced(text, "minute\n", "minute\ntpm = 1000000000000\n")},
       {text, {"p", "a", "rpd", std::int64_t{0}}, replaced(text, "minute\n", "minute\nrpd = 0\n")},
       {text, {"p", "a", "tpd", std::int64_t{5}}, replaced(text, "minute\n", "minute\ntpd = 5\n")},
       {text,
        {"p", "a", "max_in_flight", std::int64_t{2}},
        replaced(text, "minute\n", "minute\nmax_in_flight = 2\n")},
       {text,
        {"p", "a", "quota_group", "org 1"},
        replaced(text, "minute\n", "minute\nquota_group = \"org 1\"\n")}});
}

TEST_CASE("how a model chooses and repeats can be set, and its comments stay") {
  const std::string text = "[models.m] # chat\nprovider = \"p\"\nstrategy = 'round_robin' # fair\n";
  check<model_edit>(
      {{text, {"m", "strategy", "fill_first"}, replaced(text, "round_robin", "fill_first")},
       {text, {"m", "sticky", true}, text + "sticky = true\n"},
       {text, {"m", "max_attempts", std::int64_t{5}}, text + "max_attempts = 5\n"},
       {text, {"m", "replay_unanswered", true}, text + "replay_unanswered = true\n"}});
}

TEST_CASE("a field of a model's cooldown is set where the table stands, or dotted in the model's") {
  const std::string headed = "[models.m]\nprovider = \"p\" # who\n\n"
                             "  [models.m.cooldown] # rests\n  max = \"1s\" # short\n\n[server]\n";
  const std::string absent = "[models.m]\n  provider = \"p\" # who\n\n[server]\n";
  const std::string dotted = "[models.m]\ncooldown.max = \"1s\" # short\nprovider = \"p\"\n";
  const std::string in_line = "models.m = { provider = \"p\", cooldown = { max = \"1s\" } } # m\n";
  check<model_edit>({{headed, {"m", "cooldown.max", "5m"}, replaced(headed, "1s", "5m")},
                     {headed,
                      {"m", "cooldown.use_hints", false},
                      replaced(headed, "# short\n", "# short\n  use_hints = false\n")},
                     {absent,
                      {"m", "cooldown.max", "5m"},
                      replaced(absent, "# who\n", "# who\n  cooldown.max = \"5m\"\n")},
                     {dotted, {"m", "cooldown.max", "5m"}, replaced(dotted, "1s", "5m")},
                     {dotted,
                      {"m", "cooldown.rate_limit", "5s"},
                      replaced(dotted, "# short\n", "# short\ncooldown.rate_limit = \"5s\"\n")},
                     {in_line, {"m", "cooldown.max", "5m"}, replaced(in_line, "1s", "5m")},
                     {in_line,
                      {"m", "cooldown.use_hints", true},
                      replaced(in_line, "\"1s\" }", "\"1s\", use_hints = true }")},
                     {"models.m = { provider = \"p\" } # m\n",
                      {"m", "cooldown.max", "5m"},
                      "models.m = { provider = \"p\", cooldown.max = \"5m\" } # m\n"},
                     {"models.m.provider = \"p\"\n",
                      {"m", "cooldown.max", "5m"},
                      "models.m.provider = \"p\"\nmodels.m.cooldown.max = \"5m\"\n"}});
}

TEST_CASE("an empty table gets its first field below its header") {
  check<model_edit>({{"[models.m] # empty\n\n[server]\n",
                      {"m", "provider", "p"},
                      "[models.m] # empty\nprovider = \"p\"\n\n[server]\n"},
                     {"  [models.m]", {"m", "provider", "p"}, "  [models.m]\n  provider = \"p\""}});
}

TEST_CASE("what is not there cannot be changed") {
  CHECK(refusal(provider, key_edit{"q", "a", "enabled", false}) == "there is no provider \"q\"");
  CHECK(refusal(provider, key_edit{"p", "z", "enabled", false})
        == "provider \"p\" has no key \"z\"");
  CHECK(refusal(provider, key_edit{"p", "default", "enabled", false})
        == "provider \"p\" has no key \"default\"");
  CHECK(refusal("", key_edit{"p", "a", "enabled", false}) == "there is no provider \"p\"");
  CHECK(refusal("providers.p = 1\n", key_edit{"p", "a", "enabled", false})
        == "there is no provider \"p\"");
  CHECK(refusal("providers.p.keys = 1\n", key_edit{"p", "a", "enabled", false})
        == "\"keys\" of provider \"p\" is no array of tables");
  CHECK(refusal("providers.p.keys = [1, {name = 2}]\n", key_edit{"p", "a", "enabled", false})
        == "provider \"p\" has no key \"a\"");
  CHECK(refusal(provider, model_edit{"m", "provider", "p"}) == "there is no model \"m\"");
}

TEST_CASE("a change that is not one field is refused") {
  const std::string text = "[models.m]\nprovider = \"p\"\n[models.m.cooldown]\nmax = \"1s\"\n";
  CHECK(refusal(text, model_edit{"m", "cooldown", "1s"}) == "\"cooldown\" is a table");
  CHECK(refusal(text, model_edit{"m", "", "1s"}) == "\"\" is not the name of a field");
  for (const std::string field : {"a.b.c", "a.", ".a", "a b.c", "cooldown.\"x\""})
    CHECK(refusal(text, model_edit{"m", field, "1s"})
          == "\"" + field + "\" is not the name of a field");
  CHECK(refusal(provider, key_edit{"p", "a", "cooldown.max", "1s"})
        == "\"cooldown.max\" is not the name of a field");
  CHECK(refusal("[models.m]\ncooldown = 1\n", model_edit{"m", "cooldown.max", "1s"})
        == "\"cooldown\" is no table");
  CHECK(refusal(text, model_edit{"m", "x = 1\n[server]\ny", true})
        == "(name not shown: too long or with control characters) is not the name of a field");
}

TEST_CASE("a text that is no TOML before or after the change is refused") {
  CHECK(refusal("[models.m]\nprovider = sk-1\n", model_edit{"m", "provider", "p"})
        == "2:12: Error while parsing value: could not determine value type");
  CHECK(refusal("[models.m]\n", model_edit{"m", "provider", "\xFF\xFE"})
        == "the change would not leave valid TOML: Encountered invalid utf-8 sequence");
}

TEST_CASE("a table that exists only through its sub-tables cannot get a field by one line") {
  CHECK(refusal("[models.m.cooldown]\nmax = \"1s\"\n", model_edit{"m", "provider", "p"})
        == "the file is written in a way in which this cannot be changed alone");
}

#include "config/document.hpp"
#include "config/edit.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <random>

using namespace keywheel::config;

namespace {

/// A file as people write them: comments everywhere, all the ways to write a table.
constexpr auto rich = R"toml(# Keys of the résumé team — 日本語 — do not touch "quotes" = here
title_comment = "x = 1 # not a comment" # but this is

[server] # where
  listen = "127.0.0.1:4100"	# tabbed	comment

# === providers ===
[providers.alpha]   # α
dialect = 'openai'
api_key = "env:ALPHA"   # the default one
# idle_timeout = "1s"

  [[providers.alpha.keys]]     # first
  # enabled = true
  name    = "one"              # eins
  api_key = 'sk-ü-1'           # clé
  enabled = true

[[ providers . "alpha" . keys ]]
weight = 1 # w
name = 'two'
models = ["gpt-4o", 'gpt-*'] # [ "not", 'this' ]
api_key = """sk-2"""

[providers.beta] # inline keys
dialect = "openai"
keys = [ # of beta
  { name = "one", api_key = "x\"}]" }, # } ]
	{name='two',enabled=false,api_key='#'} # two
]

[providers."gämma"]
keys = []
api_key = "g"

# === models ===
[models.gpt-4o]
provider = "alpha"   # 4o
[models.gpt-4o.cooldown]
max = "1s"

[models."text-embedding-*"]

	provider	=	"beta"

[models."gpt-4.1"]
cooldown.max = "5s" # dotted
provider = "alpha"
# load_balancing = true

# the end)toml";

struct choice {
  bool is_model;
  std::string provider;
  std::string name;
};

const std::vector<choice> targets{
    {false, "alpha", "one"}, {false, "alpha", "two"},        {false, "alpha", "default"},
    {false, "beta", "one"},  {false, "beta", "two"},         {false, "gämma", "default"},
    {true, "", "gpt-4o"},    {true, "", "text-embedding-*"}, {true, "", "gpt-4.1"}};

const std::vector<std::string> key_fields{
    "enabled",       "weight", "models", "quota_group", "base_url", "upstream_model",
    "max_in_flight", "rpm",    "tpm",    "rpd",         "tpd"};
const std::vector<std::string> model_fields{"provider",         "load_balancing", "upstream_model",
                                            "strategy",         "sticky",         "max_attempts",
                                            "replay_unanswered"};

value random_value(std::mt19937& random) {
  const std::vector<std::string> pieces{"a", "é", "日", "\"", "'", "\\", "#",
                                        " ", "=", "\n", "\t", "]", "}"};
  const auto text = [&] {
    std::string result;
    for (auto length = random() % 6; length > 0; --length)
      result += pieces[random() % pieces.size()];
    return result;
  };
  switch (random() % 4) {
  case 0:
    return random() % 2 == 0;
  case 1:
    return static_cast<std::int64_t>(random() % 2000) - 1000;
  case 2:
    return text();
  default: {
    std::vector<std::string> result;
    for (auto count = random() % 3; count > 0; --count)
      result.push_back(text());
    return result;
  }
  }
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto feed = std::min(text.find('\n', begin), text.size() - 1);
    result.push_back(text.substr(begin, feed - begin + 1));
    begin = feed + 1;
  }
  return result;
}

/// Says how the two texts differ in a way that one change of a field cannot; empty if it can.
/// Knows nothing about TOML: compares lines.
std::string damage(const std::string& before, const std::string& after, const std::string& field) {
  auto old_lines = split_lines(before);
  auto new_lines = split_lines(after);
  // A line that had no break, being the last, may have one now.
  const auto brk = before.find("\r\n") == std::string::npos ? "\n" : "\r\n";
  old_lines.back() += old_lines.back().ends_with('\n') ? "" : brk;
  new_lines.back() += new_lines.back().ends_with('\n') ? "" : brk;
  std::size_t same = 0;
  while (same < std::min(old_lines.size(), new_lines.size()) && old_lines[same] == new_lines[same])
    ++same;
  std::size_t same_behind = 0;
  while (same_behind < std::min(old_lines.size(), new_lines.size()) - same
         && *(old_lines.rbegin() + static_cast<long>(same_behind))
                == *(new_lines.rbegin() + static_cast<long>(same_behind)))
    ++same_behind;
  const auto old_count = old_lines.size() - same - same_behind;
  const auto new_count = new_lines.size() - same - same_behind;
  if (old_count == 0 && new_count == 0)
    return {};
  if (old_count == 0
      && (new_count == 1 || new_count == 4)) { // a line, or a table below a blank one
    for (auto i = same; i < same + new_count; ++i)
      if (new_lines[i].find(field) != std::string::npos)
        return {};
    return "the added lines do not hold the field";
  }
  if (old_count != 1 || new_count == 0 || new_count > 2)
    return std::to_string(old_count) + " lines became " + std::to_string(new_count);
  const auto& was = old_lines[same];
  auto is = new_lines[same];
  if (new_count == 2) // an element in a line of its own below the one that got a comma
    is += new_lines[same + 1];
  // What stands before the field and behind its value is as it was.
  const auto [a, b] = std::mismatch(was.begin(), was.end(), is.begin(), is.end());
  const auto [c, d] = std::mismatch(was.rbegin(), was.rend(), is.rbegin(), is.rend());
  const auto kept = (a - was.begin()) + (c - was.rbegin());
  const auto comment = was.rfind(" # ");
  if (comment != std::string::npos && is.find(was.substr(comment)) == std::string::npos)
    return "a comment was lost";
  const auto field_at = was.find(field);
  if (field_at == std::string::npos)
    return kept >= static_cast<long>(was.size()) ? "" : "something was taken away";
  return a - was.begin() >= static_cast<long>(field_at + field.size())
                 || kept >= static_cast<long>(was.size())
             ? ""
             : "something before the field was changed";
}

bool holds(const toml::node& node, const value& wanted) {
  if (const auto* truth = std::get_if<bool>(&wanted))
    return node.is_boolean() && node.as_boolean()->get() == *truth;
  if (const auto* number = std::get_if<std::int64_t>(&wanted))
    return node.is_integer() && node.as_integer()->get() == *number;
  if (const auto* text = std::get_if<std::string>(&wanted))
    return node.is_string() && node.as_string()->get() == *text;
  const auto& all = std::get<std::vector<std::string>>(wanted);
  const auto* array = node.as_array();
  return array && array->size() == all.size()
         && std::equal(all.begin(), all.end(), array->begin(),
                       [](const std::string& a, const toml::node& b) {
                         return b.is_string() && b.as_string()->get() == a;
                       });
}

/// Finds the field in the text by its names only.
bool says(const std::string& text, const choice& where, const std::string& field,
          const value& wanted) {
  const auto parsed = parse_document(text);
  if (!parsed.root)
    return false;
  const auto& root = *parsed.root;
  if (where.is_model) {
    const auto* node = root["models"][where.name].as_table()->get(field);
    return node && holds(*node, wanted);
  }
  for (const auto& key : *root["providers"][where.provider]["keys"].as_array()) {
    const auto& table = *key.as_table();
    if (table["name"].value<std::string>() == where.name)
      return table.contains(field) && holds(*table.get(field), wanted);
  }
  return false;
}

std::string with_crlf(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return result;
}

/// Makes `count` changes, one on top of the other.
void run(std::string text, std::uint32_t seed, int count) {
  std::mt19937 random{seed};
  for (int i = 0; i < count; ++i) {
    const auto& where = targets[random() % targets.size()];
    const auto& fields = where.is_model ? model_fields : key_fields;
    const auto field = fields[random() % fields.size()];
    const auto wanted = random_value(random);
    CAPTURE(seed, i, where.provider, where.name, field, text);
    const auto result = where.is_model
                            ? edit(text, model_edit{where.name, field, wanted})
                            : edit(text, key_edit{where.provider, where.name, field, wanted});
    REQUIRE(result.error == "");
    REQUIRE(result.text);
    CAPTURE(*result.text);
    REQUIRE(damage(text, *result.text, field) == "");
    REQUIRE(says(*result.text, where, field, wanted));
    text = *result.text;
  }
}

} // namespace

TEST_CASE("random changes leave every other byte where it was") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed)
    run(rich, seed, 8);
}

TEST_CASE("random changes leave every other byte where it was, with CRLF") {
  for (std::uint32_t seed = 1001; seed <= 1040; ++seed)
    run(with_crlf(rich), seed, 8);
}

TEST_CASE("random changes leave every other byte where it was, with a line break at the end") {
  for (std::uint32_t seed = 2001; seed <= 2040; ++seed)
    run(std::string{"\xEF\xBB\xBF"} + rich + "\n", seed, 8);
}

TEST_CASE("the random test notices damage") {
  const std::string text = "a = 1 # one\nb = 2 # two\nc = 3\n";
  CHECK(damage(text, "a = 1 # one\nb = 9 # two\nc = 3\n", "b") == "");
  CHECK(damage(text, "a = 1 # one\nb = 2 # two\nd = 1\nc = 3\n", "d") == "");
  CHECK(damage(text, "a = 1 # one\nb = 9\nc = 3\n", "b") == "a comment was lost");
  CHECK(damage(text, "a = 1 # one\nb=9 # two\nc = 3\n", "b") == "");
  CHECK(damage(text, "a = 7 # one\nb = 9 # two\nc = 3\n", "b") == "2 lines became 2");
  CHECK(damage(text, "a = 1 # one\nc = 3\n", "b") != "");
  CHECK(damage(text, "a = 1 # one\n b = 9 # two\nc = 3\n", "b") != "");
}

#include "dialect/request_scanner.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/scan.hpp"

#include <rapidjson/document.h>

#include <cstdint>
#include <random>
#include <string>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;
using outcome = request_scanner::outcome;

namespace {

/// Makes JSON objects as text: with any spacing, any escapes, and `model` in all places.
class generator {
public:
  explicit generator(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  std::string object(std::size_t depth) {
    std::string result = "{" + space();
    for (std::size_t i = 0, size = below(5); i < size; ++i) {
      if (i > 0)
        result += "," + space();
      result += name() + space() + ":" + space() + value(depth) + space();
    }
    return result + "}";
  }

  /// A few bytes changed, put in, left out or doubled.
  std::string mutated(std::string text) {
    static constexpr std::string_view bytes =
        "{}[]\",:\\u0123456789abcdefEe+-.trufalsn \n\x01\xc3\x7f";
    for (std::size_t i = 0, count = 1 + below(3); i < count && !text.empty(); ++i) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
      case 0:
        text[at] = bytes[below(bytes.size())];
        break;
      case 1:
        text.insert(at, 1, bytes[below(bytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + below(3));
        break;
      default:
        text.insert(at, text.substr(at, 1 + below(12)));
      }
    }
    return text;
  }

private:
  template <std::size_t Size>
  std::string one_of(const char* const (&list)[Size]) {
    return list[below(Size)];
  }

  std::string space() { return one_of({"", "", "", "", " ", "\n", "\t\r\n  "}); }

  std::string name() {
    return one_of({"\"model\"", "\"mod\\u0065l\"", "\"models\"", "\"a\"", "\"\"", "\"\\n\"",
                   "\"messages\"", "\"modem\"", "\"\\uD83D\\uDE00\"", "\"a name of some length\""});
  }

  std::string string() {
    std::string result = "\"";
    for (std::size_t i = 0, size = below(4); i < size; ++i)
      result += one_of({"x", "gpt-4o", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u00e9",
                        "\\u0000", "\\uD83D\\uDE00", "\xC3\xA9", "\xF0\x9F\x98\x80", "model",
                        "a run of ordinary bytes beyond sixteen", "{[:,]}"});
    return result + "\"";
  }

  std::string array(std::size_t depth) {
    std::string result = "[" + space();
    for (std::size_t i = 0, size = below(4); i < size; ++i) {
      if (i > 0)
        result += "," + space();
      result += value(depth) + space();
    }
    return result + "]";
  }

  std::string value(std::size_t depth) {
    switch (below(depth > 5 ? 3 : 5)) {
    case 0:
      return one_of(
          {"0", "-0", "1", "-12", "3.25", "1e3", "1E-3", "0.5e+2", "18446744073709551616"});
    case 1:
      return one_of({"true", "false", "null"});
    case 2:
      return string();
    case 3:
      return array(depth + 1);
    default:
      return object(depth + 1);
    }
  }

  std::mt19937_64 random_;
};

/// RapidJSON takes the second half of a surrogate pair alone and makes such bytes of it.
bool is_utf8(const std::string& text) {
  const std::string body = '"' + text + '"';
  rapidjson::StringStream source{body.c_str()};
  rapidjson::UTF8<> utf8;
  unsigned codepoint = 0;
  while (source.Tell() < body.size()) {
    if (!utf8.Decode(source, &codepoint) || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
      return false;
  }
  return true;
}

/// What a DOM has to say about a body.
struct reference {
  bool valid = false;
  bool undecided = false; ///< it looks at more than the grammar, or at less than Unicode
  std::size_t models = 0;
  bool is_string = false;
  std::string model;
};

reference reference_of(const std::string& body) {
  reference result;
  rapidjson::Document dom;
  dom.Parse(body.c_str());
  if (dom.HasParseError()) {
    const auto why = dom.GetParseError();
    result.undecided = why == rapidjson::kParseErrorStringUnicodeSurrogateInvalid
                       || why == rapidjson::kParseErrorNumberTooBig;
    return result;
  }
  result.valid = dom.IsObject();
  if (!result.valid)
    return result;
  for (const auto& member : dom.GetObject())
    if (std::string_view{member.name.GetString(), member.name.GetStringLength()} == "model") {
      ++result.models;
      result.is_string = member.value.IsString();
      if (result.is_string)
        result.model.assign(member.value.GetString(), member.value.GetStringLength());
      result.undecided = result.undecided || !is_utf8(result.model);
    }
  return result;
}

void compare(const std::string& body, const scanned& result) {
  const reference expected = reference_of(body);
  if (expected.undecided)
    return;
  switch (result.outcome) {
  case outcome::found: {
    CHECK(expected.valid);
    CHECK(expected.models == 1);
    CHECK(expected.is_string);
    CHECK(result.model == expected.model);
    const std::string string = body.substr(result.begin, result.end - result.begin);
    rapidjson::Document alone;
    alone.Parse(string.c_str());
    REQUIRE(alone.IsString());
    CHECK(std::string(alone.GetString(), alone.GetStringLength()) == expected.model);
    break;
  }
  case outcome::no_model:
    CHECK(expected.valid);
    CHECK(expected.models == 0);
    break;
  case outcome::not_a_string: // said at once, whatever follows
    if (expected.valid && expected.models == 1)
      CHECK((!expected.is_string || expected.model.empty()));
    break;
  case outcome::twice:
    if (expected.valid)
      CHECK(expected.models > 1);
    break;
  default:
    CHECK(result.outcome == outcome::malformed);
    CHECK(!expected.valid);
  }
}

void run(std::uint64_t seed, bool mutate) {
  generator random{seed};
  std::string body = random.object(0);
  if (mutate)
    body = random.mutated(std::move(body));
  CAPTURE(seed, body);
  const scanned whole = scan_whole(body);
  compare(body, whole);
  if (!(scan_bytes(body) == whole))
    CHECK(scan_bytes(body) == whole);
  const std::size_t at = random.below(body.size() + 1);
  if (!(scan_split(body, at) == whole))
    CHECK(scan_split(body, at) == whole);
}

} // namespace

TEST_CASE("random bodies are read as RapidJSON reads them") {
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed)
    run(seed, false);
}

TEST_CASE("damaged bodies are refused where RapidJSON refuses them") {
  for (std::uint64_t seed = 1; seed <= 30'000; ++seed)
    run(seed, true);
}

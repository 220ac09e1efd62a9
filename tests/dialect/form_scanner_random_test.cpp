#include "dialect/form_scanner.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/form_scan.hpp"

#include <cstdint>
#include <random>
#include <string>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;

namespace {

/// Makes forms whose model is known, and text that is nearly a form.
class generator {
public:
  explicit generator(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  /// Bytes among which a delimiter often begins; a whole one would need its last byte.
  std::string noise(std::size_t bound) {
    static constexpr std::string_view bytes = "\r\n-Ba\r\n--B";
    std::string result;
    for (std::size_t i = below(bound); i > 0; --i)
      result += bytes[below(bytes.size())];
    return result;
  }

  std::string part(const std::string& disposition, const std::string& content) {
    const std::string more = below(2) == 0 ? "" : "Content-Type: text/plain\r\n";
    return "--Bo\r\n" + more + "Content-Disposition: form-data; " + disposition + "\r\n\r\n"
           + content + "\r\n";
  }

  std::string files() {
    std::string result;
    for (std::size_t i = below(3); i > 0; --i)
      result += part("name=\"f\"; filename=\"model\"", noise(40));
    return result;
  }

  std::string mutated(std::string text) {
    static constexpr std::string_view bytes = "\r\n-Bo\";= :m\x01\xff";
    for (std::size_t i = 1 + below(3); i > 0 && !text.empty(); --i) {
      const std::size_t at = below(text.size());
      if (below(2) == 0)
        text[at] = bytes[below(bytes.size())];
      else if (below(2) == 0)
        text.erase(at, 1 + below(3));
      else
        text.insert(at, text.substr(at, 1 + below(12)));
    }
    return text;
  }

private:
  std::mt19937_64 random_;
};

} // namespace

TEST_CASE("whatever stands around it, the model is found where it is") {
  const std::uint64_t seed = 20260416;
  CAPTURE(seed);
  generator random{seed};
  for (int round = 0; round < 2000; ++round) {
    const std::string name = "m" + random.noise(20);
    const std::string before = random.files();
    const std::string body =
        before + random.part("name=\"model\"", name) + random.files() + "--Bo--";
    CAPTURE(body);
    const auto found = scan_form(body, "Bo", 1 + random.below(7));
    REQUIRE(found.outcome == form_scanner::outcome::found);
    REQUIRE(found.model == name);
    REQUIRE(found.begin == body.find("\r\n\r\nm") + 4);
  }
}

TEST_CASE("what is nearly a form reads the same in any pieces") {
  const std::uint64_t seed = 46368;
  CAPTURE(seed);
  generator random{seed};
  for (int round = 0; round < 4000; ++round) {
    const std::string body =
        random.mutated(random.files() + random.part("name=\"model\"", "m") + "--Bo--\r\n");
    CAPTURE(body);
    const auto whole = scan_form(body, "Bo");
    REQUIRE(scan_form(body, "Bo", 1) == whole);
    REQUIRE(scan_form(body, "Bo", 1 + random.below(9), 1 + random.below(40)) == whole);
  }
}

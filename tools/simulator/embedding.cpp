#include "tools/simulator/generation.hpp"
#include "tools/simulator/text.hpp"

#include <charconv>
#include <cmath>

namespace keywheel::simulator {
namespace {

void fill_unit_vector(std::vector<float>& values, std::uint64_t seed) {
  random_source random{seed};
  double squares = 0;
  for (auto& value : values) {
    auto number = 2 * random.fraction() - 1;
    value = static_cast<float>(number);
    squares += number * number;
  }
  auto scale = static_cast<float>(1 / std::sqrt(squares));
  for (auto& value : values)
    value *= scale;
}

void append_numbers(std::string& out, const std::vector<float>& values) {
  out += '[';
  for (auto& value : values) {
    char digits[32];
    auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
    static_cast<void>(error); // 32 characters hold every float
    out += &value == values.data() ? "" : ",";
    out.append(digits, end);
  }
  out += ']';
}

} // namespace

void append_unit_vector(std::string& out, std::uint64_t seed, std::size_t dimensions) {
  std::vector<float> values(dimensions);
  fill_unit_vector(values, seed);
  append_numbers(out, values);
}

void append_embeddings(std::string& out, const generation& what,
                       const std::vector<std::uint64_t>& hashes, std::size_t dimensions,
                       bool base64) {
  std::vector<float> values(dimensions);
  out += R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    fill_unit_vector(values, hashes[i]);
    out += i == 0 ? "" : ",";
    out += R"({"object":"embedding","index":)";
    append_number(out, i);
    out += R"(,"embedding":)";
    if (base64) {
      out += '"';
      append_base64(out,
                    {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
      out += '"';
    } else {
      append_numbers(out, values);
    }
    out += '}';
  }
  out += R"(],"model":)";
  append_quoted(out, what.model);
  out += R"(,"usage":{"prompt_tokens":)";
  append_number(out, what.prompt_tokens);
  out += R"(,"total_tokens":)";
  append_number(out, what.prompt_tokens);
  out += "}}";
}

} // namespace keywheel::simulator

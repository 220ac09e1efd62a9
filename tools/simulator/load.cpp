#include "tools/simulator/script.hpp"

#include <toml++/toml.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace keywheel::simulator {

std::vector<key_options> default_keys(std::size_t count) {
  std::vector<key_options> result;
  for (std::size_t i = 0; i < count; ++i) {
    // a, b, … z, aa, ab, … as spreadsheets count.
    std::string letters;
    for (auto rest = i + 1; rest > 0; rest = (rest - 1) / 26)
      letters.insert(letters.begin(), static_cast<char>('a' + (rest - 1) % 26));
    result.push_back({"sim-key-" + letters, "sk-sim-key-" + letters, {}, std::nullopt});
  }
  return result;
}

bool set_listen(options& target, std::string_view address) {
  auto colon = address.rfind(':');
  if (colon == std::string_view::npos)
    return false;
  auto host = address.substr(0, colon);
  auto digits = address.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return false;
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || host.empty())
    return false;
  target.host = host;
  target.port = port;
  return true;
}

std::variant<options, load_error> parse_options(std::string_view toml, const std::string& name) {
  try {
    auto table = toml::parse(toml, name);
    std::ostringstream text;
    text << toml::json_formatter{table};
    rapidjson::Document json;
    if (json.Parse(text.str().c_str()).HasParseError())
      return load_error{name + ": holds a value that has no meaning here"};
    return read_options(json);
  } catch (const toml::parse_error& error) {
    auto begin = error.source().begin;
    return load_error{name + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column)
                      + ": " + std::string{error.description()}};
  } catch (const script_error& error) {
    return load_error{name + ": " + error.what()};
  }
}

std::variant<options, load_error> load_options(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text)
    return load_error{path + ": cannot be read"};
  return parse_options(text.str(), path);
}

} // namespace keywheel::simulator

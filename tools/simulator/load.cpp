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

namespace {

/// Reads TOML as JSON and has `f` make something of it. Absent if that went well.
template <class F>
std::optional<load_error> read_toml(std::string_view toml, const std::string& name, F f) {
  try {
    auto table = toml::parse(toml, name);
    std::ostringstream text;
    text << toml::json_formatter{table};
    rapidjson::Document json;
    if (json.Parse(text.str().c_str()).HasParseError())
      return load_error{name + ": holds a value that has no meaning here"};
    f(json);
    return std::nullopt;
  } catch (const toml::parse_error& error) {
    auto begin = error.source().begin;
    return load_error{name + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column)
                      + ": " + std::string{error.description()}};
  } catch (const script_error& error) {
    return load_error{name + ": " + error.what()};
  }
}

/// The text of a file. Absent if it cannot be read.
std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text)
    return std::nullopt;
  return text.str();
}

load_error unreadable(const std::string& path) {
  return {path + ": cannot be read"};
}

} // namespace

std::variant<options, load_error> parse_options(std::string_view toml, const std::string& name) {
  options result;
  auto wrong = read_toml(toml, name, [&](auto& json) { result = read_options(json); });
  if (wrong)
    return *wrong;
  return result;
}

std::variant<options, load_error> load_options(const std::string& path) {
  auto text = text_of(path);
  if (!text)
    return unreadable(path);
  return parse_options(*text, path);
}

std::optional<load_error> load_incident(options& target, const std::string& path) {
  auto text = text_of(path);
  if (!text)
    return unreadable(path);
  auto result = target;
  auto wrong = read_toml(*text, path, [&](auto& json) { read_incident(result, json); });
  if (!wrong)
    target = std::move(result);
  return wrong;
}

} // namespace keywheel::simulator

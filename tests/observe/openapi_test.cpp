#include "observe/api_route.hpp"
#include "observe/web_file.hpp"
#include "tests/catch.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <set>
#include <string>

using namespace keywheel::observe;

namespace {

rapidjson::Document read_document() {
  rapidjson::Document result;
  const auto text = api_documents().front().bytes;
  result.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  REQUIRE_FALSE(result.HasParseError());
  return result;
}

/// A target under a path of the document: "/keys/{provider}" becomes "/keys/provider".
std::string target_of(std::string path) {
  std::erase_if(path, [](char c) { return c == '{' || c == '}'; });
  return path;
}

std::string upper(std::string word) {
  for (auto& c : word)
    c = static_cast<char>(c - 'a' + 'A');
  return word;
}

} // namespace

TEST_CASE("the OpenAPI document is one, by itself") {
  REQUIRE(api_documents().size() == 1);
  CHECK(api_documents().front().name == "openapi.json");
  CHECK(read_document()["openapi"] == "3.1.0");
}

TEST_CASE("the OpenAPI document has every operation of the admin port, and no other") {
  const auto document = read_document();
  std::set<api_operation> described;
  for (const auto& path : document["paths"].GetObject())
    for (const auto& method : path.value.GetObject()) {
      CAPTURE(path.name.GetString(), method.name.GetString());
      const auto found =
          route_api(upper(method.name.GetString()), target_of(path.name.GetString()));
      const auto* route = std::get_if<api_route>(&found);
      CHECK(route);
      if (route)
        described.insert(route->what);
    }
  const auto all = api_operations();
  CHECK(described == std::set<api_operation>(all.begin(), all.end()));
}

TEST_CASE("what needs no token is what the document says") {
  const auto document = read_document();
  for (const auto& path : document["paths"].GetObject())
    for (const auto& method : path.value.GetObject()) {
      CAPTURE(path.name.GetString(), method.name.GetString());
      const auto found =
          route_api(upper(method.name.GetString()), target_of(path.name.GetString()));
      const auto* route = std::get_if<api_route>(&found);
      if (route)
        CHECK(method.value.HasMember("security") == (route->is_probe() || route->is_page()));
    }
}

#include "dialect/models_list.hpp"
#include "tests/catch.hpp"

using namespace keywheel::dialect;

namespace {

const std::vector<listed_model> two{{"gpt-4o", "openai"}, {"a\"b", "x"}};

} // namespace

TEST_CASE("lists of models have each vendor's shape") {
  const std::string openai = R"({"object":"list","data":[)"
                             R"({"id":"gpt-4o","object":"model","created":0,"owned_by":"openai"},)"
                             R"({"id":"a\"b","object":"model","created":0,"owned_by":"x"}]})";
  CHECK(render_models(kind::openai, two) == openai);
  CHECK(render_models(kind::azure, two) == openai);
  CHECK(render_models(kind::anthropic, two)
        == R"({"data":[{"type":"model","id":"gpt-4o","display_name":"gpt-4o",)"
           R"("created_at":"1970-01-01T00:00:00Z"},{"type":"model","id":"a\"b",)"
           R"("display_name":"a\"b","created_at":"1970-01-01T00:00:00Z"}],)"
           R"("has_more":false,"first_id":"gpt-4o","last_id":"a\"b"})");
  CHECK(render_models(kind::gemini, two)
        == R"({"models":[{"name":"models/gpt-4o","displayName":"gpt-4o"},)"
           R"({"name":"models/a\"b","displayName":"a\"b"}]})");
}

TEST_CASE("an empty list is a list") {
  CHECK(render_models(kind::openai, {}) == R"({"object":"list","data":[]})");
  CHECK(render_models(kind::anthropic, {})
        == R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
  CHECK(render_models(kind::gemini, {}) == R"({"models":[]})");
}

TEST_CASE("one model stands alone") {
  CHECK(render_model(kind::openai, two[0])
        == R"({"id":"gpt-4o","object":"model","created":0,"owned_by":"openai"})");
  CHECK(render_model(kind::anthropic, two[0])
        == R"({"type":"model","id":"gpt-4o","display_name":"gpt-4o",)"
           R"("created_at":"1970-01-01T00:00:00Z"})");
  CHECK(render_model(kind::gemini, two[0]) == R"({"name":"models/gpt-4o","displayName":"gpt-4o"})");
}

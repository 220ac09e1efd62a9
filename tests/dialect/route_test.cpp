#include "dialect/route.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel::dialect;
using what = route::what;
using place = route::model_place;

namespace {

struct body_row {
  std::string_view target;
  kind dialect;
  std::string_view tail;
};

struct path_row {
  std::string_view target;
  kind dialect;
  std::string_view model;
  std::string_view tail;
};

} // namespace

TEST_CASE("calls with the model in the body") {
  for (const body_row& each : std::vector<body_row>{
           {"/v1/chat/completions", kind::openai, "/chat/completions"},
           {"/v1/completions", kind::openai, "/completions"},
           {"/v1/responses", kind::openai, "/responses"},
           {"/v1/responses/compact", kind::openai, "/responses/compact"},
           {"/v1/responses/input_tokens", kind::openai, "/responses/input_tokens"},
           {"/v1/embeddings", kind::openai, "/embeddings"},
           {"/v1/moderations", kind::openai, "/moderations"},
           {"/v1/rerank", kind::openai, "/rerank"},
           {"/v1/images/generations", kind::openai, "/images/generations"},
           {"/v1/audio/speech", kind::openai, "/audio/speech"},
           {"/v1/messages", kind::anthropic, "/v1/messages"},
           {"/v1/messages/count_tokens", kind::anthropic, "/v1/messages/count_tokens"},
           {"/v1/messages?beta=true", kind::anthropic, "/v1/messages?beta=true"},
           {"/openai/v1/chat/completions", kind::openai, "/chat/completions"},
           {"/openai/v1/responses?api-version=preview", kind::openai,
            "/responses?api-version=preview"},
           {"/openai/responses?api-version=2025-03-01-preview", kind::azure,
            "/responses?api-version=2025-03-01-preview"},
           {"/v1/chat/completions?x=y&z", kind::openai, "/chat/completions?x=y&z"},
           {"/v1/chat/completions?", kind::openai, "/chat/completions"}}) {
    CAPTURE(each.target);
    const route result = route_of("POST", each.target);
    CHECK(result.is == what::call);
    CHECK(result.dialect == each.dialect);
    CHECK(result.model_in == place::body);
    CHECK(result.body == route::body_format::json);
    CHECK(result.tail == each.tail);
    CHECK(result.model.empty());
  }
}

TEST_CASE("calls with the model in the path") {
  for (const path_row& each : std::vector<path_row>{
           {"/v1beta/models/gemini-2.5-pro:generateContent", kind::gemini, "gemini-2.5-pro",
            ":generateContent"},
           {"/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", kind::gemini,
            "gemini-2.5-pro", ":streamGenerateContent?alt=sse"},
           {"/v1beta/models/llama3:8b:generateContent", kind::gemini, "llama3:8b",
            ":generateContent"},
           {"/v1beta/models/llama3%3A8b:countTokens", kind::gemini, "llama3:8b", ":countTokens"},
           {"/v1beta/models/text-embedding-004:embedContent", kind::gemini, "text-embedding-004",
            ":embedContent"},
           {"/v1beta/models/text-embedding-004:batchEmbedContents", kind::gemini,
            "text-embedding-004", ":batchEmbedContents"},
           {"/v1beta/models/org/name:generateContent", kind::gemini, "org/name",
            ":generateContent"},
           {"/v1beta/models/org%2Fname:generateContent", kind::gemini, "org/name",
            ":generateContent"},
           {"/openai/deployments/gpt4o-eu/chat/completions?api-version=2024-10-21", kind::azure,
            "gpt4o-eu", "/chat/completions?api-version=2024-10-21"},
           {"/openai/deployments/a%20b/audio/transcriptions", kind::azure, "a b",
            "/audio/transcriptions"}}) {
    CAPTURE(each.target);
    const route result = route_of("POST", each.target);
    CHECK(result.is == what::call);
    CHECK(result.dialect == each.dialect);
    CHECK(result.model_in == place::path);
    CHECK(result.model == each.model);
    CHECK(result.tail == each.tail);
  }
}

TEST_CASE("lists of models") {
  for (const std::string_view method : {"GET", "HEAD"}) {
    CAPTURE(method);
    CHECK(route_of(method, "/v1/models").is == what::list_models);
    CHECK(route_of(method, "/v1/models").dialect == kind::openai);
    CHECK(route_of(method, "/v1/models?limit=20", kind::anthropic).dialect == kind::anthropic);
    CHECK(route_of(method, "/v1beta/models?pageSize=50").is == what::list_models);
    CHECK(route_of(method, "/v1beta/models").dialect == kind::gemini);
    CHECK(route_of(method, "/openai/v1/models").is == what::list_models);
    CHECK(route_of(method, "/openai/v1/models").dialect == kind::openai);
    CHECK(route_of(method, "/openai/models?api-version=2024-10-21").is == what::list_models);
    CHECK(route_of(method, "/openai/models").dialect == kind::azure);
  }
  for (const path_row& each : std::vector<path_row>{
           {"/v1/models/gpt-4o", kind::openai, "gpt-4o", ""},
           {"/v1/models/meta-llama/Llama-3?x=1", kind::openai, "meta-llama/Llama-3", ""},
           {"/v1/models/meta-llama%2fLlama-3", kind::openai, "meta-llama/Llama-3", ""},
           {"/v1/models/ft:gpt-4o:org", kind::openai, "ft:gpt-4o:org", ""},
           {"/v1beta/models/gemini-2.5-pro", kind::gemini, "gemini-2.5-pro", ""},
           {"/openai/v1/models/gpt-4o", kind::openai, "gpt-4o", ""},
           {"/openai/models/gpt-4o?api-version=2024-10-21", kind::azure, "gpt-4o", ""},
           {"/v1beta/models/llama3:8b", kind::gemini, "llama3:8b", ""}}) {
    CAPTURE(each.target);
    const route result = route_of("GET", each.target);
    CHECK(result.is == what::one_model);
    CHECK(result.dialect == each.dialect);
    CHECK(result.model == each.model);
    CHECK(result.tail == each.tail);
  }
  CHECK(route_of("GET", "/v1/models/claude", kind::anthropic).dialect == kind::anthropic);
}

TEST_CASE("calls with the model in a form") {
  for (const std::string root : {"/v1", "/openai/v1"})
    for (const std::string tail :
         {"/images/edits", "/images/variations", "/audio/transcriptions", "/audio/translations"}) {
      CAPTURE(root, tail);
      const route result = route_of("POST", root + tail + "?x=y");
      CHECK(result.is == what::call);
      CHECK(result.dialect == kind::openai);
      CHECK(result.model_in == place::body);
      CHECK(result.body == route::body_format::form);
      CHECK(result.tail == tail + "?x=y");
      CHECK(route_of("GET", root + tail).is == what::wrong_method);
    }
}

TEST_CASE("a known path with another method says which it takes") {
  struct row {
    std::string_view method;
    std::string_view target;
    kind dialect;
    std::string_view allow;
  };
  for (const row& each :
       std::vector<row>{{"GET", "/v1/chat/completions", kind::openai, "POST"},
                        {"OPTIONS", "/v1/chat/completions?x=1", kind::openai, "POST"},
                        {"post", "/v1/chat/completions", kind::openai, "POST"},
                        {"HEAD", "/v1/messages", kind::anthropic, "POST"},
                        {"GET", "/v1beta/models/g:generateContent", kind::gemini, "POST"},
                        {"PUT", "/openai/deployments/d/embeddings", kind::azure, "POST"},
                        {"GET", "/openai/responses", kind::azure, "POST"},
                        {"GET", "/openai/v1/embeddings", kind::openai, "POST"},
                        {"POST", "/openai/models", kind::azure, "GET, HEAD"},
                        {"POST", "/v1/models", kind::openai, "GET, HEAD"},
                        {"DELETE", "/v1/models/ft:x", kind::openai, "GET, HEAD"},
                        {"POST", "/v1beta/models/g", kind::gemini, "GET, HEAD"},
                        {"OPTIONS", "/v1beta/models", kind::gemini, "GET, HEAD"}}) {
    CAPTURE(each.method, each.target);
    const route result = route_of(each.method, each.target);
    CHECK(result.is == what::wrong_method);
    CHECK(result.dialect == each.dialect);
    CHECK(result.allow == each.allow);
    CHECK(result.tail.empty());
  }
}

TEST_CASE("other paths are unknown to GET and POST") {
  for (const std::string_view target : {"",
                                        "/",
                                        "*",
                                        "v1/chat/completions",
                                        "/v1",
                                        "/v1/",
                                        "/v2/chat/completions",
                                        "/v1/chat",
                                        "/v1/chat/completions/",
                                        "/v1/chat//completions",
                                        "//v1/chat/completions",
                                        "/v1/./chat/completions",
                                        "/v1/x/../chat/completions",
                                        "/v1/chat%2Fcompletions",
                                        "/v1/chat/complet%69ons",
                                        "/V1/chat/completions",
                                        "/v1x/chat/completions",
                                        "/v1/chat/completions#x",
                                        "/v1/chat/completions x",
                                        "/v1/models/",
                                        "/v1/models//x",
                                        "/v1/models/../x",
                                        "/v1/models/%2e%2e",
                                        "/v1/models/a%2F..",
                                        "/v1/models/%zz",
                                        "/v1/models/a/./b",
                                        "/v1/models/a#b",
                                        "/v1/models?a#b",
                                        "/openai/deployments/d/./x",
                                        "/v1/models/a%2",
                                        "/v1/modelsx",
                                        "/v1beta",
                                        "/v1beta/models/",
                                        "/v1beta/models/:generateContent",
                                        "/v1beta/models/../x:generateContent",
                                        "/v1beta/models/%2E%2e:generateContent",
                                        "/v1beta/tunedModels/x:generateContent",
                                        "/openai",
                                        "/openai/",
                                        "/openai/v1",
                                        "/openai/v1x/chat/completions",
                                        "/openai/chat/completions",
                                        "/openai/responses/",
                                        "/openai/responsesx",
                                        "/openai/messages",
                                        "/openai/v1/messages",
                                        "/openai/deployments",
                                        "/openai/deployments/d",
                                        "/openai/deployments/d/",
                                        "/openai/deployments/../chat/completions",
                                        "/openai/deployments/%2e%2e/chat/completions",
                                        "/openai/deployments/d/chat/%2e%2e/x",
                                        "/openai/deployments/d/chat/../../x",
                                        "/openai/deployments/d/a;b",
                                        "/healthz"}) {
    CAPTURE(target);
    CHECK(route_of("GET", target).is == what::unknown);
    CHECK(route_of("POST", target).is == what::unknown);
  }
  CHECK(route_of("GET", "/v1/unknown").dialect == kind::openai);
  CHECK(route_of("GET", "/v1/unknown", kind::anthropic).dialect == kind::anthropic);
  CHECK(route_of("GET", "/v1beta/unknown").dialect == kind::gemini);
  CHECK(route_of("GET", "/openai/unknown").dialect == kind::azure);
  CHECK(route_of("GET", "/openai/v1/unknown").dialect == kind::openai);
}

TEST_CASE("credentials in the query stay here") {
  struct row {
    std::string_view query;
    std::string_view left;
    std::string_view credential;
  };
  for (const row& each :
       std::vector<row>{{"?key=AIza", "", "AIza"},
                        {"?key=AIza&alt=sse", "?alt=sse", "AIza"},
                        {"?alt=sse&key=AIza", "?alt=sse", "AIza"},
                        {"?a=1&key=AIza&b=2", "?a=1&b=2", "AIza"},
                        {"?key=first&key=second", "", "first"},
                        {"?%6bey=A%2BB", "", "A+B"},
                        {"?k%65y=x&alt=sse", "?alt=sse", "x"},
                        {"?key", "", ""},
                        {"?api-key=a&subscription-key=b&access_token=c&d=e", "?d=e", "a"},
                        {"?keys=1&monkey=2&Key=3", "?keys=1&monkey=2&Key=3", ""},
                        {"?a=key=1", "?a=key=1", ""},
                        {"?a&&b", "?a&&b", ""}}) {
    CAPTURE(each.query);
    const std::string target = "/v1beta/models/g:generateContent" + std::string{each.query};
    const route result = route_of("POST", target);
    CHECK(result.tail == ":generateContent" + std::string{each.left});
    CHECK(result.credential == each.credential);
  }
  CHECK(route_of("GET", "/v1beta/models?key=AIza").credential == "AIza");
}

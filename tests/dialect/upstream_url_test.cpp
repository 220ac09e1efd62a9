#include "dialect/route.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel::dialect;

TEST_CASE("the provider's URL of a call") {
  struct row {
    kind provider;
    std::string_view base;
    std::string_view target;
    std::string_view model;
    std::string_view url;
  };
  for (const row& each : std::vector<row>{
           {kind::openai, "https://api.openai.com/v1", "/v1/chat/completions?x=y", "gpt",
            "https://api.openai.com/v1/chat/completions?x=y"},
           {kind::openai, "https://api.openai.com/v1/", "/v1/embeddings", "e",
            "https://api.openai.com/v1/embeddings"},
           {kind::openai, "https://api.deepseek.com", "/v1/chat/completions", "d",
            "https://api.deepseek.com/chat/completions"},
           {kind::openai, "https://api.z.ai/api/paas/v4", "/v1/chat/completions", "z",
            "https://api.z.ai/api/paas/v4/chat/completions"},
           {kind::anthropic, "https://api.anthropic.com", "/v1/messages?beta=true", "c",
            "https://api.anthropic.com/v1/messages?beta=true"},
           {kind::anthropic, "https://api.anthropic.com/", "/v1/messages", "c",
            "https://api.anthropic.com/v1/messages"},
           {kind::anthropic, "https://proxy.example/api/v1/", "/v1/messages/count_tokens", "c",
            "https://proxy.example/api/v1/messages/count_tokens"},
           {kind::gemini, "https://generativelanguage.googleapis.com/v1beta",
            "/v1beta/models/alias:streamGenerateContent?alt=sse&key=secret", "gemini-2.5-pro",
            "https://generativelanguage.googleapis.com/v1beta/models/"
            "gemini-2.5-pro:streamGenerateContent?alt=sse"},
           {kind::gemini, "https://g.example/v1beta", "/v1beta/models/a:countTokens", "x/y:z?#% ",
            "https://g.example/v1beta/models/x%2Fy%3Az%3F%23%25%20:countTokens"},
           {kind::gemini, "https://generativelanguage.googleapis.com",
            "/v1beta/models/a:embedContent", "text-embedding-004",
            "https://generativelanguage.googleapis.com/v1beta/models/"
            "text-embedding-004:embedContent"},
           {kind::gemini, "https://aiplatform.googleapis.com/v1/publishers/google/",
            "/v1beta/models/a:countTokens", "g",
            "https://aiplatform.googleapis.com/v1/publishers/google/models/g:countTokens"},
           {kind::azure, "https://res.openai.azure.com/",
            "/openai/deployments/alias/embeddings?api-version=1", "d",
            "https://res.openai.azure.com/openai/deployments/d/embeddings?api-version=1"},
           {kind::azure, "https://res.openai.azure.com", "/openai/v1/images/edits", "d",
            "https://res.openai.azure.com/openai/v1/images/edits"},
           {kind::azure, "https://res.openai.azure.com/openai", "/openai/responses?api-version=1",
            "d", "https://res.openai.azure.com/openai/responses?api-version=1"},
           {kind::azure, "https://res.openai.azure.com/openai/v1",
            "/openai/responses?api-version=1", "d",
            "https://res.openai.azure.com/openai/responses?api-version=1"},
           {kind::azure, "https://res.openai.azure.com/openai/v1", "/openai/v1/responses", "d",
            "https://res.openai.azure.com/openai/v1/responses"},
           {kind::openai, "https://api.groq.com/openai/v1", "/openai/v1/audio/transcriptions", "w",
            "https://api.groq.com/openai/v1/audio/transcriptions"},
           {kind::openai, "http://[::1]:11434", "/v1/completions", "l",
            "http://[::1]:11434/completions"},
           {kind::azure, "https://res.openai.azure.com/openai",
            "/openai/deployments/alias/chat/completions?api-version=2024-10-21", "gpt4o-eu",
            "https://res.openai.azure.com/openai/deployments/gpt4o-eu/"
            "chat/completions?api-version=2024-10-21"},
           {kind::azure, "https://res.openai.azure.com/openai/v1",
            "/openai/deployments/alias/embeddings?api-version=1", "d",
            "https://res.openai.azure.com/openai/deployments/d/embeddings?api-version=1"},
           {kind::azure, "https://res.openai.azure.com/openai/v1/", "/v1/chat/completions", "d",
            "https://res.openai.azure.com/openai/v1/chat/completions"}}) {
    CAPTURE(each.base, each.target);
    const route of = route_of("POST", each.target);
    REQUIRE(of.is == route::what::call);
    REQUIRE(compatible(of.dialect, each.provider, each.base));
    CHECK(upstream_url(each.provider, each.base, of, each.model) == each.url);
  }
}

TEST_CASE("the provider's URL of a call without a model") {
  struct row {
    kind provider;
    std::string_view base;
    std::string_view method;
    std::string_view target;
    std::string_view url;
  };
  for (const row& each : std::vector<row>{
           {kind::openai, "https://api.openai.com/v1", "GET", "/v1/files/file-1/content",
            "https://api.openai.com/v1/files/file-1/content"},
           {kind::openai, "http://[::1]:11434", "GET", "/openai/v1/files?limit=2",
            "http://[::1]:11434/files?limit=2"},
           {kind::azure, "https://res.openai.azure.com", "GET", "/openai/files?api-version=1",
            "https://res.openai.azure.com/openai/files?api-version=1"},
           {kind::azure, "https://res.openai.azure.com/openai/v1", "GET",
            "/openai/batches/b?api-version=1",
            "https://res.openai.azure.com/openai/batches/b?api-version=1"},
           {kind::azure, "https://res.openai.azure.com/", "DELETE", "/v1/responses/r",
            "https://res.openai.azure.com/openai/v1/responses/r"},
           {kind::anthropic, "https://api.anthropic.com", "GET", "/v1/messages/batches/b/results",
            "https://api.anthropic.com/v1/messages/batches/b/results"},
           {kind::anthropic, "https://proxy.example/v1", "GET", "/v1/files/f",
            "https://proxy.example/v1/files/f"},
           {kind::gemini, "https://g.example", "GET", "/v1beta/files/x",
            "https://g.example/v1beta/files/x"},
           {kind::gemini, "https://g.example/proxy/v1beta/", "DELETE", "/v1beta/cachedContents/c",
            "https://g.example/proxy/v1beta/cachedContents/c"},
           {kind::gemini, "https://g.example", "POST", "/v1beta/cachedContents",
            "https://g.example/v1beta/cachedContents"},
           {kind::gemini, "https://g.example/v1beta", "POST",
            "/upload/v1beta/files?uploadType=media&key=k",
            "https://g.example/upload/v1beta/files?uploadType=media"},
           {kind::gemini, "https://g.example", "POST", "/upload/v1beta/files",
            "https://g.example/upload/v1beta/files"},
           {kind::gemini, "https://g.example:8443/v1beta", "GET",
            "/download/v1beta/files/x:download?alt=media",
            "https://g.example:8443/download/v1beta/files/x:download?alt=media"},
       }) {
    CAPTURE(each.base, each.target);
    const route of = route_of(each.method, each.target,
                              each.provider == kind::anthropic ? kind::anthropic : kind::openai);
    REQUIRE(of.is == route::what::call);
    REQUIRE(compatible(of.dialect, each.provider, each.base));
    CHECK(upstream_url(each.provider, each.base, of, "") == each.url);
  }
}

TEST_CASE("a target without its credentials") {
  CHECK(without_credentials("/upload?key=AIza&upload_id=x") == "/upload?upload_id=x");
  CHECK(without_credentials("/upload?key=AIza") == "/upload");
  CHECK(without_credentials("/upload") == "/upload");
}

TEST_CASE("a caller's dialect must be the provider's, or openai where azure has its v1") {
  const std::vector all{kind::openai, kind::anthropic, kind::gemini, kind::azure};
  for (const kind caller : all)
    for (const kind provider : all) {
      CAPTURE(to_string(caller), to_string(provider));
      CHECK(compatible(caller, provider, "https://x.example/openai") == (caller == provider));
      const bool azure_v1 = caller == kind::openai && provider == kind::azure;
      CHECK(compatible(caller, provider, "https://x.example/openai/v1")
            == (caller == provider || azure_v1));
      CHECK(compatible(caller, provider, "https://x.example/") == (caller == provider || azure_v1));
    }
}

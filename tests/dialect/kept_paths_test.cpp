#include "dialect/kept_paths.hpp"
#include "dialect/route.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel::dialect;
using what = route::what;
using place = route::model_place;
using format = route::body_format;

namespace {

enum class does { nothing, makes, lists, removes };

struct row {
  std::string_view method;
  std::string_view target;
  std::string_view tail;
  std::string_view refers = {};
  does effect = does::nothing;
  format body = format::json;
};

void check(const row& each, kind dialect, const route& got) {
  CAPTURE(each.method, each.target);
  CHECK(got.is == what::call);
  CHECK(got.dialect == dialect);
  CHECK(got.model_in == place::none);
  CHECK(got.model.empty());
  CHECK(got.tail == each.tail);
  CHECK(got.refers == each.refers);
  CHECK(got.makes == (each.effect == does::makes));
  CHECK(got.lists == (each.effect == does::lists));
  CHECK(got.removes == (each.effect == does::removes));
  CHECK(got.body == each.body);
  CHECK_FALSE(got.by_store);
}

const std::vector<row> openai_calls{
    {"GET", "/files?limit=2&after=file-1", "/files?limit=2&after=file-1", "", does::lists},
    {"POST", "/files", "/files", "", does::makes, format::opaque},
    {"GET", "/files/file-1", "/files/file-1", "file-1"},
    {"DELETE", "/files/file-1", "/files/file-1", "file-1", does::removes},
    {"GET", "/files/file-1/content", "/files/file-1/content", "file-1"},
    {"GET", "/batches", "/batches", "", does::lists},
    {"POST", "/batches", "/batches", "", does::makes},
    {"GET", "/batches/batch_1", "/batches/batch_1", "batch_1", does::makes},
    {"POST", "/batches/batch_1/cancel", "/batches/batch_1/cancel", "batch_1", does::makes},
    {"GET", "/responses/resp_1?stream=true", "/responses/resp_1?stream=true", "resp_1"},
    {"DELETE", "/responses/resp_1", "/responses/resp_1", "resp_1", does::removes},
    {"POST", "/responses/resp_1/cancel", "/responses/resp_1/cancel", "resp_1"},
    {"GET", "/responses/resp_1/input_items", "/responses/resp_1/input_items", "resp_1"},
    {"GET", "/files/a%20b", "/files/a%20b", "a b"},
};

const std::vector<row> openai_more{
    {"POST", "/uploads", "/uploads", "", does::makes},
    {"POST", "/uploads/u/parts", "/uploads/u/parts", "u", does::nothing, format::opaque},
    {"POST", "/uploads/u/complete", "/uploads/u/complete", "u", does::makes},
    {"POST", "/uploads/u/cancel", "/uploads/u/cancel", "u"},
    {"POST", "/conversations", "/conversations", "", does::makes},
    {"GET", "/conversations/c", "/conversations/c", "c"},
    {"POST", "/conversations/c", "/conversations/c", "c"},
    {"DELETE", "/conversations/c", "/conversations/c", "c", does::removes},
    {"GET", "/conversations/c/items", "/conversations/c/items", "c"},
    {"POST", "/conversations/c/items", "/conversations/c/items", "c"},
    {"GET", "/conversations/c/items/i", "/conversations/c/items/i", "c"},
    {"DELETE", "/conversations/c/items/i", "/conversations/c/items/i", "c"},
    {"GET", "/chat/completions/k", "/chat/completions/k", "k"},
    {"POST", "/chat/completions/k", "/chat/completions/k", "k"},
    {"DELETE", "/chat/completions/k", "/chat/completions/k", "k", does::removes},
    {"GET", "/chat/completions/k/messages", "/chat/completions/k/messages", "k"},
};

void check_below(const std::string& root, const row& each, kind dialect) {
  const std::string target = root + std::string{each.target};
  row moved = each;
  moved.target = target;
  check(moved, dialect, route_of(each.method, target));
}

} // namespace

TEST_CASE("OpenAI's and Azure's calls about what is kept") {
  for (const row& each : openai_calls) {
    check_below("/v1", each, kind::openai);
    check_below("/openai/v1", each, kind::openai);
    check_below("/openai", each, kind::azure);
  }
  for (const row& each : openai_more) {
    check_below("/v1", each, kind::openai);
    check_below("/openai/v1", each, kind::openai);
    CHECK(route_of(each.method, "/openai" + std::string{each.target}).is == what::unknown);
  }
  CHECK(route_of("GET", "/openai/files?api-version=1&api-key=x").tail == "/files?api-version=1");
}

TEST_CASE("Anthropic's calls about what is kept") {
  for (const row& each :
       std::vector<row>{{"GET", "/v1/files?limit=5", "/v1/files?limit=5", "", does::lists},
                        {"POST", "/v1/files", "/v1/files", "", does::makes, format::opaque},
                        {"GET", "/v1/files/f", "/v1/files/f", "f"},
                        {"DELETE", "/v1/files/f", "/v1/files/f", "f", does::removes},
                        {"GET", "/v1/files/f/content", "/v1/files/f/content", "f"}})
    check(each, kind::anthropic, route_of(each.method, each.target, kind::anthropic));
  for (const row& each : std::vector<row>{
           {"GET", "/v1/messages/batches", "/v1/messages/batches", "", does::lists},
           {"POST", "/v1/messages/batches", "/v1/messages/batches", "", does::makes},
           {"GET", "/v1/messages/batches/b", "/v1/messages/batches/b", "b"},
           {"DELETE", "/v1/messages/batches/b", "/v1/messages/batches/b", "b", does::removes},
           {"POST", "/v1/messages/batches/b/cancel", "/v1/messages/batches/b/cancel", "b"},
           {"GET", "/v1/messages/batches/b/results", "/v1/messages/batches/b/results", "b"}})
    check(each, kind::anthropic, route_of(each.method, each.target));
}

TEST_CASE("Gemini's calls about what is kept") {
  for (const row& each : std::vector<row>{
           {"GET", "/v1beta/files?pageSize=5&key=AIza", "/files?pageSize=5", "", does::lists},
           {"POST", "/v1beta/files", "/files", "", does::makes},
           {"GET", "/v1beta/files/x", "/files/x", "files/x"},
           {"DELETE", "/v1beta/files/x", "/files/x", "files/x", does::removes},
           {"GET", "/v1beta/files/x:download?alt=media", "/files/x:download?alt=media", "files/x"},
           {"GET", "/download/v1beta/files/x:download", "/download/v1beta/files/x:download",
            "files/x"},
           {"POST", "/upload/v1beta/files?uploadType=media",
            "/upload/v1beta/files?uploadType=media", "", does::makes, format::opaque},
           {"POST", "/upload/v1beta/files?key=k&upload_id=A%2DB&upload_protocol=resumable",
            "/upload/v1beta/files?upload_id=A%2DB&upload_protocol=resumable", "A-B", does::makes,
            format::opaque},
           {"GET", "/v1beta/cachedContents", "/cachedContents", "", does::lists},
           {"GET", "/v1beta/cachedContents/c", "/cachedContents/c", "cachedContents/c"},
           {"PATCH", "/v1beta/cachedContents/c?updateMask=ttl", "/cachedContents/c?updateMask=ttl",
            "cachedContents/c"},
           {"DELETE", "/v1beta/cachedContents/c", "/cachedContents/c", "cachedContents/c",
            does::removes},
           {"GET", "/v1beta/batches", "/batches", "", does::lists},
           {"GET", "/v1beta/batches/b", "/batches/b", "batches/b", does::makes},
           {"POST", "/v1beta/batches/b:cancel", "/batches/b:cancel", "batches/b"},
           {"DELETE", "/v1beta/batches/b", "/batches/b", "batches/b", does::removes}})
    check(each, kind::gemini, route_of(each.method, each.target));
}

TEST_CASE("what a call with a model makes") {
  CHECK(route_of("POST", "/v1/responses").makes);
  CHECK(route_of("POST", "/v1/responses").by_store);
  CHECK(route_of("POST", "/openai/responses?api-version=1").makes);
  CHECK_FALSE(route_of("POST", "/v1/chat/completions").makes);
  CHECK(route_of("POST", "/v1/chat/completions").by_store);
  CHECK(route_of("POST", "/openai/deployments/d/chat/completions").by_store);
  CHECK_FALSE(route_of("POST", "/v1/responses/compact").makes);
  CHECK_FALSE(route_of("POST", "/v1/embeddings").by_store);
  CHECK(route_of("POST", "/v1beta/models/g:batchGenerateContent").makes);
  CHECK(route_of("POST", "/v1beta/models/g:asyncBatchEmbedContent").makes);
  CHECK_FALSE(route_of("POST", "/v1beta/models/g:generateContent").makes);
  const route cache = route_of("POST", "/v1beta/cachedContents?key=k");
  CHECK(cache.is == what::call);
  CHECK(cache.dialect == kind::gemini);
  CHECK(cache.model_in == place::body);
  CHECK(cache.makes);
  CHECK(cache.tail == "/cachedContents");
}

TEST_CASE("paths of what is kept with other methods") {
  struct wrong {
    std::string_view method;
    std::string_view target;
    kind dialect;
    std::string_view allow;
  };
  for (const wrong& each : std::vector<wrong>{
           {"PUT", "/v1/files", kind::openai, "GET, POST"},
           {"HEAD", "/v1/files", kind::openai, "GET, POST"},
           {"POST", "/v1/files/f", kind::openai, "GET, DELETE"},
           {"OPTIONS", "/openai/batches", kind::azure, "GET, POST"},
           {"GET", "/v1/uploads", kind::openai, "POST"},
           {"GET", "/v1/conversations", kind::openai, "POST"},
           {"PUT", "/v1/conversations/c", kind::openai, "GET, POST, DELETE"},
           {"GET", "/v1/messages/batches/b/cancel", kind::anthropic, "POST"},
           {"GET", "/upload/v1beta/files", kind::gemini, "POST"},
           {"GET", "/v1beta/batches/b:cancel", kind::gemini, "POST"},
           {"PUT", "/v1beta/cachedContents", kind::gemini, "GET, POST"},
           {"POST", "/v1beta/cachedContents/c", kind::gemini, "GET, DELETE, PATCH"}}) {
    CAPTURE(each.method, each.target);
    const route got = route_of(each.method, each.target);
    CHECK(got.is == what::wrong_method);
    CHECK(got.dialect == each.dialect);
    CHECK(got.allow == each.allow);
  }
}

TEST_CASE("ids that could lead elsewhere make a path unknown") {
  for (const std::string_view target :
       {"/v1/files/", "/v1/files/..", "/v1/files/%2e%2e", "/v1/files/a%2Fb", "/v1/files/%",
        "/v1/files/%zz/content", "/v1/files//content", "/v1/files/a/b", "/v1/files/a/content/",
        "/v1/batches/%2E", "/v1/responses/../files", "/v1/conversations/c/items/i/j",
        "/v1beta/files/%2e%2e", "/v1beta/files/a:b:download/x", "/upload/v1beta/files/x",
        "/upload/v1beta", "/download/v1beta/files/x", "/v1/messages/batches/"}) {
    CAPTURE(target);
    CHECK(route_of("GET", target).is == what::unknown);
    CHECK(route_of("DELETE", target).is == what::unknown);
  }
}

TEST_CASE("the lists of methods") {
  CHECK(allow_of(kept_path::get | kept_path::remove) == "GET, DELETE");
  CHECK(allow_of(15) == "GET, POST, DELETE, PATCH");
}

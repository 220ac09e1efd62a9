#include "tests/catch.hpp"
#include "tests/simulator/client.hpp"

using namespace keywheel::simulator;
using namespace simulator_test;

namespace {

/// How a dialect's requests look with a key: its name, "a" to "c".
std::string as_openai(char key) {
  return std::string{"Authorization: Bearer sk-sim-key-"} + key;
}
std::string as_anthropic(char key) {
  return std::string{"anthropic-version: 2023-06-01\r\nx-api-key: sk-sim-key-"} + key;
}
std::string as_google(char key) {
  return std::string{"x-goog-api-key: sk-sim-key-"} + key;
}

constexpr std::string_view form_type = "\r\nContent-Type: multipart/form-data; boundary=XX";
constexpr std::string_view upload =
    "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
    "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n{}\n{}\n"
    "\r\n--XX--\r\n";

/// Keys a and b are of one organisation, c of another.
options two_organizations() {
  options result;
  result.keys = default_keys(3);
  result.keys[0].organization = result.keys[1].organization = "org-1";
  return result;
}

std::string id_in(const response& answer, const char* name = "id") {
  return std::string{text(answer.json()[name])};
}

std::string uploaded(running& sim, char key) {
  return id_in(sim.call_with(as_openai(key) + std::string{form_type}, "POST", "/v1/files", upload));
}

} // namespace

TEST_CASE("a file's content is for its organisation") {
  running sim{two_organizations()};
  auto path = "/v1/files/" + uploaded(sim, 'a') + "/content";
  CHECK(sim.call_with(as_openai('b'), "GET", path).body == "{}\n{}\n");
  CHECK(sim.call_with(as_openai('c'), "GET", path).status == 404);
  CHECK(sim.call_with(as_openai('a'), "POST", path).status == 405);
}

TEST_CASE("a batch ends with a file of its organisation") {
  running sim{two_organizations()};
  auto ask = R"({"input_file_id":")" + uploaded(sim, 'a')
             + R"(","endpoint":"/v1/chat/completions","completion_window":"24h"})";
  CHECK(sim.call_with(as_openai('c'), "POST", "/v1/batches", ask).status == 404);
  CHECK(sim.call_with(as_openai('a'), "POST", "/v1/batches", "{}").status == 400);
  auto made = sim.call_with(as_openai('b'), "POST", "/v1/batches", ask);
  CHECK(text(made.json()["status"]) == "validating");
  auto path = "/v1/batches/" + id_in(made);
  CHECK(sim.call_with(as_openai('c'), "GET", path).status == 404);
  auto done = sim.call_with(as_openai('a'), "GET", path);
  CHECK(text(done.json()["status"]) == "completed");
  auto lines = sim.call_with(as_openai('a'), "GET",
                             "/v1/files/" + id_in(done, "output_file_id") + "/content");
  CHECK(lines.body
        == "{\"response\":{\"status_code\":200},\"error\":null}\n"
           "{\"response\":{\"status_code\":200},\"error\":null}\n");
  CHECK(sim.call_with(as_openai('a'), "GET", "/v1/batches").json()["data"].Size() == 1);
  CHECK(sim.call_with(as_openai('c'), "GET", "/v1/batches").json()["data"].Empty());
  CHECK(sim.call_with(as_openai('a'), "GET", "/v1/files").json()["data"].Size() == 2);
}

TEST_CASE("a batch that is cancelled has no output") {
  running sim;
  auto ask = R"({"input_file_id":")" + uploaded(sim, 'a') + "\"}";
  auto path = "/v1/batches/" + id_in(sim.call_with(as_openai('a'), "POST", "/v1/batches", ask));
  auto cancelled = sim.call_with(as_openai('a'), "POST", path + "/cancel").json();
  CHECK(text(cancelled["status"]) == "cancelling");
  CHECK(cancelled["output_file_id"].IsNull());
  CHECK(text(sim.call_with(as_openai('a'), "GET", path).json()["status"]) == "cancelling");
}

TEST_CASE("a response is kept unless the request says otherwise") {
  running sim{two_organizations()};
  auto made = [&](std::string_view more) {
    auto body = R"({"model":"m","input":"x")" + std::string{more} + "}";
    return "/v1/responses/" + id_in(sim.call_with(as_openai('a'), "POST", "/v1/responses", body));
  };
  auto kept = made("");
  CHECK(sim.call_with(as_openai('b'), "GET", kept + "/input_items").status == 200);
  CHECK(sim.call_with(as_openai('b'), "POST", kept + "/cancel").status == 200);
  CHECK(sim.call_with(as_openai('c'), "GET", kept + "/input_items").status == 404);
  CHECK(sim.call_with(as_openai('a'), "GET", made(R"(,"store":true)")).status == 200);
  CHECK(sim.call_with(as_openai('a'), "GET", made(R"(,"store":false)")).status == 404);
}

TEST_CASE("a conversation belongs to its organisation") {
  running sim{two_organizations()};
  auto id = id_in(sim.call_with(as_openai('a'), "POST", "/v1/conversations"));
  auto path = "/v1/conversations/" + id;
  auto ask = [&](char key, const std::string& conversation) {
    auto body = R"({"model":"m","input":"x","conversation":)" + conversation + "}";
    return sim.call_with(as_openai(key), "POST", "/v1/responses", body).status;
  };
  CHECK(ask('b', "\"" + id + "\"") == 200);
  CHECK(ask('b', R"({"id":")" + id + "\"}") == 200);
  CHECK(ask('c', "\"" + id + "\"") == 404);
  CHECK(ask('c', R"({"id":")" + id + "\"}") == 404);
  CHECK(sim.call_with(as_openai('b'), "GET", path + "/items").status == 200);
  CHECK(sim.call_with(as_openai('c'), "DELETE", path).status == 404);
  CHECK(sim.call_with(as_openai('b'), "DELETE", path).status == 200);
  CHECK(sim.call_with(as_openai('a'), "GET", path).status == 404);
  CHECK(sim.call_with(as_openai('a'), "GET", "/v1/conversations").status == 405);
}

TEST_CASE("a file may be asked about by its organisation only") {
  running sim{two_organizations()};
  auto body = R"({"model":"m","input":[{"role":"user","content":[{"type":"input_file",)"
              R"("file_id":")"
              + uploaded(sim, 'a') + R"("}]}]})";
  CHECK(sim.call_with(as_openai('b'), "POST", "/v1/responses", body).status == 200);
  CHECK(sim.call_with(as_openai('c'), "POST", "/v1/responses", body).status == 404);
}

TEST_CASE("Azure keeps files beside its v1") {
  running sim;
  auto made = sim.call_with("api-key: sk-sim-key-a" + std::string{form_type}, "POST",
                            "/openai/files?api-version=1", upload);
  auto path = "/openai/files/" + id_in(made);
  CHECK(sim.call_with("api-key: sk-sim-key-a", "GET", path + "?api-version=1").status == 200);
  CHECK(sim.call_with("api-key: sk-sim-key-a", "GET", path).status == 404);
  CHECK(sim.call_with("api-key: sk-sim-key-b", "GET", path + "?api-version=1").status == 404);
}

TEST_CASE("Anthropic: files and batches") {
  running sim{two_organizations()};
  auto made =
      sim.call_with(as_anthropic('a') + std::string{form_type}, "POST", "/v1/files", upload);
  CHECK(text(made.json()["type"]) == "file");
  CHECK(made.json()["size_bytes"].GetInt() == 6);
  auto path = "/v1/files/" + id_in(made);
  CHECK(sim.call_with(as_anthropic('b'), "GET", path).body == made.body);
  auto foreign = sim.call_with(as_anthropic('c'), "GET", path);
  CHECK(foreign.status == 404);
  CHECK(text(foreign.json()["error"]["type"]) == "not_found_error");
  auto ask = R"({"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":)"
             R"("document","source":{"type":"file","file_id":")"
             + id_in(made) + R"("}}]}]})";
  CHECK(sim.call_with(as_anthropic('b'), "POST", "/v1/messages", ask).status == 200);
  CHECK(sim.call_with(as_anthropic('c'), "POST", "/v1/messages", ask).status == 404);

  auto batch =
      sim.call_with(as_anthropic('a'), "POST", "/v1/messages/batches", R"({"requests":[]})");
  CHECK(text(batch.json()["processing_status"]) == "in_progress");
  auto batch_path = "/v1/messages/batches/" + id_in(batch);
  CHECK(text(sim.call_with(as_anthropic('b'), "GET", batch_path).json()["processing_status"])
        == "ended");
  CHECK(sim.call_with(as_anthropic('b'), "GET", batch_path + "/results").status == 200);
  CHECK(sim.call_with(as_anthropic('c'), "GET", batch_path).status == 404);
  CHECK(sim.call_with(as_anthropic('a'), "GET", "/v1/messages/batches").json()["data"].Size() == 1);
  CHECK(text(sim.call_with(as_anthropic('a'), "DELETE", batch_path).json()["type"])
        == "message_batch_deleted");
  CHECK(text(sim.call_with(as_anthropic('a'), "DELETE", path).json()["type"]) == "file_deleted");
}

TEST_CASE("Gemini: files and cached contents") {
  running sim{two_organizations()};
  auto made = sim.call_with(as_google('a') + "\r\nContent-Type: text/plain", "POST",
                            "/upload/v1beta/files?uploadType=media", "hello");
  auto file = made.json();
  CHECK(text(file["file"]["sizeBytes"]) == "5");
  CHECK(text(file["file"]["mimeType"]) == "text/plain");
  std::string name{text(file["file"]["name"])};
  CHECK(sim.call_with(as_google('b'), "GET", "/v1beta/" + name).status == 200);
  auto foreign = sim.call_with(as_google('c'), "GET", "/v1beta/" + name);
  CHECK(foreign.status == 403);
  CHECK(text(foreign.json()["error"]["status"]) == "PERMISSION_DENIED");
  auto ask = R"({"contents":[{"parts":[{"fileData":{"fileUri":")"
             + std::string{text(file["file"]["uri"])} + R"("}},{"text":"x"}]}]})";
  auto path = "/v1beta/models/g:generateContent";
  CHECK(sim.call_with(as_google('b'), "POST", path, ask).status == 200);
  CHECK(sim.call_with(as_google('c'), "POST", path, ask).status == 403);

  auto cache = sim.call_with(as_google('a'), "POST", "/v1beta/cachedContents",
                             R"({"model":"models/g","contents":[{"parts":[{"text":"x"}]}]})");
  CHECK(text(cache.json()["model"]) == "models/g");
  auto cached = R"({"contents":[],"cachedContent":")" + id_in(cache, "name") + "\"}";
  CHECK(sim.call_with(as_google('b'), "POST", path, cached).status == 200);
  CHECK(sim.call_with(as_google('c'), "POST", path, cached).status == 403);
  CHECK(
      sim.call_with(as_google('a'), "GET", "/v1beta/cachedContents").json()["cachedContents"].Size()
      == 1);
  CHECK(sim.call_with(as_google('a'), "DELETE", "/v1beta/" + id_in(cache, "name")).body == "{}");
  CHECK(sim.call_with(as_google('a'), "DELETE", "/v1beta/" + name).status == 200);
  CHECK(sim.call_with(as_google('a'), "GET", "/v1beta/files").json()["files"].Empty());
}

TEST_CASE("Gemini: a file in pieces") {
  running sim{two_organizations()};
  auto started = sim.call_with(as_google('a')
                                   + "\r\nX-Goog-Upload-Protocol: resumable\r\n"
                                     "X-Goog-Upload-Command: start\r\n"
                                     "X-Goog-Upload-Header-Content-Type: image/png",
                               "POST", "/upload/v1beta/files", "{}");
  CHECK(started.header("x-goog-upload-status") == "active");
  auto url = started.header("x-goog-upload-url");
  auto path = url.substr(url.find("/upload/"));
  auto send = [&](char key, std::string_view command, std::string_view bytes) {
    return sim.call_with(as_google(key) + "\r\nX-Goog-Upload-Command: " + std::string{command},
                         "POST", path, bytes);
  };
  CHECK(send('c', "upload", "abc").status == 403);
  CHECK(send('b', "upload", "abc").header("x-goog-upload-status") == "active");
  auto done = send('a', "upload, finalize", "de");
  CHECK(done.header("x-goog-upload-status") == "final");
  CHECK(text(done.json()["file"]["sizeBytes"]) == "5");
  CHECK(send('a', "upload, finalize", "de").status == 403);
}

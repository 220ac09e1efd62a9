#include "dialect/made_ids.hpp"
#include "tests/catch.hpp"
#include "tests/dialect/answer.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using namespace keywheel::dialect;

namespace {

using ids = std::vector<std::string>;

answer_reader reader_for(const std::string& type, kind dialect = kind::openai, bool makes = true) {
  http::response_head head;
  head.status = 200;
  head.headers.add("content-type", type);
  answer_reader result;
  result.begin(dialect, head, "/x", makes);
  return result;
}

ids made_by(std::string_view body, kind dialect = kind::openai) {
  answer_reader reader = reader_for("application/json", dialect);
  for (const char& c : body)
    reader.feed({&c, 1});
  return reader.take_made();
}

} // namespace

TEST_CASE("a body's ids are known with its last byte") {
  const std::string body =
      R"({"object":"response","id":"resp_1","output":[{"id":"msg_1"}],"usage":{"input_tokens":7}})";
  answer_reader reader = reader_for("application/json");
  reader.feed(body.substr(0, body.size() - 1));
  CHECK(reader.take_made().empty());
  reader.feed("}");
  CHECK(reader.take_made() == ids{"resp_1"});
  CHECK(reader.take_made().empty());
  reader.feed("\n");
  reader.finish();
  CHECK(reader.take_made().empty());
  CHECK(reader.used().input == 7);
}

TEST_CASE("what a body may name") {
  CHECK(made_by(R"({"id":"batch_1","output_file_id":"file-o","error_file_id":"file-e"})")
        == ids{"batch_1", "file-o", "file-e"});
  CHECK(made_by(R"({"id":"batch_1","output_file_id":null})") == ids{"batch_1"});
  CHECK(made_by(R"({"id":"upload_1","file":{"id":"file-1","name":"n"}})")
        == ids{"upload_1", "file-1"});
  CHECK(made_by(R"({"id":"same","file":{"id":"same"}})") == ids{"same"});
  CHECK(made_by(R"({"name":"n","data":[{"id":"x"}]})").empty());
  CHECK(made_by(R"({"id":""})").empty());
  CHECK(made_by(R"({"id":5})").empty());
  CHECK(made_by(R"({"id":"x")").empty());
  CHECK(made_by("[]").empty());
  CHECK(made_by(R"({"name":"files/a","id":"no"})", kind::gemini) == ids{"files/a"});
  CHECK(made_by(R"({"file":{"name":"files/a","uri":"https://g.example"}})", kind::gemini)
        == ids{"files/a"});
  CHECK(made_by(R"({"name":"batches/b","response":{"responsesFile":"files/o"}})", kind::gemini)
        == ids{"batches/b", "files/o"});
}

TEST_CASE("only ids of a usual size count") {
  const std::string longest(made_ids::max_size, 'x');
  CHECK(made_by(R"({"id":")" + longest + "\"}") == ids{longest});
  CHECK(made_by(R"({"id":"x)" + longest + "\"}").empty());
}

TEST_CASE("a stream's id is known with the event that names it") {
  answer_reader reader = reader_for("text/event-stream");
  reader.feed("event: response.created\ndata: {\"type\":\"response.created\",\"response\":");
  CHECK(reader.take_made().empty());
  reader.feed("{\"id\":\"resp_1\"}}\n\n");
  CHECK(reader.take_made() == ids{"resp_1"});
  reader.feed("data: {\"type\":\"x\",\"response\":{\"id\":\"resp_2\"}}\n\n");
  CHECK(reader.take_made().empty());

  reader = reader_for("text/event-stream");
  reader.feed("data: {\"choices\":[]}\n\ndata: {\"id\":\"chatcmpl-1\",\"choices\":[]}\n\n");
  CHECK(reader.take_made() == ids{"chatcmpl-1"});
}

TEST_CASE("only the beginning of a stream is looked at for its id") {
  for (const unsigned before : {made_ids::max_events - 1, made_ids::max_events}) {
    answer_reader reader = reader_for("text/event-stream");
    for (unsigned i = 0; i < before; ++i)
      reader.feed("data: {}\n\n");
    reader.feed("data: {\"id\":\"late\"}\n\n");
    CHECK(reader.take_made() == (before < made_ids::max_events ? ids{"late"} : ids{}));
  }
}

TEST_CASE("a Gemini upload goes on under the id in its URL") {
  http::response_head head;
  head.headers.add("X-Goog-Upload-URL",
                   "https://g.example/upload/v1beta/files?upload_id=A%2DB&upload_protocol=r");
  answer_reader reader;
  reader.begin(kind::gemini, head, "/upload/v1beta/files", true);
  CHECK(reader.take_made() == ids{"A-B"});
  reader.begin(kind::openai, head, "/files", true);
  CHECK(reader.take_made().empty());
  CHECK(upload_of("https://g.example/upload?x=y").empty());
  CHECK(upload_of("https://g.example/upload").empty());
  CHECK(upload_of("").empty());
}

TEST_CASE("an answer that makes nothing is not searched") {
  for (const std::string type : {"application/json", "text/event-stream"}) {
    answer_reader reader = reader_for(type, kind::openai, false);
    reader.feed(type == "application/json" ? R"({"id":"x"})" : "data: {\"id\":\"x\"}\n\n");
    reader.finish();
    CHECK(reader.take_made().empty());
  }
}

#include "tools/simulator/kept.hpp"
#include "tools/simulator/openai/media.hpp"
#include "tools/simulator/provider.hpp"

#include <algorithm>

/// How things come about that an organisation keeps (PROVIDERS section 9).
namespace keywheel::simulator {
namespace {

std::string_view field_of(const request_view& request, std::string_view lower_name) {
  std::string_view result;
  for_each_field({request.base, request.head.size}, [&](auto name, auto value) {
    if (equal_nocase(name, lower_name))
      result = value;
  });
  return result;
}

std::string_view batch_prefix(dialect speaks) {
  return speaks == dialect::anthropic ? "msgbatch_" : "batch_";
}

std::string_view status_of(dialect speaks, bool under_way, bool cancelled) {
  if (speaks == dialect::anthropic)
    return cancelled ? "canceling" : under_way ? "in_progress" : "ended";
  return cancelled ? "cancelling" : under_way ? "validating" : "completed";
}

void append_batch(std::string& out, dialect speaks, const batch_facts& what) {
  speaks == dialect::anthropic ? anthropic::append_batch(out, what)
                               : openai::append_batch(out, what);
}

} // namespace

std::string provider::fresh_id(std::string_view prefix) {
  std::string result{prefix};
  random_.append_id(result, 24);
  return result;
}

void provider::create(const call& c, char* body, std::size_t size) {
  auto collection = route_of(c.request.path(), c.request.head.anthropic_version).collection;
  if (collection == "files" && c.x.speaks != dialect::gemini)
    return create_file(c, {body, size});
  static constexpr std::string_view nothing = "{}";
  std::string text{size == 0 ? nothing : std::string_view{body, size}};
  auto asked = scanner_.scan(text.data(), text.size());
  if (asked == nullptr)
    refuse(c, {problem::kind::bad_json});
  else if (!knows_all(c, asked->refers))
    return;
  else if (collection == "batches" || collection == "messages/batches")
    create_batch(c, *asked);
  else
    create_other(c, *asked);
}

/// OpenAI's files have a purpose, Anthropic's have none.
void provider::create_file(const call& c, std::string_view body) {
  auto type = c.request.head.content_type.in(c.request.base);
  auto parts = form_parts(type, body);
  auto file = find_part(parts, "file");
  auto purpose = find_part(parts, "purpose");
  bool is_anthropic = c.x.speaks == dialect::anthropic;
  if (file == nullptr || (purpose == nullptr && !is_anthropic)) {
    auto missing = file == nullptr ? "file" : "purpose";
    refuse(c, {problem::kind::bad_field, "a form with 'file' and 'purpose' is required", missing});
    return;
  }
  auto id = fresh_id(is_anthropic ? "file_" : "file-");
  auto& json = c.result.body;
  if (is_anthropic)
    anthropic::append_file(
        json, {id, file->filename, "application/octet-stream", file->content.size(), c.wall_clock});
  else
    openai::append_file(json,
                        {id, purpose->content, file->filename, file->content.size(), c.wall_clock});
  things_.put(id, {c.x.key->organization(), json, std::string{file->content}});
}

void provider::create_batch(const call& c, const scanned_body& body) {
  bool is_anthropic = c.x.speaks == dialect::anthropic;
  if (!is_anthropic && body.refers.empty()) {
    refuse(c, {problem::kind::bad_field, "Missing required parameter: 'input_file_id'.",
               "input_file_id"});
    return;
  }
  auto id = fresh_id(batch_prefix(c.x.speaks));
  std::string input{is_anthropic ? std::string_view{} : body.refers.front()};
  append_batch(c.result.body, c.x.speaks,
               {id, input, {}, status_of(c.x.speaks, true, false), c.wall_clock});
  things_.put(id, {c.x.key->organization(), c.result.body, input, true, c.wall_clock});
}

/// A batch is done when somebody looks at it, unless it is cancelled before.
void provider::end_batch(const call& c, std::string_view id, bool cancelled) {
  stored_object batch = *things_.find(id, c.x.key->organization());
  if (!batch.under_way)
    return;
  batch.under_way = false;
  std::string output;
  if (c.x.speaks != dialect::anthropic && !cancelled) {
    auto input = things_.find(batch.content, batch.organization);
    auto& lines = input == nullptr ? batch.content : input->content;
    std::string answers;
    for (auto count = std::count(lines.begin(), lines.end(), '\n'); count > 0; --count)
      answers += R"({"response":{"status_code":200},"error":null})"
                 "\n";
    output = fresh_id("file-");
    std::string json;
    openai::append_file(json,
                        {output, "batch_output", "output.jsonl", answers.size(), c.wall_clock});
    things_.put(output, {batch.organization, std::move(json), std::move(answers)});
  }
  batch.json.clear();
  append_batch(batch.json, c.x.speaks,
               {id, batch.content, output, status_of(c.x.speaks, false, cancelled), batch.created});
  things_.put(std::string{id}, std::move(batch));
}

/// A conversation, a cached content, or a Gemini file without bytes.
void provider::create_other(const call& c, const scanned_body& body) {
  if (c.x.where == endpoint::kept_new) {
    auto id = fresh_id("conv_");
    openai::append_conversation(c.result.body, id, c.wall_clock);
    things_.put(id, {c.x.key->organization(), c.result.body});
    return;
  }
  if (route_of(c.request.path()).collection == "files")
    return create_google_file(c, {});
  if (body.model.empty()) {
    refuse(c, {problem::kind::bad_field, "contents is not specified", "CreateCachedContent"});
    return;
  }
  auto id = fresh_id("cachedContents/");
  gemini::append_cache(c.result.body, id, body.model, body.prompt_tokens(), c.wall_clock);
  things_.put(id, {c.x.key->organization(), c.result.body});
}

void provider::create_google_file(const call& c, std::string content) {
  auto id = fresh_id("files/");
  auto type = field_of(c.request, "x-goog-upload-header-content-type");
  if (type.empty())
    type = c.request.head.content_type.in(c.request.base);
  std::string json;
  gemini::append_file(
      json,
      {id, {}, type.empty() ? "application/octet-stream" : type, content.size(), c.wall_clock});
  c.result.body = R"({"file":)" + json + "}";
  things_.put(id, {c.x.key->organization(), std::move(json), std::move(content)});
}

/// Google takes a file at once, or by its resumable protocol: `start` gives a URL, to which the
/// bytes go in pieces, the last one with `finalize`.
void provider::answer_upload(const call& c, std::string_view body) {
  auto command = field_of(c.request, "x-goog-upload-command");
  auto& owner = c.x.key->organization();
  if (command.find("start") != std::string_view::npos) {
    auto id = fresh_id("upload-");
    c.result.lines += "x-goog-upload-status: active\r\nx-goog-upload-url: http://";
    c.result.lines += field_of(c.request, "host");
    c.result.lines += "/upload/v1beta/files?upload_id=" + id + "&upload_protocol=resumable\r\n";
    things_.put(id, {owner, {}});
    return;
  }
  auto id = query_value(c.request.target, "upload_id");
  if (id.empty())
    return create_google_file(c, std::string{body});
  auto found = things_.find(id, owner);
  if (found == nullptr) {
    refuse_object(c, id);
    return;
  }
  stored_object upload = *found;
  upload.content += body;
  bool whole = command.find("finalize") != std::string_view::npos;
  c.result.lines += whole ? "x-goog-upload-status: final\r\n" : "x-goog-upload-status: active\r\n";
  if (!whole)
    return things_.put(std::string{id}, std::move(upload));
  things_.remove(id, owner);
  create_google_file(c, std::move(upload.content));
}

} // namespace keywheel::simulator

#include "tools/simulator/kept.hpp"

#include "tools/simulator/duration.hpp"
#include "tools/simulator/text.hpp"

namespace keywheel::simulator {
namespace {

/// `"name":"text"` behind `before`.
void put(std::string& out, std::string_view before, std::string_view name, std::string_view text) {
  out.append(before).append("\"").append(name).append("\":");
  append_quoted(out, text);
}

void put_time(std::string& out, std::string_view name, std::int64_t seconds) {
  out.append(",\"").append(name).append("\":\"");
  append_rfc3339(out, seconds);
  out += '"';
}

} // namespace

namespace openai {

void append_batch(std::string& out, const batch_facts& what) {
  put(out, "{", "id", what.id);
  out += R"(,"object":"batch","endpoint":"/v1/chat/completions","errors":null)";
  put(out, ",", "input_file_id", what.input);
  out += R"(,"completion_window":"24h")";
  put(out, ",", "status", what.status);
  if (what.output.empty())
    out += R"(,"output_file_id":null)";
  else
    put(out, ",", "output_file_id", what.output);
  out += R"(,"error_file_id":null,"created_at":)";
  append_number(out, what.created);
  out += R"(,"metadata":null})";
}

void append_conversation(std::string& out, std::string_view id, std::int64_t created) {
  put(out, "{", "id", id);
  out += R"(,"object":"conversation","created_at":)";
  append_number(out, created);
  out += R"(,"metadata":{}})";
}

} // namespace openai

namespace anthropic {

void append_file(std::string& out, const kept_file_facts& what) {
  put(out, "{", "id", what.id);
  out += R"(,"type":"file")";
  put(out, ",", "filename", what.name);
  put(out, ",", "mime_type", what.type);
  out += R"(,"size_bytes":)";
  append_number(out, what.size);
  put_time(out, "created_at", what.created);
  out += R"(,"downloadable":false})";
}

void append_batch(std::string& out, const batch_facts& what) {
  put(out, "{", "id", what.id);
  out += R"(,"type":"message_batch")";
  put(out, ",", "processing_status", what.status);
  put_time(out, "created_at", what.created);
  if (what.status == "ended")
    put(out, ",", "results_url",
        "https://api.anthropic.com/v1/messages/batches/" + std::string{what.id} + "/results");
  else
    out += R"(,"results_url":null)";
  out += '}';
}

} // namespace anthropic

namespace gemini {

void append_file(std::string& out, const kept_file_facts& what) {
  put(out, "{", "name", what.id);
  if (!what.name.empty())
    put(out, ",", "displayName", what.name);
  put(out, ",", "mimeType", what.type);
  put(out, ",", "sizeBytes", std::to_string(what.size));
  put_time(out, "createTime", what.created);
  put(out, ",", "uri", "https://generativelanguage.googleapis.com/v1beta/" + std::string{what.id});
  out += R"(,"state":"ACTIVE","source":"UPLOADED"})";
}

void append_cache(std::string& out, std::string_view name, std::string_view model,
                  std::int64_t tokens, std::int64_t created) {
  put(out, "{", "name", name);
  put(out, ",", "model", model);
  put_time(out, "createTime", created);
  out += R"(,"displayName":"","usageMetadata":{"totalTokenCount":)";
  append_number(out, tokens);
  out += "}}";
}

} // namespace gemini

} // namespace keywheel::simulator

#include "tools/simulator/gemini/answers.hpp"

#include "tools/simulator/text.hpp"

namespace keywheel::simulator::gemini {
namespace {

void append_count(std::string& out, std::string_view name, std::int64_t count) {
  out.append(1, '"').append(name).append("\":");
  append_number(out, count);
}

void append_usage(std::string& out, const generation& what, std::int64_t tokens) {
  out += '{';
  append_count(out, "promptTokenCount", what.input_tokens());
  out += ',';
  append_count(out, "candidatesTokenCount", tokens);
  out += ',';
  append_count(out, "totalTokenCount", what.input_tokens() + tokens + what.reasoning_tokens);
  if (what.cached_tokens > 0) {
    out += ',';
    append_count(out, "cachedContentTokenCount", what.cached_tokens);
  }
  out += R"(,"promptTokensDetails":[{"modality":"TEXT",)";
  append_count(out, "tokenCount", what.input_tokens());
  out += "}]";
  if (what.reasoning_tokens > 0) {
    out += ',';
    append_count(out, "thoughtsTokenCount", what.reasoning_tokens);
  }
  out += '}';
}

} // namespace

void append_content(std::string& out, const generation& what, const part& shown) {
  out += R"({"candidates":[{"content":{"parts":[{"text":)";
  append_quoted(out, shown.text);
  out += R"(}],"role":"model"})";
  if (shown.last)
    out += what.cut ? R"(,"finishReason":"MAX_TOKENS")" : R"(,"finishReason":"STOP")";
  out += R"(,"index":0}],"usageMetadata":)";
  append_usage(out, what, shown.tokens);
  out += R"(,"modelVersion":)";
  append_quoted(out, what.model);
  out += R"(,"responseId":")";
  out += what.id;
  out += R"("})";
}

void append_embedding(std::string& out, std::uint64_t hash, std::size_t dimensions) {
  out += R"({"embedding":{"values":)";
  append_unit_vector(out, hash, dimensions);
  out += "}}";
}

void append_embeddings(std::string& out, const std::vector<std::uint64_t>& hashes,
                       std::size_t dimensions) {
  out += R"({"embeddings":[)";
  for (auto& hash : hashes) {
    out += &hash == &hashes.front() ? R"({"values":)" : R"(,{"values":)";
    append_unit_vector(out, hash, dimensions);
    out += '}';
  }
  out += "]}";
}

void append_token_count(std::string& out, const generation& what) {
  out += '{';
  append_count(out, "totalTokens", what.input_tokens());
  out += R"(,"promptTokensDetails":[{"modality":"TEXT",)";
  append_count(out, "tokenCount", what.input_tokens());
  out += "}]}";
}

void append_model(std::string& out, std::string_view model) {
  out += R"({"name":"models/)";
  append_escaped(out, model);
  out += R"(","version":"001","displayName":)";
  append_quoted(out, model);
  out += R"(,"description":"Simulated","inputTokenLimit":1048576,"outputTokenLimit":65536,)"
         R"("supportedGenerationMethods":["generateContent","countTokens","embedContent"]})";
}

void append_models(std::string& out, const std::vector<std::string>& models) {
  out += R"({"models":[)";
  for (auto& model : models) {
    out += &model == &models.front() ? "" : ",";
    append_model(out, model);
  }
  out += "]}";
}

} // namespace keywheel::simulator::gemini

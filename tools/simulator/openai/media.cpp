#include "tools/simulator/openai/media.hpp"

#include "tools/simulator/text.hpp"

#include <algorithm>

namespace keywheel::simulator::openai {
namespace {

void append_token_usage(std::string& out, const generation& what) {
  out += R"({"input_tokens":)";
  append_number(out, what.input_tokens());
  out += R"(,"output_tokens":)";
  append_number(out, what.output_tokens());
  out += R"(,"total_tokens":)";
  append_number(out, what.input_tokens() + what.output_tokens());
}

} // namespace

void append_transcription(std::string& out, const generation& what, std::string_view format) {
  if (format == "text") {
    out.append(what.text).append("\n");
    return;
  }
  bool verbose = format == "verbose_json";
  out += verbose ? R"({"task":"transcribe","language":"english","duration":1.0,"text":)"
                 : R"({"text":)";
  append_quoted(out, what.text);
  if (verbose) {
    out += R"(,"segments":[],"usage":{"type":"duration","seconds":1}})";
    return;
  }
  out += R"(,"usage":{"type":"tokens",)";
  std::string usage;
  append_token_usage(usage, what);
  out.append(usage, 1) += "}}";
}

void append_images(std::string& out, const generation& what, std::size_t count) {
  out += R"({"created":)";
  append_number(out, what.created);
  out += R"(,"data":[)";
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "" : ",";
    out += R"({"url":"https://images.invalid/)";
    out.append(what.id).append("-");
    append_number(out, i);
    out += R"(.png"})";
  }
  out += R"(],"usage":)";
  append_token_usage(out, what);
  out += "}}";
}

void append_speech(std::string& out, const generation& what) {
  out.append("ID3\x04\x00\x00\x00\x00\x00\x00", 10);
  for (std::int64_t i = 0; i < 64 * std::max<std::int64_t>(1, what.prompt_tokens); ++i)
    out += static_cast<char>(i);
}

void append_ranking(std::string& out, const generation& what,
                    const std::vector<std::uint64_t>& documents, std::size_t top) {
  std::vector<std::size_t> order(documents.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return documents[a] < documents[b]; });
  if (top > 0)
    order.resize(std::min(top, order.size()));
  out += R"({"id":"rerank-)";
  out += what.id;
  out += R"(","model":)";
  append_quoted(out, what.model);
  out += R"(,"results":[)";
  for (std::size_t i = 0; i < order.size(); ++i) {
    out += i == 0 ? R"({"index":)" : R"(,{"index":)";
    append_number(out, order[i]);
    out += R"(,"relevance_score":0.)"; // falling from 0.999
    append_number(out, 999 - std::min<std::size_t>(i, 899));
    out += '}';
  }
  out += R"(],"usage":{"prompt_tokens":)";
  append_number(out, what.input_tokens());
  out += R"(,"total_tokens":)";
  append_number(out, what.input_tokens());
  out += "}}";
}

void append_file(std::string& out, const file_facts& what) {
  out += R"({"object":"file","id":)";
  append_quoted(out, what.id);
  out += R"(,"purpose":)";
  append_quoted(out, what.purpose);
  out += R"(,"filename":)";
  append_quoted(out, what.name);
  out += R"(,"bytes":)";
  append_number(out, what.size);
  out += R"(,"created_at":)";
  append_number(out, what.created);
  out += R"(,"expires_at":null,"status":"processed","status_details":null})";
}

void append_deleted(std::string& out, std::string_view id, std::string_view object) {
  out += R"({"id":)";
  append_quoted(out, id);
  out += R"(,"object":)";
  append_quoted(out, object);
  out += R"(,"deleted":true})";
}

} // namespace keywheel::simulator::openai

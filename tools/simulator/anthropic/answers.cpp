#include "tools/simulator/anthropic/answers.hpp"

#include "tools/simulator/text.hpp"

namespace keywheel::simulator::anthropic {
namespace {

void begin_message(std::string& out, const generation& what) {
  out += R"({"id":"msg_)";
  out += what.id;
  out += R"(","type":"message","role":"assistant","model":)";
  append_quoted(out, what.model);
}

} // namespace

void append_usage(std::string& out, const generation& what, std::int64_t output) {
  out += R"({"input_tokens":)";
  append_number(out, what.prompt_tokens);
  out += R"(,"cache_creation_input_tokens":0,"cache_read_input_tokens":)";
  append_number(out, what.cached_tokens);
  out += R"(,"output_tokens":)";
  append_number(out, output);
  out += R"(,"service_tier":"standard"})";
}

void append_message(std::string& out, const generation& what) {
  begin_message(out, what);
  out += R"(,"content":[{"type":"text","text":)";
  append_quoted(out, what.text);
  out += R"(}],"stop_reason":")";
  out += what.cut ? "max_tokens" : "end_turn";
  out += R"(","stop_sequence":null,"usage":)";
  append_usage(out, what, what.output_tokens());
  out += '}';
}

void append_message_start(std::string& out, const generation& what) {
  begin_message(out, what);
  out += R"(,"content":[],"stop_reason":null,"stop_sequence":null,"usage":)";
  append_usage(out, what, 1);
  out += '}';
}

void append_token_count(std::string& out, const generation& what) {
  out += R"({"input_tokens":)";
  append_number(out, what.input_tokens());
  out += '}';
}

void append_model(std::string& out, std::string_view model) {
  out += R"({"type":"model","id":)";
  append_quoted(out, model);
  out += R"(,"display_name":)";
  append_quoted(out, model);
  out += R"(,"created_at":"2024-05-10T18:50:49Z"})";
}

void append_models(std::string& out, const std::vector<std::string>& models) {
  out += R"({"data":[)";
  for (auto& model : models) {
    out += &model == &models.front() ? "" : ",";
    append_model(out, model);
  }
  auto end = [&](std::string_view name, std::size_t at) {
    out += name;
    if (models.empty())
      out += "null";
    else
      append_quoted(out, models[at]);
  };
  end(R"(],"has_more":false,"first_id":)", 0);
  end(R"(,"last_id":)", models.size() - 1);
  out += '}';
}

} // namespace keywheel::simulator::anthropic

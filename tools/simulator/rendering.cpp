#include "tools/simulator/rendering.hpp"

#include "tools/simulator/anthropic/answers.hpp"
#include "tools/simulator/gemini/answers.hpp"
#include "tools/simulator/openai/media.hpp"
#include "tools/simulator/text.hpp"

#include <algorithm>

/// Which answer fits which endpoint.
namespace keywheel::simulator {
namespace {

constexpr std::int64_t max_dimensions = 16'384;
constexpr std::int64_t max_images = 10;
constexpr std::string_view google_json = "application/json; charset=UTF-8";

std::size_t dimensions_of(const scanned_body& body, std::size_t usual) {
  return body.dimensions > 0 ? static_cast<std::size_t>(body.dimensions) : usual;
}

/// Google's JSON has lines.
void make_pretty(reply& result) {
  std::string lines;
  append_pretty(lines, result.body);
  result.body = std::move(lines += '\n');
  result.content_type = google_json;
}

void render_gemini(reply& result, const job& asked) {
  constexpr std::size_t usual = 3072;
  auto dimensions = dimensions_of(asked.body, usual);
  switch (asked.where) {
  case endpoint::embed_content:
    gemini::append_embedding(result.body, asked.body.inputs.front(), dimensions);
    break;
  case endpoint::batch_embed_contents:
    gemini::append_embeddings(result.body, asked.body.inputs, dimensions);
    break;
  case endpoint::count_tokens:
    gemini::append_token_count(result.body, asked.made);
    break;
  default:
    gemini::append_content(result.body, asked.made,
                           {asked.made.text, asked.made.answer_tokens, true});
  }
  make_pretty(result);
}

void render_media(reply& result, const job& asked) {
  switch (asked.where) {
  case endpoint::speech:
    result.content_type = "audio/mpeg";
    return openai::append_speech(result.body, asked.made);
  case endpoint::transcriptions:
  case endpoint::translations:
    if (asked.body.encoding_format == "text")
      result.content_type = "text/plain; charset=utf-8";
    return openai::append_transcription(result.body, asked.made, asked.body.encoding_format);
  case endpoint::rerank:
    return openai::append_ranking(
        result.body, asked.made, asked.body.inputs,
        static_cast<std::size_t>(std::max<std::int64_t>(0, asked.body.top_n)));
  default:
    return openai::append_images(
        result.body, asked.made,
        static_cast<std::size_t>(std::max<std::int64_t>(1, asked.body.top_n)));
  }
}

} // namespace

bool writes_text(endpoint where) {
  switch (where) {
  case endpoint::chat_completions:
  case endpoint::completions:
  case endpoint::responses:
  case endpoint::messages:
  case endpoint::generate_content:
  case endpoint::stream_generate_content:
  case endpoint::transcriptions:
  case endpoint::translations:
    return true;
  default:
    return false;
  }
}

std::optional<problem> mistake_in(const job& asked) {
  using kind = problem::kind;
  bool none = asked.body.inputs.empty();
  bool bad_size = asked.body.dimensions < 0 || asked.body.dimensions > max_dimensions;
  switch (asked.where) {
  case endpoint::embeddings:
    if (none || bad_size)
      return problem{kind::bad_field, "'$.input' is invalid.", "input"};
    break;
  case endpoint::embed_content:
  case endpoint::batch_embed_contents:
    if (none || bad_size)
      return problem{kind::bad_field, "content is empty", "EmbedContentRequest.content"};
    break;
  case endpoint::rerank:
    if (none)
      return problem{kind::bad_field, "'documents' must not be empty.", "documents"};
    break;
  case endpoint::image_generations:
  case endpoint::image_edits:
  case endpoint::image_variations:
    if (asked.body.top_n < 0 || asked.body.top_n > max_images)
      return problem{kind::bad_field, "'n' must be from 1 to 10.", "n"};
    break;
  case endpoint::messages:
    if (!asked.body.max_tokens)
      return problem{kind::bad_field, "Field required", "max_tokens"};
    break;
  default:
    break;
  }
  return std::nullopt;
}

std::optional<event_stream::shape> stream_shape(const job& asked) {
  using shape = event_stream::shape;
  if (asked.where == endpoint::stream_generate_content)
    return query_value(asked.target, "alt") == "sse" ? shape::gemini_sse : shape::gemini_array;
  if (!asked.body.stream)
    return std::nullopt;
  switch (asked.where) {
  case endpoint::chat_completions:
    return shape::chat;
  case endpoint::completions:
    return shape::completion;
  case endpoint::responses:
    return shape::response;
  case endpoint::messages:
    return shape::message;
  default:
    return std::nullopt;
  }
}

std::string_view stream_type(event_stream::shape form, dialect speaks) {
  if (form == event_stream::shape::gemini_array)
    return google_json;
  return speaks == dialect::gemini ? "text/event-stream" : "text/event-stream; charset=utf-8";
}

void render(reply& result, const job& asked) {
  if (asked.speaks == dialect::gemini)
    return render_gemini(result, asked);
  switch (asked.where) {
  case endpoint::chat_completions:
    return append_chat_completion(result.body, asked.made);
  case endpoint::completions:
    return append_completion(result.body, asked.made);
  case endpoint::responses:
    return append_response(result.body, asked.made, asked.made.cut ? "incomplete" : "completed");
  case endpoint::embeddings:
    return append_embeddings(result.body, asked.made, asked.body.inputs,
                             dimensions_of(asked.body, 1536),
                             asked.body.encoding_format == "base64");
  case endpoint::moderations:
    return append_moderation(result.body, asked.made,
                             std::max<std::size_t>(1, asked.body.inputs.size()));
  case endpoint::messages:
    return anthropic::append_message(result.body, asked.made);
  case endpoint::count_tokens:
    return anthropic::append_token_count(result.body, asked.made);
  default:
    return render_media(result, asked);
  }
}

void render_models(reply& result, dialect speaks, const std::vector<std::string>& models) {
  if (speaks == dialect::anthropic)
    return anthropic::append_models(result.body, models);
  if (speaks != dialect::gemini)
    return append_models(result.body, models);
  gemini::append_models(result.body, models);
  make_pretty(result);
}

void render_model(reply& result, dialect speaks, std::string_view model) {
  if (speaks == dialect::anthropic)
    return anthropic::append_model(result.body, model);
  if (speaks != dialect::gemini)
    return append_model(result.body, model);
  gemini::append_model(result.body, model);
  make_pretty(result);
}

} // namespace keywheel::simulator

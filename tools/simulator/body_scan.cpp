#include "tools/simulator/body_scan.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

namespace keywheel::simulator {
namespace {

constexpr std::size_t max_depth = 256;

enum class field : std::uint8_t {
  other,
  model,
  stream,
  store,
  stream_options,
  include_usage,
  max_tokens,
  encoding_format,
  dimensions,
  messages, // messages, prompt, input: what the model is to read
  instructions,
  contents,   // Gemini's messages
  embeddable, // Gemini's content and requests
  generation_config,
  previous_response_id,
  top_n,
  role,
  content,
  text,
};

field gemini_field(std::string_view name) {
  if (name == "contents" || name == "generateContentRequest")
    return field::contents;
  if (name == "content" || name == "requests")
    return field::embeddable;
  return name == "generationConfig" || name == "generation_config" ? field::generation_config
                                                                   : field::other;
}

field top_field(std::string_view name) {
  if (name == "model")
    return field::model;
  if (name == "messages" || name == "input" || name == "prompt" || name == "documents")
    return field::messages;
  if (name == "stream")
    return field::stream;
  if (name == "store")
    return field::store;
  if (name == "stream_options")
    return field::stream_options;
  if (name == "max_tokens" || name == "max_completion_tokens" || name == "max_output_tokens")
    return field::max_tokens;
  if (name == "encoding_format")
    return field::encoding_format;
  if (name == "dimensions" || name == "outputDimensionality")
    return field::dimensions;
  if (name == "previous_response_id")
    return field::previous_response_id;
  if (name == "top_n" || name == "n")
    return field::top_n;
  if (name == "instructions" || name == "system" || name == "query" || name == "systemInstruction"
      || name == "system_instruction")
    return field::instructions;
  return gemini_field(name);
}

field message_field(std::string_view name) {
  if (name == "content" || name == "text") // "text": documents and Responses' parts
    return field::content;
  return name == "role" ? field::role : field::other;
}

bool is_reference(std::string_view name) {
  return name == "file_id" || name == "input_file_id" || name == "conversation"
         || name == "cachedContent" || name == "fileUri";
}

/// Gemini's files are referred to by URL: "https://…/v1beta/files/x" is "files/x".
std::string_view referred(std::string_view text) {
  auto at = text.rfind("/files/");
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

std::uint64_t hash(std::string_view text, std::uint64_t seed = 0xCBF29CE484222325u) {
  for (char c : text)
    seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return seed;
}

/// Depths: 1 is the body, 2 an array of messages, 3 a message, 4 an array of parts, 5 a part.
class handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, handler> {
public:
  explicit handler(scanned_body& result) : result_(result) {
    // nop
  }

  void restart() {
    auto inputs = std::move(result_.inputs);
    inputs.clear();
    result_ = scanned_body{};
    result_.inputs = std::move(inputs);
    reference_ = false;
    depth_ = 0;
    top_ = inner_ = part_ = field::other;
  }

  bool StartObject() {
    if (depth_ == 1 || depth_ == 2)
      inner_ = field::other;
    if (depth_ == 2)
      role_ = text_ = {};
    if (depth_ == 4 || nested())
      part_ = field::other;
    return ++depth_ <= max_depth;
  }

  bool EndObject(rapidjson::SizeType) {
    if (--depth_ == 2 && top_ == field::messages && role_ == "user")
      result_.last_user = text_;
    if (depth_ == 2 && top_ == field::messages && role_.empty() && !text_.empty())
      result_.inputs.push_back(hash(text_));
    if (depth_ == 2 && top_ == field::contents && (role_.empty() || role_ == "user"))
      result_.last_user = text_;
    if (top_ == field::embeddable && !text_.empty() && depth_ < 3) {
      result_.inputs.push_back(hash(text_));
      result_.last_user = std::exchange(text_, {});
    }
    return true;
  }

  bool StartArray() {
    if (depth_ == 2 && top_ == field::messages)
      result_.inputs.push_back(hash({}));
    return depth_ > 0 && ++depth_ <= max_depth;
  }

  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

  bool Key(const char* name, rapidjson::SizeType size, bool) {
    std::string_view text{name, size};
    reference_ = is_reference(text) || (depth_ == 2 && in_conversation_ && text == "id");
    in_conversation_ = depth_ == 1 ? text == "conversation" : in_conversation_;
    if (depth_ == 1)
      top_ = top_field(text);
    else if (depth_ == 2 && top_ == field::stream_options)
      inner_ = text == "include_usage" ? field::include_usage : field::other;
    else if (depth_ == 3 && top_ == field::messages)
      inner_ = message_field(text);
    else if (depth_ == 2 && top_ == field::generation_config)
      inner_ = text == "maxOutputTokens" ? field::max_tokens : field::other;
    else if (nested())
      part_ = nested_field(text);
    else if (depth_ == 5 && top_ == field::messages)
      part_ = text == "text" ? field::text : field::other;
    return true;
  }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    if (std::exchange(reference_, false))
      result_.refers.push_back(referred({data, size}));
    if (depth_ == 1)
      top_string({data, size});
    else if (top_ == field::messages)
      message_string({data, size});
    else if (nested())
      nested_string({data, size});
    return depth_ > 0;
  }

  bool Bool(bool value) {
    if (depth_ == 1 && top_ == field::stream)
      result_.stream = value;
    else if (depth_ == 1 && top_ == field::store)
      result_.store = value;
    else if (depth_ == 2 && top_ == field::stream_options && inner_ == field::include_usage)
      result_.include_usage = value;
    return depth_ > 0;
  }

  bool Int(int value) { return number(value); }
  bool Uint(unsigned value) { return number(value); }
  bool Int64(std::int64_t value) { return number(value); }
  bool Uint64(std::uint64_t value) {
    return number(static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
  }
  bool Double(double) { return depth_ > 0; }
  bool Null() { return depth_ > 0; }

private:
  /// In what is searched at any depth: Gemini's contents, and instructions in parts.
  bool nested() const {
    return depth_ > 1
           && (top_ == field::contents || top_ == field::embeddable || top_ == field::instructions);
  }

  static field nested_field(std::string_view name) {
    return name == "outputDimensionality" ? field::dimensions
           : name == "text"               ? field::text
           : name == "role"               ? field::role
                                          : field::other;
  }

  void nested_string(std::string_view text) {
    if (part_ == field::role)
      role_ = text;
    if (part_ != field::text)
      return;
    text_ = text;
    count(text);
  }

  void top_string(std::string_view text) {
    switch (top_) {
    case field::model:
      result_.model = text;
      break;
    case field::encoding_format:
      result_.encoding_format = text;
      break;
    case field::messages:
      result_.last_user = text;
      result_.inputs.push_back(hash(text));
      count(text);
      break;
    case field::instructions:
      count(text);
      break;
    case field::previous_response_id:
      result_.previous_response_id = text;
      break;
    default:
      break;
    }
  }

  void message_string(std::string_view text) {
    if (depth_ == 2) {
      result_.inputs.push_back(hash(text));
      result_.last_user = text;
      count(text);
    } else if (depth_ == 3 && inner_ == field::role) {
      role_ = text;
    } else if ((depth_ == 3 && inner_ == field::content)
               || (depth_ == 5 && inner_ == field::content && part_ == field::text)) {
      text_ = text;
      count(text);
    }
  }

  bool number(std::int64_t value) {
    if ((depth_ == 1 && top_ == field::max_tokens)
        || (depth_ == 2 && top_ == field::generation_config && inner_ == field::max_tokens))
      result_.max_tokens = std::clamp<std::int64_t>(value, 0, 1'000'000'000);
    else if ((depth_ == 1 && top_ == field::dimensions) || (nested() && part_ == field::dimensions))
      result_.dimensions = value;
    else if (depth_ == 1 && top_ == field::top_n)
      result_.top_n = value;
    else if (top_ == field::messages && (depth_ == 2 || depth_ == 3))
      token(value);
    return depth_ > 0;
  }

  void token(std::int64_t value) {
    ++result_.token_numbers;
    if (result_.inputs.empty()) // one text, given as tokens
      result_.inputs.push_back(hash({}));
    auto bytes = reinterpret_cast<const char*>(&value);
    result_.inputs.back() = hash({bytes, sizeof value}, result_.inputs.back());
  }

  void count(std::string_view text) {
    result_.text_bytes += static_cast<std::int64_t>(text.size());
  }

  scanned_body& result_;
  std::size_t depth_ = 0;
  field top_ = field::other;
  field inner_ = field::other;
  field part_ = field::other;
  bool reference_ = false; ///< The next string is the id of something that is kept.
  bool in_conversation_ = false;
  std::string_view role_;
  std::string_view text_;
};

} // namespace

struct body_scanner::impl {
  scanned_body result;
  handler events{result};
  rapidjson::Reader reader;
};

body_scanner::body_scanner() : impl_(std::make_unique<impl>()) {
  // nop
}

body_scanner::~body_scanner() = default;

const scanned_body* body_scanner::scan(char* text, std::size_t size) {
  auto behind = text[size];
  text[size] = '\0';
  impl_->events.restart();
  rapidjson::InsituStringStream stream{text};
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag;
  auto good = !impl_->reader.Parse<flags>(stream, impl_->events).IsError() && stream.Tell() >= size;
  text[size] = behind;
  return good ? &impl_->result : nullptr;
}

std::int64_t scanned_body::prompt_tokens() const {
  return std::max<std::int64_t>(1, (text_bytes + 3) / 4 + token_numbers);
}

} // namespace keywheel::simulator

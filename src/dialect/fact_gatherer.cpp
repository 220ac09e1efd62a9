#include "dialect/fact_gatherer.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::dialect {

namespace {

using member = request_member;

struct known_member {
  member inside;
  std::string_view name;
  member is;
};

constexpr std::array known_members{
    known_member{member::other, "model", member::model},
    known_member{member::other, "messages", member::prompt},
    known_member{member::other, "stream", member::stream},
    known_member{member::other, "input", member::token_ids},
    known_member{member::other, "prompt", member::token_ids},
    known_member{member::other, "system", member::prompt},
    known_member{member::other, "instructions", member::prompt},
    known_member{member::other, "contents", member::prompt},
    known_member{member::other, "systemInstruction", member::prompt},
    known_member{member::other, "system_instruction", member::prompt},
    known_member{member::other, "max_tokens", member::output_limit},
    known_member{member::other, "max_completion_tokens", member::output_limit},
    known_member{member::other, "max_output_tokens", member::output_limit},
    known_member{member::other, "n", member::answers},
    known_member{member::other, "store", member::store},
    known_member{member::other, "previous_response_id", member::reference},
    known_member{member::other, "input_file_id", member::reference},
    known_member{member::other, "training_file", member::reference},
    known_member{member::other, "validation_file", member::reference},
    known_member{member::other, "cachedContent", member::reference},
    known_member{member::other, "cached_content", member::reference},
    known_member{member::other, "metadata", member::free_form},
    known_member{member::other, "conversation", member::conversation},
    known_member{member::other, "generationConfig", member::generation_config},
    known_member{member::other, "generation_config", member::generation_config},
    known_member{member::conversation, "id", member::reference},
    known_member{member::generation_config, "maxOutputTokens", member::output_limit},
    known_member{member::generation_config, "max_output_tokens", member::output_limit},
    known_member{member::generation_config, "candidateCount", member::answers},
    known_member{member::generation_config, "candidate_count", member::answers},
};

// OpenAI's and Anthropic's files stand in parts of messages and in containers, Gemini's in parts
// and in a batch's `inputConfig`; a batch's requests may have cached content. What tools are called
// with and answer are objects of the caller's own.
constexpr std::array deep_members{
    known_member{member::other, "content", member::answer_content},
    known_member{member::other, "file_id", member::reference},
    known_member{member::other, "file_ids", member::references},
    known_member{member::other, "fileUri", member::file_uri},
    known_member{member::other, "file_uri", member::file_uri},
    known_member{member::other, "fileName", member::file_uri},
    known_member{member::other, "file_name", member::file_uri},
    known_member{member::other, "cachedContent", member::reference},
    known_member{member::other, "cached_content", member::reference},
    known_member{member::other, "metadata", member::free_form},
    known_member{member::other, "input", member::free_form},
    known_member{member::other, "args", member::free_form},
    known_member{member::other, "arguments", member::free_form},
    known_member{member::other, "response", member::free_form},
    known_member{member::other, "parameters", member::free_form},
    known_member{member::other, "input_schema", member::free_form},
    known_member{member::other, "schema", member::free_form},
};

static_assert(std::all_of(deep_members.begin(), deep_members.end(), [](const known_member& each) {
  return each.name.size() <= longest_member_name;
}));

/// For each first byte of such a name a bit for each length. Nearly all names are others.
constexpr auto deep_lengths = [] {
  static_assert(longest_member_name < 32);
  std::array<std::uint32_t, 256> result{};
  for (const known_member& each : deep_members)
    result[static_cast<unsigned char>(each.name.front())] |= 1U << each.name.size();
  return result;
}();

static_assert(std::all_of(known_members.begin(), known_members.end(), [](const known_member& each) {
  return each.name.size() <= longest_member_name;
}));

constexpr std::uint64_t bytes_per_token = 4;
constexpr std::int64_t tokens_per_data = 800;

/// Whether a byte of base64 may stand so in JSON: with `/` and line breaks escaped, too.
constexpr bool is_base64(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'
         || c == '/' || c == '\\';
}

/// The "files/abc" in a name or URL of a file that Gemini keeps; empty if it is another's.
std::string file_in(std::string_view uri) {
  constexpr std::string_view collection = "files/";
  const std::size_t at = uri.rfind(collection);
  if (at == std::string_view::npos)
    return {};
  const std::string_view name = uri.substr(at, uri.find_first_of("?#", at) - at);
  const std::string_view before = uri.substr(0, at);
  const std::size_t version = before.rfind("/v1");
  const bool is_url = before.ends_with('/') && version != std::string_view::npos
                      && before.find('/', version + 1) == before.size() - 1;
  const bool is_name = name.size() > collection.size()
                       && name.find('/', collection.size()) == std::string_view::npos;
  return is_name && (before.empty() || is_url) ? std::string{name} : std::string{};
}

} // namespace

request_member member_named(request_member inside, std::string_view name) noexcept {
  for (const known_member& each : known_members)
    if (each.name == name && each.inside == inside)
      return each.is;
  return member::other;
}

request_member deep_member_named(std::string_view name) noexcept {
  if (name.empty() || name.size() > longest_member_name
      || (deep_lengths[static_cast<unsigned char>(name.front())] >> name.size() & 1U) == 0)
    return member::other;
  for (const known_member& each : deep_members)
    if (each.name == name)
      return each.is;
  return member::other;
}

void fact_gatherer::set_number(request_member of, std::int64_t value) {
  if (of == member::answers)
    facts_.answers = std::max<std::int64_t>(value, 1);
  else if (of == member::output_limit)
    facts_.max_output_tokens = value;
}

void fact_gatherer::add_reference(request_member of, std::string value) {
  if (of == member::file_uri)
    value = file_in(value);
  auto& all = facts_.refers;
  if (!value.empty() && value.size() <= request_facts::max_reference
      && all.size() < request_facts::max_refers
      && std::find(all.begin(), all.end(), value) == all.end())
    all.push_back(std::move(value));
}

void fact_gatherer::keep_head(std::string_view piece) {
  const std::size_t size = std::min(piece.size(), head_.size() - head_size_);
  std::copy_n(piece.begin(), size, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
  head_size_ += size;
}

/// Whether the string looks like a `data:` URL or like bare base64: text has spaces.
bool fact_gatherer::is_data() const noexcept {
  const std::string_view head{head_.data(), head_size_};
  return head.substr(0, 5) == "data:" || std::all_of(head.begin(), head.end(), is_base64);
}

request_facts fact_gatherer::facts() const {
  request_facts result = facts_;
  result.prompt_tokens = static_cast<std::int64_t>(text_bytes_ / bytes_per_token)
                         + tokens_per_data * data_pieces_ + token_ids_;
  if (prompt_)
    result.prefix = prompt_->value();
  return result;
}

} // namespace keywheel::dialect

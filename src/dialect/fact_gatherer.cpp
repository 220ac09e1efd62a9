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
    known_member{member::other, "previous_response_id", member::previous_response},
    known_member{member::other, "conversation", member::conversation},
    known_member{member::other, "generationConfig", member::generation_config},
    known_member{member::other, "generation_config", member::generation_config},
    known_member{member::conversation, "id", member::conversation_id},
    known_member{member::generation_config, "maxOutputTokens", member::output_limit},
    known_member{member::generation_config, "max_output_tokens", member::output_limit},
    known_member{member::generation_config, "candidateCount", member::answers},
    known_member{member::generation_config, "candidate_count", member::answers},
};

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

} // namespace

request_member member_named(request_member inside, std::string_view name) noexcept {
  for (const known_member& each : known_members)
    if (each.name == name && each.inside == inside)
      return each.is;
  return member::other;
}

void fact_gatherer::set_number(request_member of, std::int64_t value) {
  if (of == member::answers)
    facts_.answers = std::max<std::int64_t>(value, 1);
  else if (of == member::output_limit)
    facts_.max_output_tokens = value;
}

void fact_gatherer::set_id(request_member of, std::string value) {
  (of == member::previous_response ? facts_.previous_response : conversation_) = std::move(value);
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
  if (result.previous_response.empty())
    result.previous_response = conversation_;
  return result;
}

} // namespace keywheel::dialect

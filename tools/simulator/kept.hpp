#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What the answers about kept things say, appended to `out`. Each is the vendor's own shape.
namespace keywheel::simulator {

/// What is known of a batch. OpenAI's have files, Anthropic's have results at a URL.
struct batch_facts {
  std::string_view id;
  std::string_view input;  ///< OpenAI: the id of its file.
  std::string_view output; ///< OpenAI: likewise, once it has come to its end.
  std::string_view status;
  std::int64_t created = 0; ///< In seconds since 1970.
};

/// What is known of a file that is kept by another vendor than OpenAI.
struct kept_file_facts {
  std::string_view id;
  std::string_view name;
  std::string_view type;
  std::size_t size = 0;
  std::int64_t created = 0; ///< In seconds since 1970.
};

namespace openai {
void append_batch(std::string& out, const batch_facts& what);
void append_conversation(std::string& out, std::string_view id, std::int64_t created);
} // namespace openai

namespace anthropic {
void append_file(std::string& out, const kept_file_facts& what);
void append_batch(std::string& out, const batch_facts& what);
} // namespace anthropic

namespace gemini {
void append_file(std::string& out, const kept_file_facts& what);
void append_cache(std::string& out, std::string_view name, std::string_view model,
                  std::int64_t tokens, std::int64_t created);
} // namespace gemini

} // namespace keywheel::simulator

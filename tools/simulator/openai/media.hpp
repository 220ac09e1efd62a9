#pragma once

#include "tools/simulator/generation.hpp"

/// OpenAI's answers that are no conversation, appended to `out`.
namespace keywheel::simulator::openai {

/// A transcription or translation. `format` is the form's response_format; what is not "text" or
/// "verbose_json" is "json".
void append_transcription(std::string& out, const generation& what, std::string_view format);

/// `count` images, each a link.
void append_images(std::string& out, const generation& what, std::size_t count);

/// Some bytes that begin as an MP3 file does, more for a longer text.
void append_speech(std::string& out, const generation& what);

/// The `top` best of the documents whose hashes are given (0: all), best first.
void append_ranking(std::string& out, const generation& what,
                    const std::vector<std::uint64_t>& documents, std::size_t top);

/// What is known of an uploaded file.
struct file_facts {
  std::string_view id; ///< With its prefix.
  std::string_view purpose;
  std::string_view name;
  std::size_t size = 0;
  std::int64_t created = 0; ///< In seconds since 1970.
};

void append_file(std::string& out, const file_facts& what);

/// The answer to a DELETE. `object` is "file" or "response".
void append_deleted(std::string& out, std::string_view id, std::string_view object);

} // namespace keywheel::simulator::openai

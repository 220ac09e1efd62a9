#pragma once

#include "tests/dialect/answer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace keywheel::dialect::test {

/// An answer from the providers' documents (PROVIDERS §7, §8) and what is to be read from it.
struct answer_row {
  const char* what;
  source from;
  std::string body;
  read_answer expected;
};

/// What is read where nothing is wrong.
inline read_answer well(usage used = {}) {
  return {true, false, "", true, used};
}

/// What is read where an error stands in a stream.
inline read_answer failed(bool content, std::string error, bool ended, usage used = {}) {
  return {content, true, std::move(error), ended, used};
}

/// What is read of a stream without its end mark.
inline read_answer cut(bool content, usage used = {}) {
  return {content, false, "", false, used};
}

/// Streams of OpenAI's chat and of those that speak it, good and bad.
std::vector<answer_row> chat_rows();

/// Streams of all dialects, those of chat_rows() included.
const std::vector<answer_row>& answer_rows();

} // namespace keywheel::dialect::test

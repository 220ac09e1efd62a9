#include "dialect/plain_run.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace keywheel::dialect {

namespace {

constexpr bool plain(char c) noexcept {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
}

#ifdef __SSE2__
/// One bit for each of 16 bytes that is not plain.
unsigned special_mask(const char* at) noexcept {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i special = _mm_or_si128(control, _mm_or_si128(quote, backslash));
  return static_cast<unsigned>(_mm_movemask_epi8(special));
}
#endif

/// Whether any of 8 bytes is not plain. The subtractions borrow into a neighbour only where a
/// lower byte is special already, so the answer for the whole word is exact.
bool has_special(const char* at) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x80 * ones;
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  const std::uint64_t quote = word ^ ('"' * ones);
  const std::uint64_t backslash = word ^ ('\\' * ones);
  const std::uint64_t hits = ((word - 0x20 * ones) & ~word) | ((quote - ones) & ~quote)
                             | ((backslash - ones) & ~backslash);
  return (hits & tops) != 0;
}

} // namespace

std::size_t plain_run(std::string_view text) noexcept {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; i + 16 <= text.size(); i += 16)
    if (const unsigned mask = special_mask(text.data() + i))
      return i + static_cast<std::size_t>(std::countr_zero(mask));
#endif
  while (i + 8 <= text.size() && !has_special(text.data() + i))
    i += 8;
  while (i < text.size() && plain(text[i]))
    ++i;
  return i;
}

} // namespace keywheel::dialect

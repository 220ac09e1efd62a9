#include "config/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace keywheel::config {

namespace {

constexpr std::size_t shown_in_front = 3;
constexpr std::size_t shown_behind = 4;

/// Shorter texts would show nearly half of themselves.
constexpr std::size_t shortest_shown = 16;

bool printable(char c) {
  return c > ' ' && c < '\x7f';
}

} // namespace

std::string secret::masked() const {
  if (clear_.empty())
    return {};
  if (clear_.size() < shortest_shown || !std::all_of(clear_.begin(), clear_.end(), printable))
    return "…";
  return clear_.substr(0, shown_in_front) + "…" + clear_.substr(clear_.size() - shown_behind);
}

std::string secret::fingerprint() const {
  constexpr char digits[] = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(clear_.data()), clear_.size(), hash.data());
  std::string result;
  for (std::size_t i = 0; i < 8; ++i) {
    result += digits[hash[i] >> 4];
    result += digits[hash[i] & 15];
  }
  return result;
}

bool secret::equals(std::string_view text) const noexcept {
  return clear_.size() == text.size()
         && CRYPTO_memcmp(clear_.data(), text.data(), text.size()) == 0;
}

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

} // namespace keywheel::config

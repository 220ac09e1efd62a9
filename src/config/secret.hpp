#pragma once

#include <string>
#include <string_view>

namespace keywheel::config {

/// Overwrites a text that held a secret, and empties it.
void wipe(std::string& text) noexcept;

/// A credential. It can be compared, fingerprinted and shown masked; its clear text is had only
/// by reveal(), which is called where a request to its provider is written and nowhere else. It
/// has no operator<< and no implicit conversion.
class secret {
public:
  secret() = default;
  explicit secret(std::string clear) : clear_(std::move(clear)) {}
  secret(const secret&) = default;
  secret(secret&&) = default;
  secret& operator=(const secret&) = default;
  secret& operator=(secret&&) = default;
  ~secret() { wipe(clear_); }

  const std::string& reveal() const noexcept { return clear_; }
  bool empty() const noexcept { return clear_.empty(); }

  /// First three and last four characters around an ellipsis, "sk-…a1b2"; only the ellipsis for
  /// texts so short that this would give too much away.
  std::string masked() const;

  /// SHA-256 in hex, the first 16 digits: says whether two are the same without saying which.
  std::string fingerprint() const;

  /// Compares in constant time.
  bool equals(std::string_view text) const noexcept;
  friend bool operator==(const secret& a, const secret& b) noexcept { return a.equals(b.clear_); }

private:
  std::string clear_;
};

} // namespace keywheel::config

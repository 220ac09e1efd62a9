#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::http {

/// Why a request is refused: the status to answer with, 0 while nothing is wrong, and the reason
/// in words.
struct refusal {
  unsigned status = 0;
  const char* message = "";
};

/// Judges the fields of one request that decide about its framing and about the connection. It is
/// stricter than RFC 9112 §6 asks for wherever two parsers could disagree about where a request
/// ends: such requests are how others are smuggled. One object serves one request.
class head_rules {
public:
  explicit head_rules(std::size_t max_body = 0) : max_body_(max_body) {}

  void request_line(std::string_view method, std::string_view target, unsigned version);
  void host(std::string_view value);
  void content_length(std::string_view value);
  void transfer_encoding(std::string_view value);
  void connection(std::string_view value);
  void expect(std::string_view value);

  /// The header section is complete: judges what is missing or contradicts.
  void finish();

  const refusal& refused() const noexcept { return refused_; }

  /// The target in origin-form.
  std::string& target() noexcept { return target_; }

  /// What stands for Host where the target names an authority (RFC 9112 §3.2.2); else empty.
  std::string_view authority() const noexcept { return authority_; }

  bool has_host() const noexcept { return hosts_ != 0; }
  bool keep_alive() const noexcept;
  bool awaits_continue() const noexcept;
  std::optional<std::size_t> declared() const noexcept { return declared_; }

private:
  void refuse(unsigned status, const char* message) noexcept;

  std::size_t max_body_;
  refusal refused_;
  unsigned version_ = 11;
  std::string target_;
  std::string_view authority_;
  std::optional<std::size_t> declared_;
  unsigned hosts_ = 0;
  unsigned connection_options_ = 0;
  bool chunked_ = false;
  bool wants_close_ = false;
  bool wants_keep_alive_ = false;
  bool expects_continue_ = false;
};

} // namespace keywheel::http

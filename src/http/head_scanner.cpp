#include "http/head_scanner.hpp"

#include "http/ascii.hpp"

namespace keywheel::http {

head_scanner::result head_scanner::scan(std::string_view all) {
  if (!all.empty() && !is_token_char(all.front()))
    return result::not_http;
  for (;;) {
    const auto lf = all.find('\n', scanned_);
    if (lf == std::string_view::npos) {
      scanned_ = all.size();
      return scanned_ > max_size_ ? beyond() : result::more;
    }
    if (lf >= max_size_)
      return beyond();
    if (all[lf - 1] != '\r')
      return result::bare_lf;
    const auto line = all.substr(line_start_, lf - 1 - line_start_);
    scanned_ = line_start_ = lf + 1;
    if (line.empty())
      return result::complete;
    if (line.front() == ' ' || line.front() == '\t')
      return result::folded;
    ++lines_;
  }
}

head_scanner::result head_scanner::beyond() const noexcept {
  return lines_ == 0 ? result::line_too_long : result::section_too_large;
}

} // namespace keywheel::http

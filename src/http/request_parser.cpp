#include "http/request_parser.hpp"

#include "http/head_scanner.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace keywheel::http {

namespace beast = boost::beast;

namespace {

// More fields than this come from nobody who means well.
constexpr std::size_t max_fields = 256;

std::string_view view(beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
  });
}

/// Beast's parser for one request. It is given the header section in one piece, then the body as it
/// comes. It leaves the limits to us: those of Beast 1.74 cannot be switched off by their options.
class beast_parser final : public beast::http::basic_parser<true> {
public:
  using error_code = beast::error_code;

  beast_parser(request_head& head, std::size_t max_body)
      : head_(head), rules_(max_body), body_left_(max_body) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  const head_rules& rules() const noexcept { return rules_; }
  const refusal& refused() const noexcept { return refused_; }

  /// True where chunk framing is next: chunk header, last chunk or trailers.
  bool in_framing() const noexcept { return chunked() && chunk_left_ == 0; }

  std::string_view take_piece() noexcept { return std::exchange(piece_, {}); }

private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code& ec) override {
    head_.method = view(method);
    head_.version = static_cast<unsigned>(version);
    rules_.request_line(view(method), view(target), head_.version);
    check_rules(ec);
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {
    // never called for requests
  }

  void on_field_impl(beast::http::field known, beast::string_view name, beast::string_view text,
                     error_code& ec) override {
    if (head_done_)
      return; // a trailer: RFC 9110 §6.5.1 lets us drop those
    auto value = view(text);
    using beast::http::field;
    switch (known) {
    case field::host:
      rules_.host(value);
      if (!rules_.authority().empty())
        value = rules_.authority();
      break;
    case field::content_length:
      rules_.content_length(value);
      break;
    case field::transfer_encoding:
      rules_.transfer_encoding(value);
      break;
    case field::connection:
      rules_.connection(value);
      break;
    case field::expect:
      rules_.expect(value);
      break;
    default:
      break;
    }
    head_.headers.add(view(name), value);
    check_rules(ec);
  }

  void on_header_impl(error_code& ec) override {
    head_done_ = true;
    rules_.finish();
    check_rules(ec);
    if (!rules_.has_host() && !rules_.authority().empty())
      head_.headers.add("Host", rules_.authority());
    head_.target = std::move(rules_.target());
    head_.keep_alive = rules_.keep_alive();
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {
    // nop
  }

  std::size_t on_body_impl(beast::string_view piece, error_code&) override {
    piece_ = view(piece);
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view extensions,
                            error_code& ec) override {
    if (has_control(view(extensions)))
      refuse({400, "malformed chunk extension"}, ec);
    if (size > body_left_)
      return refuse({413, "the request body is too large"}, ec);
    body_left_ -= size;
    chunk_left_ = size;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece, error_code&) override {
    piece_ = view(piece);
    chunk_left_ -= piece.size();
    return piece.size();
  }

  void on_finish_impl(error_code&) override {
    // nop
  }

  void check_rules(error_code& ec) {
    if (rules_.refused().status != 0)
      refuse(rules_.refused(), ec);
  }

  void refuse(const refusal& why, error_code& ec) {
    if (refused_.status == 0)
      refused_ = why;
    ec = beast::http::error::bad_value;
  }

  request_head& head_;
  head_rules rules_;
  refusal refused_;
  std::uint64_t body_left_; // of the limit
  std::uint64_t chunk_left_ = 0;
  std::string_view piece_;
  bool head_done_ = false;
};

/// True where `line`, cut off at its CRLF, ends in a well-formed HTTP-version that is not ours.
bool names_other_version(std::string_view line) noexcept {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (line.size() < 9)
    return false;
  const auto version = line.substr(line.size() - 9);
  return version.starts_with(" HTTP/") && digit(version[6]) && version[7] == '.'
         && digit(version[8]) && version != " HTTP/1.1" && version != " HTTP/1.0";
}

refusal explain(const beast::error_code& ec, std::string_view section) noexcept {
  using beast::http::error;
  if (ec == error::bad_version && names_other_version(section.substr(0, section.find('\r'))))
    return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  if (ec == error::bad_version || ec == error::bad_method || ec == error::bad_target)
    return {400, "malformed request line"};
  if (ec == error::bad_field)
    return {400, "malformed field name"};
  if (ec == error::bad_value || ec == error::bad_line_ending)
    return {400, "malformed field value"};
  if (ec == error::bad_chunk || ec == error::bad_chunk_extension)
    return {400, "malformed chunk"};
  if (ec == error::bad_transfer_encoding)
    return {400, "malformed or contradictory Transfer-Encoding"};
  return {400, "malformed or contradictory Content-Length"};
}

refusal explain(head_scanner::result why) noexcept {
  switch (why) {
  case head_scanner::result::line_too_long:
    return {414, "the request target is too long"};
  case head_scanner::result::section_too_large:
    return {431, "the header section is too large"};
  case head_scanner::result::folded:
    return {400, "folded header line"};
  case head_scanner::result::not_http:
    return {400, "this is not HTTP"};
  default:
    return {400, "line that does not end in CRLF"};
  }
}

} // namespace

class request_parser::impl {
public:
  impl(std::size_t max_header, std::size_t max_body)
      : max_header_(max_header), max_body_(max_body), scanner_(max_header) {}

  void reset() {
    head_ = {};
    scanner_.reset();
    parser_.reset();
    framing_scanned_ = 0;
  }

  event next(std::string_view in, std::size_t& used) {
    used = 0;
    if (problem_.status != 0)
      return event::bad;
    return parser_ ? next_of_body(in, used) : next_of_head(in, used);
  }

  request_head head_;
  refusal problem_;
  std::string_view piece_;
  std::optional<beast_parser> parser_;

private:
  event bad(const refusal& why) noexcept {
    problem_ = why;
    return event::bad;
  }

  std::size_t put(std::string_view bytes, beast::error_code& ec) {
    return parser_->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
  }

  event next_of_head(std::string_view in, std::size_t& used) {
    const auto found = scanner_.scan(in);
    if (found == head_scanner::result::more)
      return event::need_more;
    if (found != head_scanner::result::complete)
      return bad(explain(found));
    if (scanner_.lines() > max_fields + 1)
      return bad({431, "too many header fields"});
    const auto section = in.substr(0, scanner_.size());
    head_.headers.reserve(scanner_.lines(), section.size());
    parser_.emplace(head_, max_body_);
    beast::error_code ec;
    used = put(section, ec);
    if (parser_->refused().status != 0)
      return bad(parser_->refused());
    if (ec)
      return bad(explain(ec, section));
    return event::head;
  }

  event next_of_body(std::string_view in, std::size_t& used) {
    for (;;) {
      if (parser_->is_done())
        return event::end;
      const auto rest = in.substr(used);
      if (rest.empty())
        return event::need_more;
      // A last chunk has five bytes at least. Beast takes its size line alone, but then asserts
      // that two bytes more come together.
      if (parser_->in_framing() && rest.front() == '0' && rest.size() < 5)
        return check_framing(rest);
      beast::error_code ec;
      const auto count = put(rest, ec);
      used += count;
      if (count != 0)
        framing_scanned_ = 0;
      if (parser_->refused().status != 0)
        return bad(parser_->refused());
      if (ec == beast::http::error::need_more)
        return check_framing(in.substr(used));
      if (ec)
        return bad(explain(ec, {}));
      piece_ = parser_->take_piece();
      if (!piece_.empty())
        return event::body;
    }
  }

  /// Beast asks for more of a chunk header or of trailers: makes sure that this has an end, and
  /// that nobody waits for the CRLF of a line that another parser takes as ended by its LF.
  event check_framing(std::string_view pending) {
    for (;;) {
      const auto lf = pending.find('\n', framing_scanned_);
      if (lf == std::string_view::npos)
        break;
      if (lf == 0 || pending[lf - 1] != '\r')
        return bad({400, "malformed chunk"});
      framing_scanned_ = lf + 1;
    }
    framing_scanned_ = pending.size();
    if (pending.size() > max_header_)
      return bad({431, "chunk header or trailer section is too large"});
    return event::need_more;
  }

  std::size_t max_header_;
  std::size_t max_body_;
  head_scanner scanner_;
  std::size_t framing_scanned_ = 0;
};

request_parser::request_parser(std::size_t max_header, std::size_t max_body)
    : impl_(std::make_unique<impl>(max_header, max_body)) {
  // nop
}

request_parser::~request_parser() = default;

request_parser::event request_parser::next(std::string_view in, std::size_t& used) {
  return impl_->next(in, used);
}

void request_parser::reset() {
  impl_->reset();
}

request_head& request_parser::head() noexcept {
  return impl_->head_;
}

std::optional<std::size_t> request_parser::declared() const noexcept {
  return impl_->parser_->rules().declared();
}

bool request_parser::awaits_continue() const noexcept {
  return impl_->parser_->rules().awaits_continue();
}

std::string_view request_parser::piece() const noexcept {
  return impl_->piece_;
}

const refusal& request_parser::problem() const noexcept {
  return impl_->problem_;
}

} // namespace keywheel::http

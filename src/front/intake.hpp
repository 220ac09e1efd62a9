#pragma once

#include "config/config.hpp"
#include "dialect/form_scanner.hpp"
#include "dialect/refusal.hpp"
#include "dialect/request_facts.hpp"
#include "dialect/request_scanner.hpp"
#include "dialect/route.hpp"
#include "front/access.hpp"
#include "front/wishes.hpp"
#include "http/body.hpp"
#include "http/message.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::front {

/// A request that has been read, checked, and is to be placed.
struct order {
  std::string method;
  dialect::route route;
  std::string model; ///< as the caller names it; empty where route.model_in is none
  /// That the name was found under; null where there is no model. Keeps the configuration that it
  /// is of alive.
  std::shared_ptr<const config::model_config> entry;
  http::fields headers; ///< what may travel on to a provider
  std::shared_ptr<const http::body> body;
  /// Where the name stands in the body, quotes of JSON included; 0, 0 if it is in the path.
  std::size_t model_begin = 0;
  std::size_t model_end = 0;
  dialect::request_facts facts; ///< of the body; the initial ones where that is no JSON
  /// Of a call without a model: whom it is for, by the request's `x-keywheel-provider` or because
  /// no other provider speaks the dialect. Empty: the owner of what it refers to.
  std::string provider;
  /// The only key that may serve, "provider/name", as the request's `x-keywheel-key` says; empty:
  /// any. It is in the configuration, of the right provider, and serves the model.
  std::string wants_key;
  /// What the call refers to, path and body together: each id once, the path's first.
  std::vector<std::string> refers;
};

/// Reads one request piece by piece, as it arrives, and decides what it is: an order, or something
/// that can be answered at once. The model's name is looked for while the body comes in, so that a
/// large body never holds the thread at its end.
class intake {
public:
  explicit intake(config::snapshot config) : config_(std::move(config)) {}

  /// Reads the header section. An answer that comes back ends this request: nothing more is to be
  /// fed.
  /// @param length of the body, if announced
  /// @param fresh_id becomes the request's id unless the client brings a usable one
  std::optional<http::response> begin(http::request_head&& head, std::optional<std::size_t> length,
                                      origin from, std::string fresh_id);

  /// Takes the next piece of the body.
  void feed(std::string_view piece);

  /// The request is whole.
  std::variant<order, http::response> finish();

  /// An error of ours in the caller's dialect, with its request id.
  http::response refuse(const dialect::refusal& what) const;

  const std::string& request_id() const noexcept { return request_id_; }
  dialect::kind dialect() const noexcept { return route_.dialect; }
  /// Of the trace that the caller is in (W3C Trace Context); empty: none.
  const std::string& trace_id() const noexcept { return trace_id_; }
  std::string_view client() const noexcept;
  const std::string& method() const noexcept { return method_; }
  const std::string& path() const noexcept { return path_; } ///< without query

  /// The origin under which the client has reached us, "http://127.0.0.1:4100"; empty if it does
  /// not say.
  const std::string& home() const noexcept { return home_; }

private:
  std::optional<http::response> answer_at_once() const;
  std::optional<http::response> expect_form(std::string_view content_type);
  std::optional<dialect::refusal> place_model(order& to);
  http::response list_models() const;
  http::response with_id(http::response answer) const;

  config::snapshot config_;
  dialect::route route_;
  caller caller_;
  std::string method_;
  std::string path_;
  std::string request_id_;
  std::string trace_id_;
  std::string home_;
  wishes wishes_;
  http::fields headers_;
  http::body body_;
  dialect::request_scanner scanner_;
  std::optional<dialect::form_scanner> form_; ///< reads the body instead, if that is a form
};

} // namespace keywheel::front

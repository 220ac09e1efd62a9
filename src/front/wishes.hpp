#pragma once

#include "config/config.hpp"
#include "dialect/refusal.hpp"
#include "dialect/route.hpp"
#include "http/fields.hpp"

#include <optional>
#include <string>

namespace keywheel::front {

struct order;

/// What a request's headers ask of us about who is to serve it.
struct wishes {
  std::string provider; ///< `x-keywheel-provider`: of a call without a model
  std::string key;      ///< `x-keywheel-key`: "provider/name"
};

wishes wishes_in(const http::fields& headers);

/// Puts into `to` the provider and the key that are asked for, or, of a call without a model, the
/// only provider that speaks its dialect. Gives a refusal where there is none such, where the key
/// does not serve the model, or where several providers come into question and neither a header nor
/// an id that the call refers to decides.
/// @pre `to` has its entry, if `of` has a model, and its facts
std::optional<dialect::refusal> grant(const wishes& asked, const config::config& config,
                                      const dialect::route& of, order& to);

/// The origin under which a client has reached us, "http://127.0.0.1:4100", by its Host header and
/// the X-Forwarded-Proto of a proxy before us; empty if it gives no host, or a strange one.
std::string home_in(const http::fields& headers);

} // namespace keywheel::front

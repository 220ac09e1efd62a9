#pragma once

#include "dialect/dialect.hpp"

#include <string>
#include <vector>

namespace keywheel::dialect {

struct listed_model {
  std::string name;
  std::string provider;
};

/// Body of `GET /v1/models` in a dialect's shape. When a model was made is not known: it is given
/// as the epoch.
std::string render_models(kind caller, const std::vector<listed_model>& models);

/// Body of `GET /v1/models/{model}`.
std::string render_model(kind caller, const listed_model& model);

} // namespace keywheel::dialect

#include "dialect/request_scanner.hpp"
#include "dialect/route.hpp"
#include "http/ascii.hpp"
#include "http/fields.hpp"

namespace keywheel::dialect {

namespace {

/// How Google's bodies begin a model's name.
constexpr std::string_view gemini_models = "models/";

} // namespace

std::optional<route::body_format> body_format_of(std::string_view content_type) {
  const std::string_view type = http::trim(content_type.substr(0, content_type.find(';')));
  if (http::name_equals(type, "multipart/form-data"))
    return route::body_format::form;
  if (http::name_equals(type, "application/json"))
    return route::body_format::json;
  return std::nullopt;
}

std::string_view model_from_body(const route& of, std::string_view model) {
  if (of.dialect == kind::gemini && of.model_in == route::model_place::body
      && model.starts_with(gemini_models))
    model.remove_prefix(gemini_models.size());
  return model;
}

std::string model_in_body(const route& of, std::string_view model) {
  if (of.body == route::body_format::form)
    return std::string{model};
  return json_string(of.dialect == kind::gemini ? std::string{gemini_models}.append(model) : model);
}

} // namespace keywheel::dialect

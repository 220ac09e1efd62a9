#include "observe/api_edit.hpp"

namespace keywheel::observe {

namespace {

changes_or_error read(const api_question& question) {
  const auto& route = question.route;
  const auto removal = [&](config::change what) -> changes_or_error {
    if (!question.body.empty())
      return api_error{400, "bad_request", "this request takes no body", 0, 0, {}, {}};
    return std::vector<config::change>{std::move(what)};
  };
  switch (route.what) {
  case api_operation::change_model:
    return read_model_patch(question.body, route.model);
  case api_operation::add_model:
    return read_new_model(question.body);
  case api_operation::remove_model:
    return removal(config::removed_model{route.model});
  case api_operation::change_key:
    return read_key_patch(question.body, route.provider, route.name);
  case api_operation::add_key:
    return read_new_key(question.body, route.provider);
  default:
    return removal(config::removed_key{route.provider, route.name});
  }
}

} // namespace

changes_or_error read_edit(api_question& question) {
  auto result = read(question);
  config::wipe(question.body);
  if (const auto* changes = std::get_if<std::vector<config::change>>(&result)) {
    if (const auto* key = std::get_if<config::new_key>(&changes->back()))
      question.route.name = key->name;
    if (const auto* model = std::get_if<config::new_model>(&changes->back()))
      question.route.model = model->name;
  }
  return result;
}

} // namespace keywheel::observe

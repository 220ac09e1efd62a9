#include "dialect/models_list.hpp"

#include "dialect/json.hpp"

namespace keywheel::dialect {

namespace {

void put_model(json_writer& out, kind caller, const listed_model& model) {
  out.StartObject();
  switch (caller) {
  case kind::openai:
  case kind::azure:
    put_member(out, "id", model.name);
    put_member(out, "object", "model");
    put_name(out, "created");
    out.Uint(0);
    put_member(out, "owned_by", model.provider);
    break;
  case kind::anthropic:
    put_member(out, "type", "model");
    put_member(out, "id", model.name);
    put_member(out, "display_name", model.name);
    put_member(out, "created_at", "1970-01-01T00:00:00Z");
    break;
  case kind::gemini:
    put_member(out, "name", "models/" + model.name);
    put_member(out, "displayName", model.name);
    break;
  }
  out.EndObject();
}

void put_id_or_null(json_writer& out, std::string_view name, const listed_model* model) {
  put_name(out, name);
  if (model != nullptr)
    put_string(out, model->name);
  else
    out.Null();
}

} // namespace

std::string render_models(kind caller, const std::vector<listed_model>& models) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  if (caller == kind::openai || caller == kind::azure)
    put_member(out, "object", "list");
  put_name(out, caller == kind::gemini ? "models" : "data");
  out.StartArray();
  for (const listed_model& model : models)
    put_model(out, caller, model);
  out.EndArray();
  if (caller == kind::anthropic) {
    put_name(out, "has_more");
    out.Bool(false);
    put_id_or_null(out, "first_id", models.empty() ? nullptr : &models.front());
    put_id_or_null(out, "last_id", models.empty() ? nullptr : &models.back());
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string render_model(kind caller, const listed_model& model) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  put_model(out, caller, model);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace keywheel::dialect
